import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRollingWindow } from '../../../src/sandbox/rolling-window.js';

describe('sandbox Halo: rolling window', () => {
  it('never lets in more than allowed in any window, nor refuses one it owes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(40), { maxLength: 200 }), (requests, gaps) => {
        const window = createRollingWindow(requests, 100);
        const admitted: number[] = [];
        let now = 0;
        for (const gap of gaps) {
          now += gap;
          const recent = admitted.filter((at) => at > now - 100).length;
          const verdict = window.admit(now);
          assert.equal(verdict.ok, recent < requests);
          if (verdict.ok) admitted.push(now);
          else assert.ok(verdict.retryInMs > 0 && verdict.retryInMs <= 100);
        }
      }),
    );
  });

  it('lets in again exactly when it said', () => {
    const window = createRollingWindow(1, 100);
    window.admit(10);
    assert.deepEqual(window.admit(60), { ok: false, retryInMs: 50 });
    assert.deepEqual(window.admit(109), { ok: false, retryInMs: 1 });
    assert.deepEqual(window.admit(110), { ok: true });
  });
});
