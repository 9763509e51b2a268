import assert from 'node:assert/strict';
import type { FeedColumn } from '../../../src/activities/types.js';
import { detailsOf } from '../../../src/workflows/details.js';
import { driftOf, noteColumns, type FeedSchema } from '../../../src/workflows/feed-schema.js';
import { restoreState } from '../../../src/workflows/carried-state.js';
import { SETTINGS } from './settings.js';

const column = (name: string, type: string | null = 'text', mapped = false): FeedColumn => ({ name, type, mapped });
const seen = (before: FeedSchema | null, ...list: FeedColumn[]): FeedSchema =>
  noteColumns(before, { hash: JSON.stringify(list), list });

describe('the feed’s columns', () => {
  const first = seen(null, column('id', 'uuid', true), column('birthday', 'date', true), column('city'));

  it('are nothing to speak of when they are seen first or stay', () => {
    assert.equal(driftOf(first), null);
    assert.equal(driftOf(seen(first, column('id', 'uuid', true), column('birthday', 'date', true))), null);
  });

  it('are noted by name when they are new', () => {
    const later = seen(first, column('id', 'uuid', true), column('fan_score'));
    assert.deepEqual(driftOf(later), { newColumns: ['fan_score'], changedTypes: [] });
    assert.deepEqual(driftOf(seen(later, column('fan_score'), column('fan_level')))?.newColumns, [
      'fan_score',
      'fan_level',
    ]);
  });

  it('are warned of when a mapped one changes its type, until it changes back', () => {
    const later = seen(first, column('birthday', 'text', true), column('city', 'json'));
    assert.deepEqual(driftOf(later), { newColumns: [], changedTypes: ['birthday: date → text'] });
    assert.equal(driftOf(seen(later, column('birthday', 'date', true))), null);
  });

  it('stand in the details with what to do', () => {
    const schema = seen(first, column('birthday', 'text', true), column('fan_score'));
    const text = detailsOf({ ...restoreState(undefined), settings: SETTINGS, schema }, SETTINGS);
    assert.match(text, /changed their type:\*\* `birthday: date → text`.*configure/);
    assert.match(text, /New columns in the feed, not mapped: `fan_score`/);
    assert.doesNotMatch(
      detailsOf({ ...restoreState(undefined), settings: SETTINGS, schema: first }, SETTINGS),
      /column/,
    );
  });
});
