import assert from 'node:assert/strict';
import { hashValue } from '../../../src/halo/directory/hashed-value.js';
import { instantOf } from '../../../src/halo/fields/instant.js';
import { isSameValue } from '../../../src/halo/plan/same-value.js';

describe('a date as Halo writes it', () => {
  it('is one instant in every form', () => {
    const day = Date.UTC(2021, 11, 31);
    for (const text of [
      '2021-12-31',
      '2021-12-31T00:00',
      '2021-12-31T00:00:00',
      '2021-12-31T00:00:00.000Z',
      '2021-12-31T01:00:00+01:00',
      '2021-12-30T24:00:00',
    ])
      assert.equal(instantOf(text), day, text);
    assert.equal(instantOf('2024-02-29'), Date.UTC(2024, 1, 29));
    assert.equal(instantOf('0001-01-01T00:00:00'), Date.parse('0001-01-01'));
  });

  const NONE = [
    '2021-31-12',
    '2021-30-11',
    '2021-00-01',
    '2021-01-00',
    '2021-01-32',
    '2021-02-29',
    '2021-02-30T10:00:00',
    '2021-04-31',
    '2021-01-01T25:00',
    '2021-01-01T10:61:00Z',
    '2021-01-01T10:00:00+99:99',
    '01/01/2021',
    '',
  ];
  for (const text of NONE) it(`is none: "${text}"`, () => assert.equal(instantOf(text), undefined));

  it('that there is not is the same as itself alone', () => {
    for (const [at, one] of NONE.entries())
      for (const other of [...NONE.slice(at + 1), '2021-03-01', '2021-03-02T10:00:00', '2021-05-01']) {
        assert.ok(!isSameValue(one, other), `${one} ${other}`);
        assert.notEqual(hashValue(one), hashValue(other), `${one} ${other}`);
      }
  });
});
