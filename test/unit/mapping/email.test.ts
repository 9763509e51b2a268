import assert from 'node:assert/strict';
import { foldEmail, plainEmail } from '../../../src/mapping/email.js';
import { connectionMapping, mapOne, valuesOf } from './sample-connection.js';

const ONE: readonly string[] = [
  'jane@x.example',
  ' JANE@X.example\t',
  '\u200bjane@x.example',
  'ja\u00adne@x.exam\u00adple',
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
    '"jane doe"@x.example',
    `${'a'.repeat(320)}@x.example`,
    ' '.repeat(2_000),
    '<'.repeat(100_000),
  ],
  ...[null, undefined, 12, true, ['jane@x.example'], { a: 1 }],
];

describe('an e-mail address', () => {
  for (const value of ONE) {
    it(`is the same for ${JSON.stringify(value)}`, () => assert.equal(foldEmail(value), 'jane@x.example'));
  }

  for (const value of NOT_ONE) {
    it(`is none for ${JSON.stringify({ value }).slice(0, 50)}`, () => assert.equal(foldEmail(value), null));
  }

  it('keeps its letter case and its accents when it is written', () => {
    assert.equal(plainEmail('Ju\u0308rgen <J\u00fcrgen@X.example>'), 'J\u00fcrgen@X.example');
  });

  it('is found and written without what stands around it; what is no address is written as it is', async () => {
    const connection = connectionMapping({ from: 'email', to: 'emailaddress' }, { from: 'email', to: 'notes' });
    const jane = await mapOne(connection, { email: 'Jane <Jane\u200b@x.example>' });
    assert.equal(jane.matchEmail, 'jane@x.example');
    assert.equal(valuesOf(jane)['emailaddress'], 'Jane@x.example');
    const two = await mapOne(connection, { email: 'a@x.example, b@x.example' });
    assert.equal(two.matchEmail, null);
    assert.equal(valuesOf(two)['emailaddress'], 'a@x.example, b@x.example');
  });
});
