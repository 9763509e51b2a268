import assert from 'node:assert/strict';
import { KnownUpTo } from '../../../src/halo/directory/known-up-to.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';

describe('up to whom everybody is known', () => {
  let now = 1_000_000;
  let instance: HaloInstance;
  let known: KnownUpTo;

  beforeEach(() => {
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    instance = createHaloInstances(clock).open({ url: 'https://acme.halopsa.example' });
    known = new KnownUpTo(instance, clock);
  });

  const take = (...ids: number[]): void => known.take(ids, known.moment());
  const state = (): unknown => [known.id, known.isCurrent];

  it('is nobody before anything was read, and 0 in an empty Halo', () => {
    assert.deepEqual(state(), [null, false]);
    take();
    assert.deepEqual(state(), [0, true]);
  });

  it('is the highest id read, and never goes back', () => {
    take(5, 9, 7);
    assert.deepEqual(state(), [9, true]);
    take(3);
    assert.deepEqual(state(), [9, true]);
  });

  it('is current for three seconds from when reading began', () => {
    const moment = known.moment();
    now += 2_000;
    known.take([9], moment);
    now += 1_000;
    assert.equal(known.isCurrent, true);
    now += 1;
    assert.equal(known.isCurrent, false);
    assert.equal(known.id, 9);
  });

  it('goes on with ids that follow, and is as fresh as the answer that gave them', () => {
    take(9);
    now += 3_000;
    known.noteCreated([11, 10], now);
    assert.deepEqual(state(), [11, true]);
    now += 3_000;
    assert.deepEqual(state(), [11, true]);
    known.noteCreated([12], now - 3_001);
    assert.deepEqual(state(), [12, true], 'an answer that came before another');
    now += 1;
    assert.deepEqual(state(), [12, false]);
  });

  it('is not current where it was read while somebody else was creating', () => {
    const other = new KnownUpTo(instance, { now: () => now, sleep: () => Promise.resolve() });
    other.noteCreating();
    take(9);
    assert.equal(known.isCurrent, true);
    other.noteCreating();
    assert.equal(known.isCurrent, false);
  });

  it('is not current where Halo has told another run of somebody newer', () => {
    take(9);
    instance.newestTold = 10;
    assert.equal(known.isCurrent, false);
    take(9, 10);
    assert.equal(known.isCurrent, true);
  });

  it('is not current while there is a gap, whoever fills it', () => {
    take(9);
    known.noteCreated([12, 11], now + 500);
    assert.deepEqual(state(), [9, false]);
    known.noteCreated([10], now);
    assert.deepEqual(state(), [12, true]);
    now += 3_500;
    assert.deepEqual(state(), [12, true], 'as fresh as the answer of the highest id');
    now += 1;
    assert.equal(known.isCurrent, false);
    known.noteCreated([14], now);
    take(14);
    assert.deepEqual(state(), [14, true], 'read, so that there is no gap');
  });

  it('heeds no id that was known already', () => {
    take(9);
    known.noteCreated([9, 4], now + 2_000);
    assert.deepEqual(state(), [9, true]);
    now += 3_001;
    assert.deepEqual(state(), [9, false]);
  });

  it('is not current after a create of which nothing is sure, until the newest are read', () => {
    take(9);
    known.noteCreated(null, now);
    assert.deepEqual(state(), [9, false]);
    known.noteCreated([10], now);
    assert.deepEqual(state(), [9, false]);
    take(10);
    assert.deepEqual(state(), [10, true]);
  });

  it('is nothing that a create can tell before anything was read', () => {
    known.noteCreated([1], now);
    assert.deepEqual(state(), [null, false]);
  });

  it('is not current for whoever has not seen the last create of this process', () => {
    take(9);
    known.noteCreating();
    assert.deepEqual([known.isCurrent, instance.creations], [true, 1]);
    instance.creations += 1;
    assert.equal(known.isCurrent, false);
    const moment = known.moment();
    instance.creations += 1;
    known.take([9], moment);
    assert.equal(known.isCurrent, false, 'created while it was read');
    take(9);
    assert.equal(known.isCurrent, true);
  });

  it('is behind in a list that lacks somebody told, and in the next one, for two minutes at most', () => {
    take(9);
    known.noteCreated([10], now);
    const behind = [[9], [9], [10], [10]].map((ids) => {
      now += 1_000;
      known.takeNewest(ids, known.moment());
      return [known.isListBehind, instance.listsAtOnce];
    });
    assert.deepEqual(behind, [
      [true, false],
      [true, false],
      [true, false],
      [false, false],
    ]);
    known.noteCreated([11], now);
    known.takeNewest([10], known.moment());
    assert.equal(known.isListBehind, true);
    now += 120_001;
    known.takeNewest([10], known.moment());
    assert.equal(known.isListBehind, false);
  });
});
