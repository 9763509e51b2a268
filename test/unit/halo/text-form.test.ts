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
    [null, '0'],
    [null, 0],
    [null, false],
    ['', 'No'],
    [true, 'Yes'],
    [false, 'no'],
    [12.35, '12.345'],
    ['12.3', 12.345],
    [12, '12.7'],
    ['+447700900123', '07700 900123'],
    ['020 7946 0000', '+44 20 7946 0000'],
    ['0044 20 7946 0000', '020 7946 0000'],
    ['2020-03-01T09:30:00', '2020-03-01 09:30:00'],
    ['2020-03-01T00:00:00', '2020-03-01T09:30:00Z'],
    ['1990-04-30T23:00:00', '1990-05-01'],
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
    ['', 'Ada'],
    [true, 'No'],
    [false, 'Gold'],
    [null, 'Yes'],
    [12.35, '13.345'],
    [12.345, '12.35'],
    [12, 13],
    ['+447700900123', '07700 900124'],
    ['7700900123', '07700 900124'],
    ['447700900123', '7700900123'],
    ['1990-05-01T00:00:00', '1990-05-02'],
    ['1990-04-30', '1990-05-01'],
    ['2020-03-01T09:30:00', '2020-03-01T12:30:00'],
    ['2020-02-30T00:00:00', '2020-31-12'],
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
