import assert from 'node:assert/strict';
import { eachCount } from '../../../src/contract/counts.js';
import type { UpsertResult } from '../../../src/activities/types.js';
import { personKey } from '../../../src/contract/person-key.js';
import { restoreState } from '../../../src/workflows/carried-state.js';
import {
  addRejected,
  claimsOf,
  dueRetries,
  makeAllDue,
  NO_REJECTED,
  notePageGone,
  noteUntried,
  watchList,
  type RejectedUsers,
} from '../../../src/workflows/rejected.js';

const MOMENT = { now: '2026-11-23T14:15:02Z', runs: 0 };
const PAGE = { cursor: 'c1', limit: 1_000 };

function outcome(rejected: readonly string[], resolved: readonly string[] = []): UpsertResult {
  return {
    settledCursor: 'c2',
    hasMore: false,
    events: 1,
    counts: eachCount(() => 0),
    rejected: rejected.map((seatgeekId) => ({ seatgeekId, code: 'halo-refused', message: 'refused' })),
    resolved,
    missing: [],
    haloRequests: 0,
    seatgeekRequests: 0,
  };
}

describe('rejected people', () => {
  it('are tried again with their own image where an unknown operation follows on a later page', () => {
    const later = { cursor: 'c7', limit: 1_000 };
    const unknown: UpsertResult = {
      ...outcome([]),
      rejected: [{ seatgeekId: 'a', code: 'operation-unknown', message: 'X' }],
    };
    const list = addRejected(addRejected(NO_REJECTED, PAGE, outcome(['a']), MOMENT), later, unknown, MOMENT);
    assert.deepEqual(
      list.users.map(({ code, page }) => [code, page]),
      [['halo-refused', PAGE]],
    );
    const other = addRejected(addRejected(NO_REJECTED, PAGE, unknown, MOMENT), later, outcome(['a']), MOMENT);
    assert.deepEqual(
      other.users.map(({ code, page }) => [code, page]),
      [['halo-refused', later]],
    );
  });

  it('whom no retry can reach leave their places to those newly refused', () => {
    const old = Array.from({ length: 400 }, (_, index) => `old-${index}`);
    const gone = notePageGone(addRejected(NO_REJECTED, PAGE, outcome(old), MOMENT), old, MOMENT);
    const list = addRejected(gone, { cursor: 'c2', limit: 1_000 }, outcome(['new']), MOMENT);
    assert.equal(list.users[0]?.seatgeekId, 'new');
    assert.deepEqual([list.users.length, list.beyond], [400, 1]);
  });

  it('on a page that is read again count once, also those whose keys nobody knows', () => {
    const keys = Array.from({ length: 2_000 }, (_, index) => index.toString(16).padStart(8, '0')).join('');
    const told = { ...outcome(['a']), rejectedBeyond: 5_000, beyondKeys: keys };
    const counts = [1, 2, 3].reduce<RejectedUsers[]>(
      (lists) => [...lists, addRejected(lists.at(-1) ?? NO_REJECTED, PAGE, told, MOMENT)],
      [],
    );
    assert.deepEqual(
      counts.map(({ beyond }) => beyond),
      [5_000, 5_000, 5_000],
    );
    const carried = restoreState({ cursor: null, rejected: counts[2] }).rejected;
    assert.equal(addRejected(carried, PAGE, told, MOMENT).beyond, 5_000);
    assert.equal(addRejected(carried, { ...PAGE, cursor: 'c9' }, told, MOMENT).beyond, 8_000);
  });

  it('who could not be tried have their next turn later, and stay as they were', () => {
    const list = noteUntried(addRejected(NO_REJECTED, PAGE, outcome(['a', 'b']), MOMENT), ['a'], {
      now: '2026-11-24T00:00:00Z',
      runs: 3,
    });
    assert.deepEqual(
      list.users.map(({ attempts, retryAtRun, pageGone }) => [attempts, retryAtRun, pageGone]),
      [
        [2, 5, false],
        [1, 1, false],
      ],
    );
  });

  it('are kept once, with their attempts and the newest page', () => {
    const first = addRejected(NO_REJECTED, PAGE, outcome(['sg-1']), MOMENT);
    const later = addRejected(first, { cursor: 'c9', limit: 500 }, outcome(['sg-1']), { now: 'later', runs: 3 });
    assert.equal(later.users.length, 1);
    assert.deepEqual(
      [later.users[0]?.attempts, later.users[0]?.page.cursor, later.users[0]?.firstSeenAt, later.users[0]?.lastTriedAt],
      [2, 'c9', MOMENT.now, 'later'],
    );
  });

  it('leave the list when a page settles them', () => {
    const list = addRejected(NO_REJECTED, PAGE, outcome(['sg-1', 'sg-2']), MOMENT);
    assert.deepEqual(
      addRejected(list, PAGE, outcome([], ['sg-1']), MOMENT).users.map((user) => user.seatgeekId),
      ['sg-2'],
    );
  });

  it('are retried with growing distance, and all at once when asked', () => {
    const once = addRejected(NO_REJECTED, PAGE, outcome(['sg-1']), MOMENT);
    const twice = addRejected(once, PAGE, outcome(['sg-1']), { now: 'later', runs: 1 });
    assert.equal(dueRetries(once, 0, 20).length, 0);
    assert.equal(dueRetries(once, 1, 20).length, 1);
    assert.equal(dueRetries(twice, 2, 20).length, 0);
    assert.equal(dueRetries(twice, 3, 20).length, 1);
    assert.equal(dueRetries(makeAllDue(twice, 1), 1, 20).length, 1);
  });

  it('are retried page by page', () => {
    const list = addRejected(
      addRejected(NO_REJECTED, PAGE, outcome(['sg-1', 'sg-2']), MOMENT),
      { cursor: null, limit: 100 },
      outcome(['sg-3']),
      MOMENT,
    );
    assert.deepEqual(dueRetries(list, 1, 20), [
      { page: PAGE, seatgeekIds: ['sg-1', 'sg-2'], withoutImage: [] },
      { page: { cursor: null, limit: 100 }, seatgeekIds: ['sg-3'], withoutImage: [] },
    ]);
    assert.equal(dueRetries(list, 1, 1).length, 1);
  });

  it('stay on view when their page is gone', () => {
    const list = notePageGone(addRejected(NO_REJECTED, PAGE, outcome(['sg-1']), MOMENT), ['sg-1'], MOMENT);
    assert.deepEqual([list.users[0]?.pageGone, list.users[0]?.attempts], [true, 2]);
  });

  it('never make carried state larger than its bound, and are still counted', () => {
    const ids = Array.from({ length: 5_000 }, (_, index) => `sg-${index}`);
    const list = addRejected(NO_REJECTED, { cursor: 'x'.repeat(2_000), limit: 1_000 }, outcome(ids), MOMENT);
    assert.ok(JSON.stringify(list).length < 200_000);
    assert.equal(list.users.length + list.beyond, 5_000);
  });

  it('are watched by eight digits each', () => {
    const list = addRejected(NO_REJECTED, PAGE, outcome(['sg-1', 'sg-2']), MOMENT);
    assert.equal(watchList(list), personKey('sg-1') + personKey('sg-2'));
    assert.match(personKey('sg-1'), /^[0-9a-f]{8}$/);
  });

  it('claim what they were rejected for, and anything where some are only counted', () => {
    const claimed = { seatgeekId: 'a', code: 'email-shared', message: 'claimed', claims: 7 } as const;
    const list = addRejected(NO_REJECTED, PAGE, { ...outcome([]), rejected: [claimed] }, MOMENT);
    assert.deepEqual(claimsOf(list), { claims: [['a', 7]] });
    assert.deepEqual(claimsOf({ ...list, beyond: 1 }), {
      claims: [
        ['a', 7],
        ['', 0],
      ],
    });
    assert.deepEqual(claimsOf(addRejected(list, PAGE, outcome([], ['a']), MOMENT)), {});
  });
});
