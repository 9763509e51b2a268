import assert from 'node:assert/strict';
import { parseJson } from '../../../src/http/parse-json.js';

const LONG = 2_000_000;

describe('JSON from outside', () => {
  for (const [name, text] of [
    ['lists', '['.repeat(LONG) + ']'.repeat(LONG)],
    ['objects', '{"a":'.repeat(LONG) + '1' + '}'.repeat(LONG)],
    ['lists behind others', '[[],"[",'.repeat(LONG) + '1' + ']'.repeat(LONG)],
  ] as const) {
    it(`is refused when ${name} are nested without end`, () =>
      assert.throws(() => parseJson(text), { message: 'JSON that is nested too deep' }));
  }

  it('is taken however long it is, and whatever brackets its texts hold', () => {
    const value = {
      users: Array.from({ length: 5_000 }, () => ({ notes: `[[{{"\\${'['.repeat(500)}`, x: [1, { y: [] }] })),
    };
    assert.deepEqual(parseJson(JSON.stringify(value)), value);
  });
});
