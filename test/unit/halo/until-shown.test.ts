import assert from 'node:assert/strict';
import { KnownUpTo } from '../../../src/halo/directory/known-up-to.js';
import { untilShown } from '../../../src/halo/directory/until-shown.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';

const CALL = {};

describe('the wait for the newest user told', () => {
  let now: number;
  let instance: HaloInstance;
  let knownUpTo: KnownUpTo;
  const clock = {
    now: () => now,
    sleep: (ms: number) => {
      now += ms;
      return Promise.resolve();
    },
  };

  beforeEach(() => {
    now = 1_000_000;
    instance = createHaloInstances(clock).open({ url: 'https://acme.halopsa.example' });
    knownUpTo = new KnownUpTo(instance, clock);
    instance.newestTold = 10;
  });

  it('does not go on for those whom another connection creates meanwhile', async () => {
    const missed: (number | null)[] = [];
    const read = (missing: number | null): Promise<boolean> => {
      missed.push(missing);
      knownUpTo.take([instance.newestTold - 1], knownUpTo.moment());
      instance.newestTold += 1;
      return Promise.resolve(true);
    };
    assert.equal(await untilShown({ knownUpTo, clock, ask: () => Promise.resolve('there'), read }, CALL), true);
    assert.deepEqual(missed, [10, 10]);
    assert.equal(instance.newestGone, 0);
  });

  it('ends after two minutes, however long each reading takes', async () => {
    let reads = 0;
    const read = (): Promise<boolean> => {
      reads += 1;
      now += 50_000;
      return Promise.resolve(true);
    };
    await untilShown({ knownUpTo, clock, ask: () => Promise.resolve('there'), read }, CALL);
    assert.equal(reads, 4);
    assert.equal(instance.newestGone, 10);
  });
});
