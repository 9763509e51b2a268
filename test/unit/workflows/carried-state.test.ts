import assert from 'node:assert/strict';
import { eachCount } from '../../../src/contract/counts.js';
import { carriedState, restoreState, STATE_VERSION } from '../../../src/workflows/carried-state.js';
import { detailsOf } from '../../../src/workflows/details.js';
import { addRejected, NO_REJECTED } from '../../../src/workflows/rejected.js';
import { showRejected } from '../../../src/contract/rejection-reasons.js';
import { newRun } from '../../../src/workflows/run-report.js';
import type { State } from '../../../src/workflows/state.js';
import { statusOf } from '../../../src/workflows/status.js';
import { SETTINGS } from './settings.js';

const NOW = '2026-11-23T14:15:02Z';
const ERROR = { code: 'halo-unavailable', message: 'Halo answered 503.', hint: 'Wait.', at: NOW, transient: true };
const REJECTED = {
  seatgeekId: 'sg-1',
  code: 'halo-refused',
  message: 'refused',
  page: { cursor: 'c1', limit: 10 },
  attempts: 2,
  firstSeenAt: NOW,
  lastTriedAt: NOW,
  retryAtRun: 3,
  pageGone: false,
};

/** Every part has a value. */
const FULLEST: State = {
  ...restoreState(undefined),
  settingsVersion: STATE_VERSION,
  settings: SETTINGS,
  integrator: 'on',
  integratorNote: 'stock-take',
  cursor: 'c9',
  epoch: 2,
  pass: { id: 'pass-1', from: null },
  due: 'sync-now',
  sampleImportAsked: true,
  retryRejectedAsked: true,
  run: newRun('sync-now', NOW),
  lastRun: { ...newRun('start', NOW), outcome: 'completed', finishedAt: NOW },
  sampleImport: { ...newRun('import-100', NOW), outcome: 'failed', finishedAt: NOW },
  runs: 7,
  rejected: { users: [{ ...REJECTED, claims: 7 }], beyond: 3, beyondKeys: '0123abcd' },
  lastSyncedAt: NOW,
  lastError: { ...ERROR, retryAfterMs: 300_000 },
  failures: 2,
  past: 500,
  newer: [['sg-2', '0007']],
  schema: { hash: 'h', first: [['id', 'text']], newColumns: ['score'], changedTypes: ['birthday: date → text'] },
  nextRunAt: NOW,
  lastChangedAt: NOW,
  alerts: {
    told: 'failing',
    pending: { phase: 'failing', before: 'idle', code: 'x', message: 'y', hint: 'z', at: NOW },
    failure: ERROR,
  },
  published: { phase: 'idle', rejected: 1, lastSyncedAt: NOW },
};

type Path = readonly (string | number)[];

/** Every place in a value, at any depth. */
function placesIn(value: unknown, at: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [[...at, key], ...placesIn(inner, [...at, key])]);
}

function changedAt(
  value: unknown,
  [key, ...rest]: Path,
  by: (holder: Record<string, unknown>, key: string) => void,
): void {
  const holder = value as Record<string, unknown>;
  if (rest.length === 0) by(holder, String(key));
  else changedAt(holder[String(key)], rest, by);
}

/** Whatever was carried, all that is shown can be made, and it can be carried on. */
function assertUsable(carried: unknown, what: string): State {
  const state = restoreState(JSON.parse(JSON.stringify(carried)));
  assert.doesNotThrow(() => {
    detailsOf(state, state.settings ?? SETTINGS);
    JSON.stringify([statusOf(state, 'arena'), showRejected(state.rejected.users)]);
    if (state.lastChangedAt !== null) new Date(state.lastChangedAt).toISOString();
  }, what);
  assert.ok(Buffer.byteLength(JSON.stringify(carriedState(state))) <= 256 * 1_024, what);
  return state;
}

