import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sendTimes, wallSeconds } from '../../../bench/simulation.js';

const HOUR = 3_600;

describe('the wall clock under a rolling limit', () => {
  it('does not wait for a first burst that fills the window', () => {
    assert.equal(wallSeconds({ requests: 300, secondsPerRequest: 0 }), 0);
  });

  it('waits for the first place with one request more', () => {
    assert.equal(wallSeconds({ requests: 301, secondsPerRequest: 0 }), 300);
  });

  it('is a burst at the start of every window where requests cost no time', () => {
    assert.equal(wallSeconds({ requests: 290_000, secondsPerRequest: 0 }), 966 * 300);
  });

  it('is the work alone where it never fills the window', () => {
    assert.equal(wallSeconds({ requests: 1_000, secondsPerRequest: 2 }), 2_000);
  });

  it('lets the places come free one after the other as they were taken', () => {
    const times = [...sendTimes({ requests: 5, secondsPerRequest: 1 }, { requests: 2, perSeconds: 10 })];
    assert.deepEqual(times, [0, 1, 10, 11, 20]);
  });

  it('answers 0 for nothing to send', () => {
    assert.equal(wallSeconds({ requests: 0, secondsPerRequest: 0 }), 0);
  });

  it('takes a million people with three requests each 833 hours', () => {
    assert.equal(Math.round(wallSeconds({ requests: 3_000_000, secondsPerRequest: 0.001 }) / HOUR), 833);
  });

  it('never holds more than the limit in any window, never hurries the work, and sends as soon as it may', () => {
    const load = fc.record({ requests: fc.nat(400), secondsPerRequest: fc.constantFrom(0, 0.25, 1, 3) });
    const limit = fc.record({ requests: fc.integer({ min: 1, max: 30 }), perSeconds: fc.integer({ min: 1, max: 60 }) });
    fc.assert(
      fc.property(load, limit, (some, { requests: places, perSeconds }) => {
        const times = [...sendTimes(some, { requests: places, perSeconds })];
        assert.equal(times.length, some.requests);
        times.forEach((sentAt, n) => {
          const before = times.slice(0, n);
          const inWindow = before.filter((time) => time > sentAt - perSeconds).length;
          assert.ok(inWindow < places, `${inWindow + 1} requests in one window`);
          const workDoneAt = n === 0 ? 0 : times[n - 1]! + some.secondsPerRequest;
          assert.ok(sentAt >= workDoneAt);
          // Whatever is not sent at once takes the place of one that leaves the window at that moment.
          if (sentAt > workDoneAt) assert.ok(before.includes(sentAt - perSeconds));
        });
      }),
    );
  });
});
