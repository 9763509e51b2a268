import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterRefusal, shareAt, WHOLE_LIMIT, type LimitShare } from '../../../src/halo/limit/limit-share.js';

const WINDOW_MS = 300_000;

describe('the share of the limit', () => {
  it('is all of it as long as nothing was refused', () => {
    assert.equal(shareAt(WHOLE_LIMIT, 0, WINDOW_MS), 1);
  });

  it('shrinks by a factor and grows back by steps', () => {
    const refused = afterRefusal(WHOLE_LIMIT, 0, WINDOW_MS);
    assert.deepEqual(refused, { share: 0.7, since: 0 });
    assert.ok(Math.abs(shareAt(refused, WINDOW_MS, WINDOW_MS) - 0.73) < 1e-9);
    assert.ok(Math.abs(shareAt(refused, 5 * WINDOW_MS, WINDOW_MS) - 0.85) < 1e-9);
    assert.equal(shareAt(refused, 10.1 * WINDOW_MS, WINDOW_MS), 1);
  });

  it('learns once a window, however many requests are refused in it', () => {
    const first = afterRefusal(WHOLE_LIMIT, 0, WINDOW_MS);
    assert.equal(afterRefusal(first, WINDOW_MS - 1, WINDOW_MS), first);
    assert.ok(afterRefusal(first, WINDOW_MS, WINDOW_MS).share < 0.7);
  });

  it('stays above nothing and at most all, whenever refusals come', () => {
    const pauses = fc.array(fc.nat(20 * WINDOW_MS), { maxLength: 60 });
    fc.assert(
      fc.property(pauses, (waits) => {
        let known: LimitShare = WHOLE_LIMIT;
        let now = 0;
        for (const wait of waits) {
          now += wait;
          known = afterRefusal(known, now, WINDOW_MS);
          const share = shareAt(known, now, WINDOW_MS);
          assert.ok(share >= 0.02 && share <= 1);
        }
      }),
    );
  });

  it('comes from any two unequal shares to nearly equal ones when both are refused together', () => {
    const share = fc.double({ min: 0.02, max: 1, noNaN: true });
    fc.assert(
      fc.property(share, share, (a, b) => {
        let [one, other]: LimitShare[] = [
          { share: a, since: 0 },
          { share: b, since: 0 },
        ];
        for (let n = 1; n <= 60; n++) {
          const now = n * WINDOW_MS;
          if (shareAt(one!, now, WINDOW_MS) + shareAt(other!, now, WINDOW_MS) <= 1) continue;
          one = afterRefusal(one!, now, WINDOW_MS);
          other = afterRefusal(other!, now, WINDOW_MS);
        }
        assert.ok(Math.abs(one!.share - other!.share) < 0.05);
      }),
    );
  });
});
