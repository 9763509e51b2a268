import assert from 'node:assert/strict';
import { errorText, redact } from '../../../src/halo/api/error-text.js';

describe("Halo's refusals as text", () => {
  const table: readonly [string, string, string][] = [
    [
      'a binding map',
      '{"[0].site_id":["Could not convert string to integer: abc."]}',
      'site_id: Could not convert string to integer: abc.',
    ],
    ['a binding map of several', '{"id":["a","b"],"[1].name":["c"]}', 'id: a b; name: c'],
    [
      'a serialised exception',
      '{"ClassName":"System.Exception","Message":"Please select a site","Data":null,"InnerException":null,"HResult":-2146233088}',
      'Please select a site',
    ],
    ['a message', '{"Message":"no"}', 'no'],
    ['an error member', '{"error":"invalid"}', 'invalid'],
    ['a result code', '{"resultCode":3,"errorMessage":"broken"}', 'broken'],
    ['the message before the rest', '{"error":"b","message":"a"}', 'a'],
    ['a quoted text', '"CODE:APP03/2 no"', 'CODE:APP03/2 no'],
    ['a bare text', 'Invalid advanced search parameter', 'Invalid advanced search parameter'],
    ['lines and control characters', '"a\\r\\n\\tb\\u001b[31m"', 'a b [31m'],
    ['a page', '<!DOCTYPE html><p>x</p>', 'no readable reason'],
    ['nothing', '  ', 'no reason given'],
    ['an object without words', '{"a":1}', '{"a":1}'],
  ];
  for (const [name, body, text] of table) {
    it(`come out of ${name}`, () => assert.equal(errorText(body), text));
  }

  it('name the field in place of the value, in any letter case', () => {
    const hidden = [
      { field: 'emailaddress', value: 'Ada@Example.org' },
      { field: 'surname', value: 'Byron' },
    ];
    assert.equal(redact('ada@example.ORG of BYRON exists', hidden), '<emailaddress> of <surname> exists');
  });

  it('hide a value in whatever letters Halo writes it', () => {
    const pairs = [
      ['Straße', 'STRAẞE'],
      ['ΟΔΥΣΣΕΥΣ', 'οδυσσευς'],
      ['Kelvin', '\u212Aelvin'],
      ['Ångström', '\u212Bngström'],
      ['Moſer', 'MOSER'],
      ['ИВАН', 'иван'],
    ] as const;
    for (const [value, written] of pairs)
      assert.equal(redact(`${written}x is taken`, [{ field: 'surname', value }]), '<surname>x is taken');
  });

  it('hide the longest value first', () => {
    const hidden = [
      { field: 'firstname', value: 'Anna' },
      { field: 'name', value: 'Anna Lee' },
    ];
    assert.equal(redact('Anna Lee', hidden), '<name>');
  });

  it('hide short values only where they stand alone', () => {
    assert.equal(
      redact('Al can not call Al.', [{ field: 'firstname', value: 'Al' }]),
      '<firstname> can not call <firstname>.',
    );
  });

  it('take no value for a pattern', () => {
    assert.equal(
      redact('a.c abc (x', [
        { field: 'f', value: 'a.c' },
        { field: 'g', value: '(x' },
      ]),
      '<f> abc <g>',
    );
  });

  it("hide others' e-mail addresses and numbers", () => {
    assert.equal(redact('user bob@x.org, +44 20 7946 0000 (515)'), 'user <e-mail>, <number> (515)');
  });

  it('are cut at 200 characters', () => {
    assert.equal(redact('x'.repeat(500)).length, 200);
  });
});
