import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createSequenceIndex } from '../../../src/seatgeek/sequence-index.js';
import { isOlder } from '../../../src/seatgeek/sequence.js';

const hex = (value: number, width: number) => value.toString(16).padStart(width, '0');
const sequenceOf = ([a, b, c]: readonly [number, number, number]) =>
  `${hex(a, 8)}:${hex(b, 8)}:0004/${hex(a, 8)}:${hex(b, 8)}:${hex(c, 4)}`;
const OLD = sequenceOf([1, 2, 3]);
const NEW = sequenceOf([1, 2, 4]);

describe('the sequence index', () => {
  it('knows an image as superseded when a strictly newer one was noted', () => {
    const index = createSequenceIndex();
    index.note('a', NEW);
    index.note('a', OLD);
    assert.deepEqual([index.isSuperseded('a', OLD), index.isSuperseded('a', NEW)], [true, false]);
    assert.deepEqual([index.isSuperseded('b', OLD), index.size], [false, 1]);
  });

  it('reads upper case like lower case', () => {
    const index = createSequenceIndex();
    index.note('a', '0019A1C3:0002A20D:0004/0019A1C3:0002A20D:000B');
    assert.equal(index.isSuperseded('a', '0019a1c3:0002a20d:0004/0019a1c3:0002a20d:000a'), true);
    assert.equal(index.isSuperseded('a', '0019a1c3:0002a20d:0004/0019a1c3:0002a20d:000b'), false);
  });

  for (const sequence of [null, '', '12', `${NEW}0`, 'z019a1c3:0002a20d:0004/0019a1c3:0002a20d:0003']) {
    it(`leaves the order to the feed for the sequence ${JSON.stringify(sequence)}`, () => {
      const index = createSequenceIndex();
      index.note('a', sequence);
      assert.equal(index.size, 0);
      index.note('a', NEW);
      assert.equal(index.isSuperseded('a', sequence), false);
    });
  }

  it('agrees with the order of sequences for any history', () => {
    const word = fc.oneof(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 0xffffffff }));
    const image = fc.record({
      id: fc.oneof(fc.constantFrom('', 'a', 'b', 'é'), fc.uuid()),
      sequence: fc.oneof(fc.constant(null), fc.tuple(word, word, fc.integer({ min: 0, max: 0xffff })).map(sequenceOf)),
    });
    fc.assert(
      fc.property(fc.array(image, { maxLength: 60 }), (images) => {
        const index = createSequenceIndex();
        for (const { id, sequence } of images) index.note(id, sequence);
        for (const { id, sequence } of images) {
          const newer = images.some((other) => other.id === id && isOlder(sequence, other.sequence));
          assert.equal(index.isSuperseded(id, sequence), newer);
        }
      }),
    );
  });

  it('keeps a million people apart in less than 150 MB', function () {
    this.timeout(60_000);
    const index = createSequenceIndex();
    const idOf = (person: number) => `${hex(person, 8)}-1f7b-4d0c-9a55-2e0c60d3e940`;
    for (let person = 0; person < 1_000_000; person += 1) index.note(idOf(person), sequenceOf([1, person, 0]));
    assert.equal(index.size, 1_000_000);
    assert(index.bytes < 150e6);
    assert.equal(index.isSuperseded(idOf(777_777), sequenceOf([1, 777_776, 0])), true);
    assert.equal(index.isSuperseded(idOf(777_777), sequenceOf([1, 777_777, 0])), false);
    assert.equal(index.isSuperseded(idOf(1_000_000), sequenceOf([0, 0, 0])), false);
  });

  it('remembers how far it has read', () => {
    const index = createSequenceIndex();
    const seen = [index.coveredTo];
    for (const cursor of [null, 'a', 'b']) {
      index.coverTo(cursor);
      seen.push(index.coveredTo);
    }
    assert.deepEqual(seen, [undefined, null, 'a', 'b']);
  });
});
