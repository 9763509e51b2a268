import assert from 'node:assert/strict';
import { userListSchema, userSchema } from '../../../src/halo/api/wire.js';

describe('a list of users', () => {
  it('may show a custom field without what it displays, or without a value', () => {
    const customfields = [{ id: 211, name: 'CFSeatGeekId', value: 'sg-1' }, { id: 212 }];
    const { users } = userListSchema.parse({ record_count: 1, users: [{ id: 91, customfields }] });
    assert.deepEqual(users[0]?.customfields, customfields);
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
    ['an address numbered by text', { primary_address: { id: '7' } }, { primary_address: { id: 7 } }],
  ];
  for (const [name, given, taken] of conversions) {
    it(`may have ${name}`, () =>
      assert.deepEqual(userSchema.parse({ ...structuredClone(whole), ...given }), { ...whole, ...taken }));
  }

  const refused: readonly [string, object][] = [
    ['id', { id: null }],
    ['id', { id: 'x' }],
    ['name', { name: 5 }],
    ['emailaddress', { emailaddress: ['a@example.org'] }],
    ['inactive', { inactive: 'no' }],
    ['site_id', { site_id: {} }],
    ['site_id_int', { site_id_int: true }],
    ['customfields', { customfields: {} }],
    ['customfields.0.id', { customfields: [{ id: true }] }],
    ['customfields.0.name', { customfields: [{ name: 5 }] }],
    ['primary_address', { primary_address: [] }],
    ['primary_address.line2', { primary_address: { line2: 5 } }],
    ['primary_address.postcode', { primary_address: { postcode: 33301 } }],
    ['primary_address.primary', { primary_address: { primary: 1 } }],
    ['primary_address.user_id', { primary_address: { user_id: {} } }],
  ];
  for (const [place, given] of refused) {
    it(`is refused by the place when ${JSON.stringify(given)} is no ${place}`, () => {
      const { error } = userSchema.safeParse({ ...structuredClone(whole), ...given });
      assert.equal(error?.issues[0]?.path.join('.'), place);
    });
  }
});
