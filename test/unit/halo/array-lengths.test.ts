import assert from 'node:assert/strict';
import { ArrayLengths } from '../../../src/halo/write/array-lengths.js';

const SIZE = 50;

describe('the length of the next array', () => {
  let habits: { limit: number };
  let lengths: ArrayLengths;

  beforeEach(() => {
    habits = { limit: Infinity };
    lengths = new ArrayLengths(habits, SIZE);
  });

  const next = (): number => lengths.next(1_000);
  const times = (count: number, body: () => void): void => {
    for (let n = 0; n < count; n += 1) body();
  };
  /** An array was refused and cut up: into pieces that were taken, and pieces that were refused and cut up themselves. */
  const refused = (
    length: number,
    taken: readonly number[],
    { pieces = [] as number[], isForNoReason = true } = {},
  ) => {
    lengths.cut();
    for (const one of taken) lengths.took(one);
    for (const piece of pieces) {
      lengths.cut();
      lengths.cutUp(piece, true);
    }
    lengths.cutUp(length, isForNoReason);
  };

  it('is what was set, or as many as are left', () => {
    assert.deepEqual([next(), lengths.next(7)], [SIZE, 7]);
  });

  it('is one after three people refused in a row, until somebody is taken', () => {
    times(2, () => lengths.refused());
    assert.equal(next(), SIZE);
    lengths.refused();
    assert.equal(next(), 1);
    lengths.passed();
    assert.equal(next(), SIZE);
    times(2, () => lengths.refused());
    assert.equal(next(), SIZE);
  });

  it('stays after one refusal for no reason, and is the longest that was taken after the second', () => {
    refused(50, [5, 25, 5]);
    assert.equal(next(), SIZE);
    lengths.took(25);
    refused(50, [20]);
    assert.equal(next(), 25);
  });

  it('is doubted anew when a longer piece was taken the second time', () => {
    refused(50, [20]);
    refused(50, [25]);
    assert.equal(next(), SIZE);
    refused(50, [10]);
    assert.equal(next(), 25);
  });

  it('is suspected no more once a longer one was taken', () => {
    refused(50, [25]);
    lengths.took(26);
    refused(50, [20]);
    assert.equal(next(), SIZE);
  });

  it('is suspected anew after it was found', () => {
    refused(50, [25]);
    refused(50, [25]);
    refused(25, [8]);
    assert.equal(next(), 25);
    refused(25, [6]);
    assert.equal(next(), 8);
  });

  for (const [title, expected, length, taken, options] of [
    ['three refusals within one array', 5, 50, [5, 4], { pieces: [10, 10] }],
    ['two', SIZE, 50, [5], { pieces: [10] }],
    ['three of which one is as long as what was taken', SIZE, 50, [10], { pieces: [10, 11] }],
    ['three of which somebody bad explains one', SIZE, 50, [5], { pieces: [10, 10], isForNoReason: false }],
    ['four of which somebody bad explains one', 5, 50, [5], { pieces: [10, 10, 10], isForNoReason: false }],
    ['many with nobody taken', SIZE, 50, [], { pieces: [10, 10, 10, 10] }],
  ] as const)
    it(`is ${expected} after ${title}`, () => {
      refused(length, taken, { ...options, pieces: [...options.pieces] });
      assert.equal(next(), expected);
    });

  it('is what pieces would have been, where arrays without an answer were done all the same', () => {
    const done = (): void => {
      lengths.cut();
      lengths.cutUp(50, true, 8);
    };
    done();
    assert.equal(next(), SIZE);
    done();
    assert.equal(next(), 8);
  });

  it('heeds of each array its own pieces only', () => {
    refused(50, [30], { pieces: [10, 10], isForNoReason: false });
    refused(50, [5]);
    assert.equal(next(), SIZE);
    refused(50, [4]);
    assert.equal(next(), 5);
  });

  it('is found out again after a while, twice as long each time that it is taken', () => {
    habits.limit = 5;
    times(19, () => lengths.took(5));
    lengths.took(4);
    assert.equal(next(), 5);
    lengths.took(5);
    assert.equal(next(), 10);
    lengths.took(10);
    assert.equal(habits.limit, 10);
    assert.equal(next(), 20);
    lengths.took(49);
    assert.equal(habits.limit, 49);
    lengths.took(50);
    assert.equal(habits.limit, Infinity);
  });

  for (const [title, fail] of [
    ['refused', () => refused(10, [5])],
    ['not heeded', () => lengths.heeded(5)],
  ] as const)
    it(`is found out again after twice the while when the longer one was ${title}`, () => {
      habits.limit = 5;
      for (const patience of [20, 40, 80]) {
        times(patience - 1, () => lengths.took(5));
        assert.equal(next(), 5);
        lengths.took(5);
        assert.equal(next(), 10);
        fail();
        assert.equal(next(), 5);
      }
    });

  it('is as many as Halo heeded', () => {
    lengths.heeded(3);
    assert.equal(next(), 3);
    lengths.heeded(2);
    assert.equal(next(), 2);
  });
});
