import assert from 'node:assert/strict';
import { MAX_WAIT_MS, spreadMs, waitMs } from '../../../src/workflows/schedule.js';

const MINUTE_MS = 60_000;
const INTERVAL_MS = 900_000;
const wait = { name: 'arena', intervalMs: INTERVAL_MS, runs: 5, failures: 0, isTransient: false };
const names = Array.from({ length: 1_000 }, (_, index) => `stadium-${index}`);

/** How many of these fall into the same tenth of the whole. */
function fullestTenth(waits: readonly number[], wholeMs: number): number {
  const tenths = new Map<number, number>();
  for (const waitedMs of waits) {
    const tenth = Math.floor((waitedMs / wholeMs) * 10);
    tenths.set(tenth, (tenths.get(tenth) ?? 0) + 1);
  }
  return Math.max(...tenths.values());
}

describe('the wait between runs', () => {
  it('is the interval', () => assert.equal(waitMs(wait), INTERVAL_MS));

  it('is at first a part of the interval that differs by name', () => {
    const first = names.map((name) => waitMs({ ...wait, name, runs: 1 }));
    assert.ok(first.every((waitedMs) => waitedMs >= INTERVAL_MS / 10 && waitedMs <= INTERVAL_MS));
    assert.ok(fullestTenth(first, INTERVAL_MS) < 200);
  });

  it('grows after an outage up to the interval, and up to a quarter longer by name', () => {
    const after = (failures: number, name = 'arena'): number => waitMs({ ...wait, name, failures, isTransient: true });
    for (const [failures, minutes] of [
      [1, 1],
      [2, 2],
      [3, 4],
      [4, 8],
      [5, 15],
      [99, 15],
    ] as const) {
      const waits = names.map((name) => after(failures, name));
      assert.ok(waits.every((ms) => ms >= minutes * MINUTE_MS && ms <= minutes * MINUTE_MS * 1.25));
      assert.ok(new Set(waits).size > 500, 'they differ by name');
    }
    assert.equal(after(1), after(1), 'a name always has the same');
  });

  it('is the interval after an error that time can not cure', () =>
    assert.equal(waitMs({ ...wait, failures: 3 }), INTERVAL_MS));

  for (const [asked, least, most] of [
    [0, 1_000, 1_250],
    [7_200_000, 3_600_000, 4_500_000],
    [300_000, 300_000, 375_000],
    [Number.MAX_SAFE_INTEGER, 3_600_000, 4_500_000],
  ] as const) {
    it(`is what the other system asked for, an hour at most: ${asked} ms`, () => {
      const ms = waitMs({ ...wait, failures: 1, isTransient: true, retryAfterMs: asked });
      assert.ok(ms >= least && ms <= most && ms <= MAX_WAIT_MS, String(ms));
    });
  }

  it('is longer by name when all timers fire at once after an outage, and not when they fire in time', () => {
    const [dueAt, now] = [0, INTERVAL_MS];
    const later = names.map((name) => spreadMs(name, INTERVAL_MS, dueAt, now));
    assert.ok(later.every((ms) => ms >= 0 && ms <= INTERVAL_MS));
    assert.ok(fullestTenth(later, INTERVAL_MS) < 200);
    assert.equal(spreadMs('arena', INTERVAL_MS, dueAt, 2_000), 0);
    assert.ok(spreadMs('arena', MAX_WAIT_MS, dueAt, now) <= 15 * MINUTE_MS, 'never longer than a quarter of an hour');
  });
});
