import assert from 'node:assert/strict';
import { createHaloInstances, SETTLING_MS } from '../../../src/halo/instance.js';
import { LostCreates, noteLostCreates } from '../../../src/halo/write/lost-creates.js';

const DAY = 86_400_000;

const looked = (): Promise<void> => Promise.resolve();

describe('the time until which nobody creates', () => {
  for (const [told, aheadMs, waitsMs] of [
    ['by a clock that is weeks ahead', 20 * DAY, SETTLING_MS],
    ['by one that is right', 30_000, 30_000],
    ['long ago', -DAY, 0],
  ] as const)
    it(`is no longer than a request lives when it was told ${told}`, async () => {
      const { instance, waits } = bench();
      noteLostCreates(instance, instance.clock.now() + aheadMs);
      assert.ok(instance.createsNotBefore <= instance.clock.now() + SETTLING_MS);
      await new LostCreates(instance, instance.clock).settled({}, looked);
      assert.deepEqual(waits, waitsMs === 0 ? [] : [waitsMs]);
    });

  it('is no longer than a request lives after the clock was set back', async () => {
    const { instance, waits, setBack } = bench();
    const lost = new LostCreates(instance, instance.clock);
    lost.sent();
    setBack(20 * DAY);
    const told: (number | null)[] = [];
    await lost.settled({ onWait: (until) => told.push(until) }, looked);
    assert.deepEqual(waits, [SETTLING_MS]);
    assert.deepEqual(told, [instance.clock.now(), null]);
    assert.equal(await lost.settled({}, looked), false);
  });
});

function bench() {
  let now = 1_800_000_000_000;
  const waits: number[] = [];
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
  };
  const instance = createHaloInstances(clock).open({ url: 'https://arena.halo.example' });
  return { instance, waits, setBack: (ms: number) => (now -= ms) };
}
