import assert from 'node:assert/strict';
import { foldEmail, plainEmail } from '../../../src/mapping/email.js';
import { connectionMapping, mapOne, valuesOf } from './sample-connection.js';

const ONE: readonly string[] = [
  'jane@x.example',
  ' JANE@X.example\t',
  '\u200bjane@x.example',
  ' \u200b\tjane@x.example \u200b',
  '\ufeffjane@x.example\u200d',
  '\u202ajane@x.example\u202c',
  'jane@x.example\u0000',
  'mailto:jane@x.example',
  'MAILTO: Jane@x.example',
  'Jane <jane@x.example>',
  '"Doe, Jane" <Jane@X.example> ',
  '<mailto:jane@x.example>',
];

const NOT_ONE: readonly unknown[] = [
  ...['', ' ', '\u200b', 'jane', '@', 'jane@', '@x.example', 'jane@x@example', 'jane @x.example', '<jane@x.example'],
  ...[
    'jane@x.example, joe@x.example',
    'jane@x.example;joe@x.example',
    'a <jane@x.example> <joe@x.example>',
    'a@<b@c>x',
  ],
  ...[
    'mailto:jane@x.example,joe@x.example',
    'xmailto:jane@x.example',
    '"jane doe"@x.example',
    `${'a'.repeat(320)}@x.example`,
    ' '.repeat(2_000),
    '<'.repeat(100_000),
  ],
  ...['ja\u00adne@x.example', 'jane@x.exam\u200dple', 'ja\u0000ne@x.example', 'Jane <ja\u200bne@x.example>'],
  ...[null, undefined, 12, true, ['jane@x.example'], { a: 1 }],
];

/** Signs that some way of comparing texts takes for the letters beside them; a mail server may give each address to somebody else. */
const LOOK_ALIKES: readonly (readonly [string, string])[] = [
  ['mar\u212a@x.example', 'mark@x.example'],
  ['mark@\u212a.example', 'mark@k.example'],
  ['\u212bsa@x.example', '\u00e5sa@x.example'],
  ['j\u0131m@x.example', 'jim@x.example'],
  ['J\u0130M@x.example', 'jim@x.example'],
  ['ro\u017fe@x.example', 'rose@x.example'],
  ['stra\u00dfe@x.example', 'strasse@x.example'],
  ['STRA\u1e9eE@x.example', 'stra\u00dfe@x.example'],
  ['\uff4d\uff41\uff52\uff4b@x.example', 'mark@x.example'],
  ['mark\uff20x.example', 'mark@x.example'],
  ['mark@x\uff0eexample', 'mark@x.example'],
  ['e\ufb03e@x.example', 'effie@x.example'],
  ['\ud835\udc26ark@x.example', 'mark@x.example'],
  ['mark\u00b2@x.example', 'mark2@x.example'],
  ['ju\u0308rgen@x.example', 'j\u00fcrgen@x.example'],
  ['J\u00dcRGEN@x.example', 'j\u00fcrgen@x.example'],
  ['\u039f\u03a3@x.example', '\u03bf\u03c2@x.example'],
  ['\u03c3@x.example', '\u03c2@x.example'],
  ['\u0430nna@x.example', 'anna@x.example'],
  ['jane\ufe0f@x.example', 'jane@x.example'],
  ['ja\u034fne@x.example', 'jane@x.example'],
  ['ja\u3164ne@x.example', 'jane@x.example'],
  ['ja\u00adne@x.example', 'jane@x.example'],
  ['ja\u200dne@x.example', 'jane@x.example'],
];

describe('an e-mail address', () => {
  for (const [one, other] of LOOK_ALIKES) {
    it(`is not that of somebody else: ${JSON.stringify(one)}`, () => {
      assert.notEqual(foldEmail(other), null);
      assert.notEqual(foldEmail(one), foldEmail(other));
    });
  }

  for (const value of ONE) {
    it(`is the same for ${JSON.stringify(value)}`, () => assert.equal(foldEmail(value), 'jane@x.example'));
  }

  for (const value of NOT_ONE) {
    it(`is none for ${JSON.stringify({ value }).slice(0, 50)}`, () => assert.equal(foldEmail(value), null));
  }

  it('is no longer than 320 characters, in a value of no more than 1,000', () => {
    const address = (length: number): string => `${'a'.repeat(length - 10)}@x.example`;
    assert.deepEqual([foldEmail(address(320)), foldEmail(address(321))], [address(320), null]);
    const padded = (length: number): string => 'jane@x.example'.padEnd(length);
    assert.deepEqual([foldEmail(padded(1_000)), foldEmail(padded(1_001))], ['jane@x.example', null]);
  });

  it('keeps its letter case and its accents when it is written', () => {
    assert.equal(plainEmail('Ju\u0308rgen <J\u00fcrgen@X.example>'), 'J\u00fcrgen@X.example');
  });

  it('is found and written without what stands around it; what is no address is written as it is', async () => {
    const connection = connectionMapping({ from: 'email', to: 'emailaddress' }, { from: 'email', to: 'notes' });
    const jane = await mapOne(connection, { email: 'Jane <Jane@x.example>\u200b' });
    assert.equal(jane.matchEmail, 'jane@x.example');
    assert.equal(valuesOf(jane)['emailaddress'], 'Jane@x.example');
    const two = await mapOne(connection, { email: 'a@x.example, b@x.example' });
    assert.equal(two.matchEmail, null);
    assert.equal(valuesOf(two)['emailaddress'], 'a@x.example, b@x.example');
  });
});
