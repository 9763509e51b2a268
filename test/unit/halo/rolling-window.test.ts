import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RollingWindow } from '../../../src/halo/limit/rolling-window.js';

const LIMIT = { requests: 3, perSeconds: 10 };

describe('a rolling window', () => {
  it('frees a place one window after its request ended, and a little', () => {
    const window = new RollingWindow({ requests: 1, perSeconds: 10 });
    window.start('a');
    assert.equal(window.earliestStart(5_000), Infinity);
    window.end('a', 7_000);
    assert.equal(window.earliestStart(8_000), 17_020);
    assert.deepEqual([window.used(17_019).total, window.used(17_019).by.size], [1, 1]);
    assert.deepEqual([window.used(17_020).total, window.used(17_020).by.size], [0, 0]);
    assert.equal(window.earliestStart(17_020), 17_020);
  });

  it('says when several requests may start, which are never more than the limit', () => {
    const window = new RollingWindow(LIMIT);
    for (const at of [1_000, 2_000, 3_000]) {
      window.start('a');
      window.end('a', at);
    }
    assert.deepEqual(
      [1, 2, 3, 50].map((requests) => window.earliestStart(4_000, requests)),
      [11_020, 12_020, 13_020, 13_020],
    );
  });

  it('waits for what was sent under a larger limit', () => {
    const window = new RollingWindow(LIMIT);
    for (const at of [1_000, 2_000, 3_000]) {
      window.start('a');
      window.end('a', at);
    }
    window.setLimit({ requests: 1, perSeconds: 10 });
    assert.equal(window.earliestStart(4_000), 13_020);
  });

  it('stays closed until the latest time it was told', () => {
    const window = new RollingWindow(LIMIT);
    window.close(9_000);
    window.close(5_000);
    assert.equal(window.earliestStart(1_000), 9_000);
  });

  it('counts the places of each connection', () => {
    const steps = fc.array(
      fc.record({ connection: fc.constantFrom('a', 'b'), afterMs: fc.nat(4_000), ends: fc.boolean() }),
    );
    fc.assert(
      fc.property(steps, (taken) => {
        const window = new RollingWindow(LIMIT);
        const places: { connection: string; endedAt: number }[] = [];
        let now = 0;
        for (const { connection, afterMs, ends } of taken) {
          now += afterMs;
          window.start(connection);
          if (ends) window.end(connection, now);
          places.push({ connection, endedAt: ends ? now : Infinity });
        }
        const held = places.filter(({ endedAt }) => endedAt + window.ms > now);
        const { total, by } = window.used(now);
        assert.equal(total, held.length);
        for (const name of ['a', 'b'])
          assert.equal(by.get(name) ?? 0, held.filter(({ connection }) => connection === name).length);
      }),
    );
  });
});
