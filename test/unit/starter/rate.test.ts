import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createRateMeter } from '../../../src/starter/rate.js';

describe('the rate', () => {
  it('is unknown before a second has gone by', () => {
    const meter = createRateMeter();
    assert.equal(meter.perSecond(), null);
    meter.note(0, 0);
    meter.note(900, 50);
    assert.equal(meter.perSecond(), null);
  });

  it('looks back over its window only', () => {
    const meter = createRateMeter(10_000);
    for (let at = 0; at <= 60_000; at += 1_000) meter.note(at, at <= 30_000 ? at : 30_000);
    assert.equal(meter.perSecond(), 0);
    meter.note(61_000, 30_100);
    assert.equal(meter.perSecond(), 10);
  });

  it('begins anew with another run', () => {
    const meter = createRateMeter();
    meter.note(0, 5_000);
    meter.note(5_000, 6_000);
    meter.note(6_000, 0);
    assert.equal(meter.perSecond(), null);
    meter.note(8_000, 20);
    assert.equal(meter.perSecond(), 10);
  });

  it('is never negative and never above what was settled in the fastest step', () => {
    const steps = fc.array(fc.tuple(fc.integer({ min: 1_000, max: 9_000 }), fc.nat(500)), {
      minLength: 2,
      maxLength: 50,
    });
    fc.assert(
      fc.property(steps, (made) => {
        const meter = createRateMeter();
        let [at, settled, fastest] = [0, 0, 0];
        meter.note(at, settled);
        for (const [ms, people] of made) {
          at += ms;
          settled += people;
          fastest = Math.max(fastest, (people * 1_000) / ms);
          meter.note(at, settled);
        }
        const rate = meter.perSecond();
        assert.ok(rate !== null && rate >= 0 && rate <= fastest + 1e-9);
      }),
    );
  });
});
