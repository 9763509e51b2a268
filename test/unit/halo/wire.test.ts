import assert from 'node:assert/strict';
import {
  addressListingSchema,
  addressListSchema,
  fieldInfoListSchema,
  hidesWho,
  siteListSchema,
  tokenSchema,
  userListSchema,
  userSchema,
  writtenUsersSchema,
} from '../../../src/halo/api/wire.js';

describe('a list of users', () => {
  it('may show a custom field without what it displays, or without a value', () => {
    const customfields = [{ id: 211, name: 'CFSeatGeekId', value: 'sg-1' }, { id: 212 }];
    const { users } = userListSchema.parse({ record_count: 1, users: [{ id: 91, customfields }] });
    assert.deepEqual(users[0]?.customfields, customfields);
  });
});

describe('a user of whom one member has a rough form', () => {
  const user = {
    id: 91,
    name: 'Ada',
    emailaddress: 'ada@example.org',
    inactive: false,
    site_id: 18,
    site_id_int: 18,
    customfields: [{ id: 211, name: 'CFSeatGeekId', value: 'sg-1', display: 'sg-1', type: 0 }],
    primary_address: {
      id: 7,
      line1: '1 Main St',
      line4: 'MA',
      primary: true,
      inactive: false,
      user_id: 91,
      country: 'US',
    },
  };
  const rough: Readonly<Record<string, object>> = {
    id: { id: '91' },
    'a number for a flag': { inactive: 0 },
    'a text for a number': { site_id: '18.0', site_id_int: '18' },
    'a custom field': { customfields: [{ ...user.customfields[0], id: '211' }] },
    'a line of the address': { primary_address: { ...user.primary_address, id: '7', primary: 'true', user_id: '91' } },
  };
  for (const [title, members] of Object.entries(rough))
    it(`is read as one of whom none has: ${title}`, () => {
      assert.deepEqual(
        userSchema.parse(structuredClone({ ...user, ...members })),
        userSchema.parse(structuredClone(user)),
      );
    });
});

describe('a list of users with an odd row', () => {
  const row = { id: 1, name: 'A', customfields: [] };
  const odds: readonly [object, object][] = [
    [{ inactive: 0 }, { inactive: false }],
    [{ inactive: 'true' }, { inactive: true }],
    [{ inactive: 'perhaps' }, { inactive: undefined }],
    [{ emailaddress: 5 }, { emailaddress: '5' }],
    [{ emailaddress: {} }, { emailaddress: undefined }],
    [{ name: 12 }, { name: '12' }],
    [{ site_id: '' }, { site_id: null }],
    [{ site_id: [] }, { site_id: undefined }],
    [{ customfields: [null] }, { customfields: [] }],
    [{ customfields: {} }, { customfields: [] }],
    [{ customfields: '' }, { customfields: [] }],
    [{ primary_address: '' }, { primary_address: null }],
    [{ primary_address: 7 }, { primary_address: undefined }],
  ];
  for (const [odd, taken] of odds)
    it(`is read: ${JSON.stringify(odd)}`, () => {
      const { users } = userListSchema.parse({ record_count: 2, users: [{ ...row, ...odd, id: 2 }, { ...row }] });
      const [first = {}, second] = users;
      assert.deepEqual({ ...first, oddAt: undefined }, { ...row, ...taken, id: 2, oddAt: undefined });
      assert.deepEqual(second, row);
    });

  it('does not have that row count as one whose custom fields are all known', () => {
    const { users } = userListSchema.parse({ record_count: 1, users: [{ ...row, customfields: {} }] });
    assert.deepEqual(users[0]?.oddAt, ['customfields']);
  });

  it('is refused by the place where many rows are, or where one has no id', () => {
    const rows = (odd: object, count: number): unknown => ({
      record_count: count,
      users: Array.from({ length: count }, (_, n) => ({ ...row, id: n + 1, ...odd })),
    });
    const place = (given: unknown): string | undefined =>
      userListSchema.safeParse(given).error?.issues[0]?.path.join('.');
    assert.equal(place(rows({ emailaddress: {} }, 4)), 'users.0.emailaddress');
    assert.equal(place(rows({ emailaddress: {} }, 3)), undefined);
    assert.equal(place(rows({ id: null }, 1)), 'users.0.id');
  });
});

describe('a row of which something is odd', () => {
  for (const [odd, hides] of [
    [{ customfields: {} }, true],
    [{ emailaddress: {} }, true],
    [{ name: [], site_id: [], emailaddress: {} }, true],
    [{ name: [] }, false],
    [{ site_id: [] }, false],
    [{}, false],
  ] as const)
    it(`${hides ? 'hides' : 'tells'} whose it is: ${JSON.stringify(odd)}`, () => {
      const { users } = userListSchema.parse({ record_count: 1, users: [{ id: 1, customfields: [], ...odd }] });
      assert.equal(hidesWho(users[0] ?? {}), hides);
    });
});

