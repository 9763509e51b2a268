import assert from 'node:assert/strict';
import { startScout } from '../../../src/activities/scout.js';
import { checkConnection } from '../../../src/connection/check.js';
import { TransientError } from '../../../src/errors.js';
import type { PageReader } from '../../../src/seatgeek/page-reader.js';
import { createSequenceIndex } from '../../../src/seatgeek/sequence-index.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';
import { sampleFile } from '../connection/sample-file.js';

const OLD = '0019a1c3:00000001:0004/0019a1c3:00000001:0003';
const NEW = '0019a1c3:00000002:0004/0019a1c3:00000002:0003';
const event = (id: string, sequence: string, operation = 'U'): FeedRow => ({
  id,
  _ringside_sequence: sequence,
  _ringside_operation: operation,
});

/** Serves these pages in order, then fails as an outage does. */
function readerOf(pages: readonly (readonly FeedRow[])[]): PageReader {
  return {
    read: ({ cursor, limit, onRequest }) => {
      onRequest?.();
      const at = Number(cursor);
      const rows = pages[at];
      if (rows === undefined) return Promise.reject(new TransientError('seatgeek-unavailable', 'SeatGeek is down.'));
      const page = { cursor, nextCursor: String(at + 1), hasMore: at < 2, rows, columns: [] };
      return Promise.resolve({ page, limit, requests: 1 });
    },
  };
}

const scoutOver = (pages: readonly (readonly FeedRow[])[]): ReturnType<typeof start> => start(readerOf(pages));

function start(reader: PageReader): {
  index: ReturnType<typeof createSequenceIndex>;
  scout: ReturnType<typeof startScout>;
} {
  const index = createSequenceIndex();
  const connection = checkConnection(sampleFile());
  return { index, scout: startScout({ connection, reader }, index, { cursor: '0', limit: 100 }) };
}

describe('the scout', () => {
  it('knows the newest image of everybody once it has reached the end of the feed', async () => {
    const { index, scout } = scoutOver([[event('a', OLD)], [event('b', NEW)], [event('a', NEW), event('b', OLD)]]);
    await scout.headStart;
    assert.deepEqual([index.isSuperseded('a', OLD), index.isSuperseded('a', NEW)], [true, false]);
    assert.deepEqual([index.isSuperseded('b', OLD), index.isSuperseded('b', NEW)], [true, false]);
  });

  it('lets a delete supersede and an unknown operation not', async () => {
    const { index, scout } = scoutOver([[], [event('a', NEW, 'D')], [event('b', NEW, 'X')]]);
    await scout.headStart;
    assert.deepEqual([index.isSuperseded('a', OLD), index.isSuperseded('b', OLD)], [true, false]);
  });

  it('passes over rows without an id', async () => {
    const { index, scout } = scoutOver([[], [{ _ringside_sequence: NEW }], [event('a', NEW)]]);
    await scout.headStart;
    assert.equal(index.isSuperseded('a', OLD), true);
  });

  it('ends quietly when the feed can not be read, keeping what it learnt', async () => {
    const { index, scout } = scoutOver([[event('a', NEW)]]);
    await scout.headStart;
    assert.equal(index.isSuperseded('a', OLD), true);
  });

  it('tells each of its requests once', async () => {
    const { scout } = scoutOver([[], [], []]);
    await scout.headStart;
    assert.deepEqual([scout.takeRequests(), scout.takeRequests()], [3, 0]);
  });
});
