import assert from 'node:assert/strict';
import { createTargets, type Targets } from '../../../src/halo/fields/targets.js';
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
    for (const field of ['CF', 'cfTier', 'xCFTier', 'CF Tier', 'CF"x"', `CF${'x'.repeat(99)}`])
      assert.equal(isCustomField(field), false);
  });
});

describe('the fields that a connection writes', () => {
  const named = new Map([
    ['CFSeatGeekID', { id: 211, name: 'CFSeatGeekID' }],
    ['CFTier', { id: 212, name: 'CFTier' }],
  ]);
  const names = ['other1', 'email2', 'date_of_birth', 'telpref', 'CFTier', 'name'];
  let targets: Targets;
  before(() => {
    targets = createTargets(names, 'CFSeatGeekID', { named, allIds: null, textIds: [212] });
  });

  it('are there once, with those that matching needs', () => {
    assert.deepEqual(
      targets.all.map(({ to }) => to),
      ['CFSeatGeekID', 'name', 'emailaddress', 'inactive', 'other1', 'email2', 'date_of_birth', 'telpref', 'CFTier'],
    );
    for (const place of targets.all.keys()) assert.equal(targets.indexOf(targets.to(place)), place);
    assert.throws(() => targets.indexOf('fax'), /fax/);
  });

  it('tell which of them are texts, and which only the details show', () => {
    const those = (fits: (target: (typeof targets.all)[number]) => boolean): string[] =>
      targets.all.filter((target) => !fits(target)).map(({ to }) => to);
    assert.deepEqual(
      those(({ isText }) => isText),
      ['inactive', 'date_of_birth', 'telpref'],
    );
    assert.deepEqual(
      those(({ inListRow }) => inListRow),
      ['email2'],
    );
    assert.deepEqual(
      those(({ inEachRow }) => !inEachRow),
      ['CFSeatGeekID', 'name', 'emailaddress', 'inactive', 'CFTier'],
    );
  });

  it('have notes asked for where they are written', () => {
    const withNotes = (...fields: readonly string[]): boolean =>
      createTargets(fields, 'other1', { named, allIds: [], textIds: [] }).withNotes;
    assert.deepEqual([withNotes('notes'), withNotes('other2'), targets.withNotes], [true, false, false]);
  });

  it('have the ids of all custom fields shown where they are known, else of their own', () => {
    assert.deepEqual([targets.customIds, targets.hasAllCustomFields], [[211, 212], false]);
    const all = createTargets(names, 'CFSeatGeekID', { named, allIds: [211, 212, 230], textIds: [] });
    assert.deepEqual([all.customIds, all.hasAllCustomFields], [[211, 212, 230], true]);
  });
});