describe('answers of several shapes', () => {
  const user = { id: 9, customfields: [] };
  const address = { id: 3, line1: 'a' };
  const site = { id: 18, name: 'Box' };
  const field = { id: 7, name: 'CFTier', usage: 2 };
  for (const [title, schema, given, taken] of [
    ['no users at all', userListSchema, { record_count: 0, users: null }, { record_count: 0, users: [] }],
    [
      'many plain users',
      userListSchema,
      { record_count: 5, users: Array(5).fill(user) },
      { record_count: 5, users: Array(5).fill(user) },
    ],
    ['one user written', writtenUsersSchema, user, [user]],
    ['a list of users written', writtenUsersSchema, [user, user], [user, user]],
    ['users written, in an object', writtenUsersSchema, { users: [user] }, [user]],
    ['a user written without an id', writtenUsersSchema, [user, { id: 0 }], undefined],
    ['users with odd members, written', writtenUsersSchema, [{ id: 9, name: [] }], undefined],
    ['addresses', addressListSchema, [address], [address]],
    ['addresses in an object', addressListSchema, { addresses: [address] }, [address]],
    ['a listing without a total', addressListingSchema, [address], { addresses: [address], total: null }],
    ['a listing in an object', addressListingSchema, { addresses: [address] }, { addresses: [address], total: null }],
    [
      'a listing with its total',
      addressListingSchema,
      { addresses: [address], record_count: '5' },
      { addresses: [address], total: 5 },
    ],
    ['sites', siteListSchema, [site], { sites: [site], record_count: null }],
    ['sites with their number', siteListSchema, { sites: [site], record_count: 4 }, { sites: [site], record_count: 4 }],
    ['definitions in an object', fieldInfoListSchema, { fields: [field] }, [field]],
    [
      'a definition with an odd usage',
      fieldInfoListSchema,
      [{ ...field, usage: 'x' }],
      [{ ...field, usage: undefined }],
    ],
    ['a token without a life', tokenSchema, { access_token: 'x' }, { access_token: 'x', expires_in: 3_600 }],
    [
      'a token with a life in text',
      tokenSchema,
      { access_token: 'x', expires_in: '60' },
      { access_token: 'x', expires_in: 60 },
    ],
    ...[0, -1, null, '', 'never'].map(
      (expires_in) =>
        [
          `a token with no life to be used (${JSON.stringify(expires_in)})`,
          tokenSchema,
          { access_token: 'x', expires_in },
          { access_token: 'x', expires_in: 3_600 },
        ] as const,
    ),
  ] as const)
    it(`may hold ${title}`, () => {
      const { data } = schema.safeParse(structuredClone(given));
      assert.deepEqual(data, taken);
    });
});

describe('the definitions of fields', () => {
  for (const gone of ['readonly', 'characterlimit', 'type', 'usage'])
    it(`may lack the member ${gone}`, () => {
      const whole = { id: 7, name: 'CFTier', usage: 2, type: 0, characterlimit: 0, readonly: false };
      const field = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== gone));
      assert.deepEqual(fieldInfoListSchema.parse([field]), [field]);
    });
});

describe('a user', () => {
  const whole = {
    id: 91,
    name: 'A B',
    emailaddress: null,
    inactive: false,
    site_id: 18,
    site_id_int: 18,
    customfields: [{ id: 211, name: 'CFSeatGeekId', value: 'sg-1', display: 'sg-1' }],
    primary_address: { id: 7, line1: '1 Main Street', postcode: null, primary: true, user_id: 91 },
    somethingNew: { deep: [1] },
  };

  it('comes through as it is, with what is not known', () => {
    assert.deepEqual(userSchema.parse(structuredClone(whole)), whole);
  });

  const conversions: readonly [string, object, object][] = [
    ['a number as text', { id: ' 91 ' }, { id: 91 }],
    ['a site as a double', { site_id: 18.4, site_id_int: undefined }, { site_id: 18, site_id_int: undefined }],
    ['no custom fields', { customfields: null }, { customfields: [] }],
    ['a custom field numbered by text', { customfields: [{ id: '211' }] }, { customfields: [{ id: 211 }] }],
    ['a number in place of a text', { name: 5 }, { name: '5' }],
    ['a digit in place of true', { inactive: 1 }, { inactive: true }],
    [
      'an empty text in place of nothing',
      { site_id: '', primary_address: '' },
      { site_id: null, primary_address: null },
    ],
    ['a postcode as a number', { primary_address: { postcode: 33301 } }, { primary_address: { postcode: '33301' } }],
    ['an address numbered by text', { primary_address: { id: '7' } }, { primary_address: { id: 7 } }],
  ];
  for (const [name, given, taken] of conversions) {
    it(`may have ${name}`, () =>
      assert.deepEqual(userSchema.parse({ ...structuredClone(whole), ...given }), { ...whole, ...taken }));
  }

  const refused: readonly [string, object][] = [
    ['id', { id: null }],
    ['id', { id: 'x' }],
    ['name', { name: [] }],
    ['emailaddress', { emailaddress: ['a@example.org'] }],
    ['inactive', { inactive: 'no' }],
    ['site_id', { site_id: {} }],
    ['site_id_int', { site_id_int: true }],
    ['customfields', { customfields: {} }],
    ['customfields.0.id', { customfields: [{ id: true }] }],
    ['customfields.0.name', { customfields: [{ name: [] }] }],
    ['primary_address', { primary_address: [] }],
    ['primary_address.line2', { primary_address: { line2: [] } }],
    ['primary_address.primary', { primary_address: { primary: 2 } }],
    ['primary_address.user_id', { primary_address: { user_id: {} } }],
  ];
  for (const [place, given] of refused) {
    it(`is refused by the place when ${JSON.stringify(given)} is no ${place}`, () => {
      const { error } = userSchema.safeParse({ ...structuredClone(whole), ...given });
      assert.equal(error?.issues[0]?.path.join('.'), place);
    });
  }
});
