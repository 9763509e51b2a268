import assert from 'node:assert/strict';
import { newColumns } from '../../../src/activities/feed-columns.js';
import type { FeedPage } from '../../../src/seatgeek/types.js';

describe('what an answer says of the feed’s columns', () => {
  const page = (columns: string[], columnTypes: Record<string, string> = {}): FeedPage => ({
    cursor: null,
    nextCursor: null,
    hasMore: false,
    rows: [],
    columns,
    columnTypes,
  });

  it('is nothing when it was not asked, when the feed says nothing, and when all is known', () => {
    const { columns } = newColumns(page(['id', 'city']), ['id'], '');
    assert.equal(columns?.list.length, 2);
    assert.match(columns.hash, /^[0-9a-f]{16}$/);
    assert.deepEqual(newColumns(page(['id', 'city']), ['id'], columns.hash), {});
    assert.deepEqual(newColumns(page(['id', 'city']), ['id'], undefined), {});
    assert.deepEqual(newColumns(page([]), ['id'], ''), {});
  });

  it('has names and types only, mapped ones first, and no more than 200', () => {
    const many = Array.from({ length: 400 }, (_, index) => `c${index}`);
    const { columns } = newColumns(page(['ann@example.com', 'Ann Smith', ...many], { c399: 'date' }), ['c399'], '');
    assert.equal(columns?.list.length, 200);
    assert.deepEqual(columns.list.slice(0, 2), [
      { name: 'c399', type: 'date', mapped: true },
      { name: 'c0', type: null, mapped: false },
    ]);
  });
});
