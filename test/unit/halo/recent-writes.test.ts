import assert from 'node:assert/strict';
import { MAX_ROW_AGE_MS } from '../../../src/halo/plan/match.js';
import { RecentWrites, type WritesOfOthers } from '../../../src/halo/recent-writes.js';

describe('what was read of a user', () => {
  let now: number;
  let slept: number[];
  let onSleep: () => void;
  const clock = {
    now: () => now,
    sleep: (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      slept.push(ms);
      onSleep();
      return Promise.resolve();
    },
  };
  let one: WritesOfOthers;
  let two: WritesOfOthers;
  let three: WritesOfOthers;

  const open = (maxNotes?: number): void => {
    const writes = new RecentWrites(clock, maxNotes);
    [one, two, three] = [writes.ofNewRun(), writes.ofNewRun(), writes.ofNewRun()];
  };
  beforeEach(() => {
    [now, slept, onSleep] = [1_000, [], () => undefined];
    open();
  });

  const write = (run: WritesOfOthers, id: number, at: number): void => {
    const end = run.begin([id]);
    now = at;
    end();
  };
  const outdatedFor = (id: number, readAt: number): boolean[] =>
    [one, two, three].map((run) => run.isOutdated({ id, readAt }));

  it('is old after fifteen minutes', () => {
    const user = { id: 1, readAt: 1_000 };
    now = 1_000 + MAX_ROW_AGE_MS;
    assert.equal(one.isOld(user), false);
    now += 1;
    assert.equal(one.isOld(user), true);
    assert.equal(one.isOutdated(user), false);
  });

  it('is outdated for others once a run has written the user, and not for that run', () => {
    write(one, 1, 2_000);
    assert.deepEqual(outdatedFor(1, 1_999), [false, true, true]);
    assert.deepEqual(outdatedFor(1, 2_000), [false, false, false]);
    assert.deepEqual(outdatedFor(2, 0), [false, false, false]);
    assert.equal(two.isOld({ id: 1, readAt: 1_999 }), true);
  });

  it('is outdated by the last of several runs, for each by that of another', () => {
    write(one, 1, 2_000);
    write(one, 1, 3_000);
    write(two, 1, 4_000);
    assert.deepEqual(outdatedFor(1, 2_500), [true, true, true]);
    assert.deepEqual(outdatedFor(1, 3_500), [true, false, true]);
    write(two, 1, 5_000);
    assert.deepEqual(outdatedFor(1, 2_500), [true, true, true]);
    assert.deepEqual(outdatedFor(1, 4_500), [true, false, true]);
    write(three, 1, 6_000);
    assert.deepEqual(outdatedFor(1, 4_500), [true, true, true]);
    assert.deepEqual(outdatedFor(1, 5_500), [true, true, false]);
  });

  it('is outdated for others as long as a run is sending the user', () => {
    const ends = [one.begin([1]), three.begin([1])];
    assert.deepEqual(outdatedFor(1, 9_000), [true, true, true]);
    ends[1]?.();
    assert.deepEqual(outdatedFor(1, 9_000), [false, true, true]);
    ends[0]?.();
    assert.deepEqual(outdatedFor(1, 9_000), [false, false, false]);
  });

  it('is to be read once no other run is sending the user', async () => {
    const end = one.begin([1]);
    await one.settled(1, undefined);
    await two.settled(2, undefined);
    assert.deepEqual(slept, []);
    onSleep = () => {
      if (slept.length === 3) end();
    };
    await two.settled(1, undefined);
    assert.equal(slept.length, 3);
  });

  it('is not waited for when the call is given up', async () => {
    one.begin([1]);
    await assert.rejects(two.settled(1, AbortSignal.abort(new Error('paused'))), /paused/);
  });

  it('counts as outdated for others where more were written than are kept', () => {
    open(2);
    for (const id of [1, 2, 3]) write(one, id, id * 1_000);
    assert.deepEqual(outdatedFor(1, 999), [false, true, true]);
    assert.deepEqual(outdatedFor(9, 999), [false, true, true], 'it might have been the one that is forgotten');
    assert.deepEqual(outdatedFor(9, 1_000), [false, false, false]);
    write(two, 2, 4_000);
    for (const id of [4, 5]) write(two, id, id * 1_000 + 1_000);
    assert.deepEqual(outdatedFor(9, 2_999), [true, true, true]);
    assert.deepEqual(outdatedFor(9, 3_500), [true, false, true]);
  });

  it('is not outdated by what was written so long ago that it would be old, whoever was', () => {
    open(2);
    for (const id of [1, 2]) write(one, id, 1_000);
    write(two, 3, 1_001 + MAX_ROW_AGE_MS);
    write(two, 4, 1_001 + MAX_ROW_AGE_MS);
    assert.deepEqual(outdatedFor(1, 999), [false, false, false]);
  });
});
