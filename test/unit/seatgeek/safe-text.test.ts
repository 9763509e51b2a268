import assert from 'node:assert/strict';
import { safeText } from '../../../src/seatgeek/safe-text.js';

describe('texts from SeatGeek', () => {
  const cases: [string, string, string][] = [
    ['keep plain words', 'limit must be at most 5000', 'limit must be at most 5000'],
    ['lose e-mail addresses', 'taken by <a.b+c@x.example>', 'taken by <[removed]>'],
    ['lose tokens', 'bad eyJhbGciOiJIUzI1NiJ9', 'bad [removed]'],
    ['lose cursors', 'bad cursor MDAxOWExYzM6MDAwMg==', 'bad cursor [removed]'],
    ['keep long words', 'a well-considered-and-thoughtful reason', 'a well-considered-and-thoughtful reason'],
    ['lose uuids', 'no 7d9f8a52-1f7b-4d0c-9a55-2e0c60d3e940 here', 'no [removed] here'],
    ['lose phone numbers', 'call (020) 123-45.67 now', 'call ([removed] now'],
    ['have single blanks, and none around them', ' \n a \t\u0000 b  c ', 'a b c'],
    ['are looked at for no more than 2,000 characters', `${' '.repeat(2_000)}late`, ''],
    ['come on one line without control characters', 'a\r\n\u001b[31mb\tc', 'a [31mb c'],
  ];
  for (const [title, text, expected] of cases) it(title, () => assert.equal(safeText(text), expected));

  it('are cut to 200 characters', () => assert.equal(safeText('word '.repeat(1_000)).length, 200));
});
