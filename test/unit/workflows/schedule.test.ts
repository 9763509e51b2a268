import assert from 'node:assert/strict';
import { waitMs } from '../../../src/workflows/schedule.js';

const INTERVAL = 900_000;
const after = (overrides: Partial<Parameters<typeof waitMs>[0]>): number =>
  waitMs({ name: 'arena', intervalMs: INTERVAL, runs: 5, failures: 0, isTransient: false, ...overrides });

describe('the wait between runs', () => {
  it('is the interval', () => assert.equal(after({}), INTERVAL));

  it('spreads connections that start together over the interval', () => {
    const waits = Array.from({ length: 200 }, (_, index) => after({ name: `arena-${index}`, runs: 1 }));
    const quarters = new Set(waits.map((wait) => Math.min(3, Math.floor((4 * wait) / INTERVAL))));
    assert.equal(quarters.size, 4);
    assert.ok(waits.every((wait) => wait > 0 && wait <= INTERVAL));
    assert.equal(after({ runs: 1 }), after({ runs: 1 }));
  });

  it('is short after an outage and grows up to the interval', () => {
    const waits = [1, 2, 3, 4, 5, 9].map((failures) => after({ failures, isTransient: true }));
    assert.deepEqual(waits, [60_000, 120_000, 240_000, 480_000, INTERVAL, INTERVAL]);
  });

  it('is the interval when an operator has to act', () => {
    assert.equal(after({ failures: 1, isTransient: false }), INTERVAL);
  });
});
