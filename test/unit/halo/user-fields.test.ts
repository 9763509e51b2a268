import assert from 'node:assert/strict';
import { isCustomField, isInListRow, USER_FIELDS, userFieldType } from '../../../src/halo/fields/user-fields.js';

describe('the table of Halo user fields', () => {
  it('knows the type of each field', () => {
    assert.equal(userFieldType('emailaddress'), 'string');
    assert.equal(userFieldType('inactive'), 'boolean');
    assert.equal(userFieldType('telpref'), 'integer');
    assert.equal(userFieldType('site_id'), 'number');
    assert.equal(userFieldType('date_of_birth'), 'date');
  });

  it('knows neither custom fields nor what Halo does not have', () => {
    for (const field of ['CFTier', 'emailaddress2', 'EmailAddress', 'constructor', '']) {
      assert.equal(userFieldType(field), undefined, field);
    }
  });

  it('has each field once, without the underscore fields', () => {
    assert.equal(new Set(USER_FIELDS).size, USER_FIELDS.length);
    assert.ok(USER_FIELDS.length > 250);
    assert.ok(USER_FIELDS.every((field) => /^[a-z][a-z0-9_]*$/.test(field)));
  });

  it('tells what list rows lack', () => {
    for (const field of ['name', 'emailaddress', 'other1', 'inactive', 'notes', 'CFTier']) {
      assert.equal(isInListRow(field), true, field);
    }
    for (const field of ['email2', 'email3', 'third_party_id', 'hubspot_id', 'addresses']) {
      assert.equal(isInListRow(field), false, field);
    }
  });

  it('takes CF and a name without spaces for a custom field', () => {
    assert.equal(isCustomField('CFSeatGeekID'), true);
    for (const field of ['CF', 'cfTier', 'CF Tier', 'CF"x"', `CF${'x'.repeat(99)}`])
      assert.equal(isCustomField(field), false);
  });
});
