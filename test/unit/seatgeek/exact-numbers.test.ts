import assert from 'node:assert/strict';
import fc from 'fast-check';
import { withExactNumbers } from '../../../src/seatgeek/exact-numbers.js';
import { connectionMapping, mapOne, valuesOf } from '../mapping/sample-connection.js';

const parse = (json: string): unknown => JSON.parse(withExactNumbers(json));

describe('numbers of the feed', () => {
  const kept: [string, unknown][] = [
    ['[12345678901234567890]', ['12345678901234567890']],
    ['{"id":-98765432109876543210,"n":12}', { id: '-98765432109876543210', n: 12 }],
    ['[9007199254740991, 9007199254740993]', [9_007_199_254_740_991, '9007199254740993']],
    ['[0.30000000000000004,0.1234567890123456789]', [0.30000000000000004, '0.1234567890123456789']],
    ['[1234567890.1234567890]', ['1234567890.1234567890']],
    ['[1.7976931348623157e308, 123456789012345678e1]', [1.7976931348623157e308, Number('123456789012345678e1')]],
    [
      String.raw`{"a\"12345678901234567890":"12345678901234567890\\","b":1}`,
      { 'a"12345678901234567890': '12345678901234567890\\', b: 1 },
    ],
    ['12345678901234567890', '12345678901234567890'],
    [' -12345678901234567890 ', '-12345678901234567890'],
    ['{"a" :\n\t12345678901234567890}', { a: '12345678901234567890' }],
    ['[1,\r\n 12345678901234567890,[-12345678901234567890]]', [1, '12345678901234567890', ['-12345678901234567890']]],
    ['[1.50000000000000,12.3400000000000]', [1.5, 12.34]],
    ['[1234567.12345678901,-0.12345678901234567]', ['1234567.12345678901', '-0.12345678901234567']],
    ['[1.50,-0,0.10,1e3,12345678901234567890]', [1.5, -0, 0.1, 1_000, '12345678901234567890']],
    ['[-1.23456789012345678905e-7]', [Number('-1.23456789012345678905e-7')]],
    [
      '{"a":1234567890123456,"b":12345678901234567890,"c":"x"}',
      { a: 1234567890123456, b: '12345678901234567890', c: 'x' },
    ],
  ];
  for (const [json, value] of kept) it(`keep their digits: ${json}`, () => assert.deepEqual(parse(json), value));

  it('change nothing else, whatever the JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.nat(3), (value, indent) => {
        const json = JSON.stringify([value, '12345678901234567890'], null, indent);
        assert.deepEqual(parse(json), JSON.parse(json));
      }),
    );
  });

  it('leave what is no JSON to the parser', () => {
    for (const text of ['"12345678901234567890', '-', '12345678901234567890-', '\\"1234567890123456', ''])
      assert.throws(() => parse(text), SyntaxError);
  });

  it('arrive in Halo digit by digit', async () => {
    const connection = connectionMapping({ from: 'card', to: 'other1' }, { from: 'card', to: 'CFCard' });
    const person = await mapOne(
      connection,
      parse('{"id":12345678901234567890,"card":12345678901234567890}') as Record<string, unknown>,
    );
    assert.equal(person.seatgeekId, '12345678901234567890');
    assert.deepEqual(valuesOf(person), { name: 'Ada', other1: '12345678901234567890', CFCard: '12345678901234567890' });
  });
});
