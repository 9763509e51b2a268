import assert from 'node:assert/strict';
import fc from 'fast-check';
import { hashAddress, HashedValue, hashValue, UNKNOWN_HASH } from '../../../src/halo/directory/hashed-value.js';
import { ShownValue } from '../../../src/halo/directory/known-user.js';
import { isSameValue } from '../../../src/halo/plan/same-value.js';
import type { HaloValue } from '../../../src/mapping/types.js';

const texts = [
  '',
  '0',
  '5',
  '05',
  '5.0',
  'true',
  'True',
  'false',
  '1',
  'gold',
  'Gold',
  ' 5 ',
  '#5',
  '2026-01-02',
  '2026-01-02T00:00:00',
];
const value = fc.oneof(
  fc.constantFrom(...texts, 0, 1, 5, true, false, null),
  fc.string(),
  fc.integer(),
) satisfies fc.Arbitrary<HaloValue>;

function hashed(current: unknown): HashedValue | null | undefined {
  return current instanceof ShownValue
    ? HashedValue.of(hashValue(current.value), hashValue(current.display))
    : HashedValue.of(hashValue(current), UNKNOWN_HASH);
}

describe('a value of which only the hash is kept', () => {
  it('is never taken for one that it is not', () => {
    fc.assert(
      fc.property(value, value, (current, wanted) => {
        if (isSameValue(hashed(current), wanted))
          assert.ok(isSameValue(current, wanted), JSON.stringify([current, wanted]));
      }),
      { numRuns: 5_000 },
    );
  });

  const same: readonly (readonly [unknown, HaloValue])[] = [
    ['Ada', 'Ada'],
    ['', null],
    [null, ''],
    [0, null],
    [false, ''],
    [null, false],
    ['false', false],
    [1, true],
    [5, '5'],
    ['5', 5],
    [18, 18],
    [5, '05'],
    [5, ' 5 '],
    [true, 'True'],
    [false, 'FALSE'],
    ['2026-01-02T00:00:00', '2026-01-02T00:00:00.000Z'],
    [new ShownValue(3, 'Gold'), 'Gold'],
    [new ShownValue(3, 'Gold'), 3],
  ];

  for (const [current, wanted] of same) {
    it(`is known as the one wanted (${JSON.stringify(current)} for ${JSON.stringify(wanted)})`, () => {
      assert.equal(isSameValue(hashed(current), wanted), true);
    });
  }

  const different: readonly (readonly [unknown, HaloValue])[] = [
    ['Ada', 'ada'],
    ['0123', '123'],
    ['0', null],
    ['Ada', null],
    [0, ' '],
    [{ any: 1 }, '[object Object]'],
    [new ShownValue(3, 'Gold'), 'Silver'],
  ];

  for (const [current, wanted] of different) {
    it(`is known as another (${JSON.stringify(current)} for ${JSON.stringify(wanted)})`, () => {
      assert.equal(isSameValue(hashed(current), wanted), false);
    });
  }

  it('is nothing, a blank or a value', () => {
    const [unknown, blank, gold] = [UNKNOWN_HASH, hashValue(''), hashValue('Gold')];
    assert.equal(HashedValue.of(unknown, unknown), undefined);
    assert.equal(HashedValue.of(unknown, gold), undefined);
    for (const shown of [unknown, blank]) assert.equal(HashedValue.of(blank, shown), null);
    assert.ok(HashedValue.of(blank, gold) instanceof HashedValue);
    assert.ok(HashedValue.of(gold, blank) instanceof HashedValue);
    assert.notEqual(hashValue({ a: 1 }), hashValue({ a: 2 }));
  });

  it('of an address is that of its lines', () => {
    const lines = { line1: '1 High St', line3: 'York' };
    assert.equal(hashAddress({ line1: ' 1 High St', line2: ' ', line3: 'York' }), hashAddress(lines));
    for (const other of [{ ...lines, line1: '2 High St' }, { line1: 'York', line3: '1 High St' }, null])
      assert.notEqual(hashAddress(other), hashAddress(lines));
    assert.equal(hashAddress(null), hashAddress({}));
  });
});
