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
    ['a binding map with a value for a key', '{"Ada Byron":["is taken"]}', 'is taken'],
    ['HTML entities', '"O&#39;Brien &amp; Jos&eacute; exist"', "O'Brien & <…> exist"],
    ['an object without words', '{"a":1}', '{"a":1}'],
    ['a blank message beside another', '{"message":" ","error":"b"}', 'b'],
    ['a binding map without a list', '{"id":"is wrong"}', 'id: is wrong'],
    ['a binding map of many records', '{"[12].name":["a"],"[3]id":["b"]}', 'name: a; id: b'],
    ['a binding map with a place within', '{"users[3].name":["a"]}', 'users[3].name: a'],
    ['a key that only begins like a field', '{"name Ada Byron":["is taken"]}', 'is taken'],
    ['a text that quotes markup', '"see <html> there"', 'see <html> there'],
    ['a page after blanks', ' \n<?xml version="1.0"?>', 'no readable reason'],
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

  it('hide a value of three letters where it stands alone, and nothing for an empty one', () => {
    const hidden = [
      { field: 'firstname', value: 'use' },
      { field: 'notes', value: ' ' },
    ];
    assert.equal(redact('the user may use it', hidden), 'the user may <firstname> it');
  });

  it('take no value for a pattern', () => {
    assert.equal(
      redact('a.c exists (x', [
        { field: 'f', value: 'a.c' },
        { field: 'g', value: '(x' },
      ]),
      '<f> exists <g>',
    );
  });

  it("hide others' e-mail addresses and numbers", () => {
    assert.equal(redact('user bob@x.org, +44 20 7946 0000 (515)'), 'user <e-mail>, <number> (515)');
    assert.equal(redact('phone 0207 946 0000 or 2079460 of id 123456'), 'phone <number> or <number> of id 123456');
  });

  for (const [form, date] of [
    ['ISO', '1990-05-04'],
    ['ISO with time', '1990-05-04T00:00:00Z'],
    ['British', '04/05/1990'],
    ['American', '5/4/1990'],
    ['German', '4.5.1990'],
    ['in words', '4 May 1990'],
    ['in American words', 'May 4th, 1990'],
    ['with the month cut', '04-May-90'.replaceAll('-', ' ')],
  ] as const)
    it(`hide a date, ${form}`, () => assert.equal(redact(`born ${date} is refused`), 'born <date> is refused'));

  it("hide others' names, and keep Halo's own words", () => {
    assert.equal(redact('Email is already in use by Jane van Doe-Smith.'), 'Email is already in use by <…>.');
    assert.equal(redact("O'Brien, Müller and ÉMILE are taken"), '<…> and <…> are taken');
    const own =
      "A database error occurred (515) - Cannot insert the value NULL into column 'uusername', table 'HaloPSA.dbo.USERS'; column does not allow nulls. INSERT fails.";
    assert.equal(redact(own), own);
  });

  const NOTES = 'allergic to peanuts, sits with her sister since the divorce, prefers to be called after six';
  const PERSONAL: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'a value that the database cut',
      `A database error occurred (2628) - String or binary data would be truncated in table 'halo.dbo.USERS', column 'unotes'. Truncated value: '${NOTES.slice(0, 60)}'.`,
      NOTES,
      /peanuts|sister|divorce/,
    ],
    ['a number that the database cut', "data would be truncated. Truncated value: '1990-05'.", '1990-05-04', /1990/],
    [
      'a value that is longer than what is read',
      `the value ${NOTES.repeat(30)} is too long`,
      NOTES.repeat(30),
      /peanuts/,
    ],
    ['a login that Halo made of the address', 'The login jane.doe is in use', 'jane.doe@example.org', /jane|doe/],
    ['a login of which a part is a word of Halo', 'The login user_jane exists', 'x', /jane/],
    ['a login with a number or a line', 'The logins jane_doe and jdoe2 exist', 'jane.doe@example.org', /jane|doe/],
    ["another's name in a script without capitals", 'The user 王小明 has this e-mail address already', 'x', /王小明/],
    ["another's name in small letters", 'The user jane van der doe (möller) exists', 'x', /jane|van|doe|ller/],
    ["another's name in Greek small letters", 'The user γιώργος exists', 'x', /γιώργος/],
    ["another's name between angle brackets", 'The user <jane> exists', 'x', /jane/],
    ['a postcode', 'Postcode SW1A 2AA is unknown', 'x', /SW1A|2AA/],
  ];
  for (const [what, message, value, shows] of PERSONAL)
    it(`hide ${what}`, () => {
      const said = redact(errorText(JSON.stringify({ Message: message })), [{ field: 'notes', value }]);
      assert.doesNotMatch(said, shows);
      assert.match(said, /user|login|value|Postcode/);
    });

  it("keep Halo's words and the names of its fields", () => {
    const said = [
      'Please select a Department',
      "site_id: Could not convert string to integer: <…>. Path '[0].site_id', line 1, position 20.",
      'Please enter a value for CFLoyaltyTier (date_of_birth, emailaddress)',
      "Violation of UNIQUE KEY constraint 'UQ_users'. Cannot insert duplicate key in object 'dbo.USERS'. The duplicate key value is (<…>).",
      'A user with this email address already exists for this client',
      'You do not have permission to access this resource.',
    ];
    for (const text of said) assert.equal(redact(text), text);
    assert.equal(redact('Site_ID of THE_CLIENT'), 'Site_ID of THE_CLIENT');
  });

  it('take no time however long the text is', () => {
    const before = process.cpuUsage();
    for (const letter of ['a', 'a.', '1 ', '&a', '@', 'Ab ', '((', '<'])
      assert.ok(
        redact(errorText(letter.repeat(150_000)), [{ field: 'name', value: letter.repeat(1_000) }]).length <= 200,
      );
    const { user } = process.cpuUsage(before);
    assert.ok(user < 2_000_000, `${user} µs`);
  });

  it('are cut at 200 characters', () => {
    assert.equal(redact('is '.repeat(500)).length, 200);
    for (const length of [200, 201]) {
      const text = 'is '.repeat(70).slice(0, length);
      assert.equal(redact(text), length === 200 ? text : `${text.slice(0, 199)}…`);
    }
  });
});