describe('carried state', () => {
  it('is the same after it was carried', () =>
    assert.deepEqual(restoreState(JSON.parse(JSON.stringify(carriedState(FULLEST)))), FULLEST));

  it('is usable with any one key missing, at any depth', () => {
    const places = placesIn(FULLEST);
    assert.ok(places.length > 120, String(places.length));
    for (const place of places) {
      const carried: unknown = structuredClone(FULLEST);
      changedAt(carried, place, (holder, key) => void Reflect.deleteProperty(holder, key));
      assertUsable(carried, place.join('.'));
    }
  });

  const ODD: readonly unknown[] = [
    2026,
    -1,
    true,
    null,
    'x'.repeat(1_000_000),
    '💥'.repeat(300_000),
    [],
    {},
    [[]],
    { users: 5, code: [], at: {} },
    '9999-99-99T99:99:99Z',
    '+275760-09-13T00:00:00Z',
  ];
  it('is usable with anything in any place', () => {
    for (const place of placesIn(FULLEST)) {
      for (const odd of ODD) {
        const carried: unknown = structuredClone(FULLEST);
        changedAt(carried, place, (holder, key) => void (holder[key] = odd));
        assertUsable(carried, `${place.join('.')} = ${JSON.stringify(odd).slice(0, 40)}`);
      }
    }
  }).timeout(120_000);

  for (const odd of [5, 'state', true, [], [FULLEST]]) {
    it(`is begun anew, with the integrator off, when it is ${JSON.stringify(odd).slice(0, 20)}`, () =>
      assert.equal(assertUsable(odd, 'odd').integrator, 'off'));
  }

  it('never takes a cursor that is missing or not readable for the start of history', () => {
    for (const cursor of [undefined, 5, {}, 'x'.repeat(9_000)]) {
      const state = restoreState({ ...FULLEST, cursor });
      assert.deepEqual([state.integrator, state.due], ['off', null]);
      assert.match(state.integratorNote ?? '', /could not be read/);
    }
  });

  it('keeps what only a newer version knows, as far as it is small', () => {
    const later = { ...FULLEST, version: 9, lost: { creates: ['a'] }, huge: 1 };
    assert.deepEqual({ ...carriedState(restoreState(later)) }, { ...FULLEST, lost: { creates: ['a'] }, huge: 1 });
    assert.ok(!('huge' in restoreState({ ...FULLEST, huge: 'x'.repeat(100_000) })));
  });

  it('stays within its bound whatever alphabet the messages are in', () => {
    const rejected = Array.from({ length: 400 }, (_, index) => ({
      seatgeekId: `sg-${index}`,
      code: 'halo-refused' as const,
      message: '語'.repeat(500),
    }));
    const result = {
      settledCursor: 'c1',
      hasMore: false,
      events: 10_000,
      counts: { ...eachCount(() => 0), rejected: 10_000 },
      rejected,
      rejectedBeyond: 9_600,
      resolved: [],
      missing: [],
      haloRequests: 0,
      seatgeekRequests: 0,
    };
    const list = addRejected(NO_REJECTED, { cursor: '語'.repeat(900), limit: 10 }, result, { now: NOW, runs: 1 });
    assert.equal(list.users.length + list.beyond, 10_000);
    assertUsable({ ...FULLEST, rejected: list }, 'ten thousand refusals');
  });

  it('shows a code that another version wrote with a default text', () => {
    const [shown] = showRejected(
      restoreState({ ...FULLEST, rejected: { users: [{ ...REJECTED, code: 'constructor' }], beyond: 0 } }).rejected
        .users,
    );
    assert.match(shown?.hint ?? '', /next retry/);
  });

  it('lets nobody write Markdown into the details', () => {
    const evil = '`**](http://x) |\n# <b>';
    const state = restoreState({
      ...FULLEST,
      integratorNote: evil,
      lastError: { ...ERROR, code: evil, message: evil },
    });
    const text = detailsOf(state, { ...SETTINGS, haloHost: evil });
    assert.doesNotMatch(text, /\]\(http|<b>|\n# /);
  });
});
