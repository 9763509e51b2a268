import assert from 'node:assert/strict';
import { isFormOf } from '../../../src/halo/fields/text-form.js';

describe('the form of a text', () => {
  for (const [stored, sent] of [
    ['ŞTEFAN YILMAZ', 'Ştefan Yılmaz'],
    ['GROSS', 'Groß'],
    ['ΓΙΏΡΓΟΣ', 'Γιώργος'],
    ['Zoe\u0308', 'Zoë'],
    ['O&#39;Neil &amp; &#x53;ons', "O'Neil & Sons"],
    ['two\nlines', 'two\r\nlines '],
    ['+442079460000', '+44 (20) 7946-0000'],
    ['02837570440ext12', '02837570440 ext. 12'],
    [null, '-'],
    ['', '- '],
    ['5551234', '555-1234'],
    ['GROSS', 'GRO\u1e9e'],
    ['\u{10ffff}', '&#1114111;'],
    ['abcdefghijklmnopqrst', 'abcdefghijklmnopqrstu'],
    ['Gold since 2001, with a seat in', 'Gold since 2001, with a seat in the stand'],
  ] as const)
    it(`is all that tells ${JSON.stringify(stored)} from ${JSON.stringify(sent)}`, () => {
      assert.ok(isFormOf(stored, sent));
    });

  for (const [stored, sent] of [
    ['Gold', 'Gold Plus'],
    ['Gold Plus', 'Gold'],
    ['Smith', 'Smyth'],
    ['1.5', '15'],
    ['12345678.9', '123456789'],
    ['123456789', '12345678.9'],
    [null, '0'],
    ['', 'Ada'],
    ['+442079460000', '+442079460001'],
    ['&#1114112;', 'x'],
    [null, 'Ada'],
    [0, ''],
    ['5', 5],
    [null, 5],
    ['Smith Jones', 'Smith-Jones'],
    ['555123', '555-123'],
    ['abcdefghijklmnopqrs', 'abcdefghijklmnopqrstu'],
  ] as const)
    it(`is not all that tells ${JSON.stringify(stored)} from ${JSON.stringify(sent)}`, () => {
      assert.ok(!isFormOf(stored, sent));
    });
});
