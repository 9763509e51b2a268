import assert from 'node:assert/strict';
import { creation, deactivation, diffPerson, needsDetails, type Changes } from '../../../src/halo/plan/diff.js';
import { ShownValue } from '../../../src/halo/directory/known-user.js';
import { isSameValue } from '../../../src/halo/plan/same-value.js';
import { updatePayload } from '../../../src/halo/plan/payload.js';
import type { HaloValue, MappedField } from '../../../src/mapping/types.js';
import { person } from './halo-bench.js';
import { known, targetsOf } from './pure-bench.js';

const TARGETS = targetsOf();
const SAME = { name: 'Name a', emailaddress: 'a@example.org' };

const always = (to: string, value: HaloValue): MappedField => ({ to, value, when: 'always' });
const names = ({ fields }: Changes): unknown[] => fields.map(({ place, value }) => [TARGETS.all[place]?.to, value]);

describe('the values of Halo and SeatGeek', () => {
  const same: readonly [unknown, HaloValue][] = [
    [null, ''],
    [undefined, null],
    ['', null],
    [0, null],
    [false, null],
    [null, false],
    [5, '5'],
    ['5.0', 5],
    [true, 'true'],
    ['False', false],
    [1, true],
    ['1990-05-01T00:00:00', '1990-05-01'],
    ['1990-05-01T10:00:00Z', '1990-05-01T12:00:00+02:00'],
    [new ShownValue(3, 'Gold'), 'Gold'],
    [new ShownValue(3, 'Gold'), 3],
  ];
  const different: readonly [unknown, HaloValue][] = [
    ['a', 'A'],
    ['007', '7'],
    [5, ''],
    ['x', null],
    [null, true],
    ['1990-05-01', '1990-05-02'],
    [{ any: 1 }, 'x'],
    [new ShownValue(3, 'Gold'), 'Silver'],
    ['yes', true],
  ];
  for (const [current, wanted] of same) {
    it(`are the same: ${JSON.stringify(current)} and ${JSON.stringify(wanted)}`, () =>
      assert.ok(isSameValue(current, wanted)));
  }
  for (const [current, wanted] of different) {
    it(`differ: ${JSON.stringify(current)} and ${JSON.stringify(wanted)}`, () =>
      assert.ok(!isSameValue(current, wanted)));
  }
});

describe('the difference of a person', () => {
  it('is empty when Halo has it all', () => {
    assert.deepEqual(names(diffPerson(person('a'), known(1, { seatgeekId: 'a', values: SAME }), TARGETS)), []);
  });

  it('has only what changed, and the ID where it is not stored', () => {
    const changes = diffPerson(person('a', { name: 'New' }), known(1, { values: SAME }), TARGETS);
    assert.deepEqual(names(changes), [
      ['name', 'New'],
      ['CFSeatGeekID', 'a'],
    ]);
  });

  it('leaves create-only fields to the creation', () => {
    const mapped = person('a', { fields: [{ to: 'CFTier', value: 'gold', when: 'create' }] });
    assert.deepEqual(names(diffPerson(mapped, known(1, { seatgeekId: 'a', values: SAME }), TARGETS)), []);
    assert.ok(names(creation(mapped, TARGETS)).some((field) => JSON.stringify(field) === '["CFTier","gold"]'));
  });

  it('leaves an inactive user inactive unless the mapping says otherwise', () => {
    const user = known(1, { seatgeekId: 'a', values: { ...SAME, inactive: true } });
    assert.deepEqual(names(diffPerson(person('a'), user, TARGETS)), []);
    assert.deepEqual(names(diffPerson(person('a', { fields: [always('inactive', false)] }), user, TARGETS)), [
      ['inactive', false],
    ]);
  });

  it('of a deleted one is being inactive, once', () => {
    assert.deepEqual(names(deactivation(known(1), TARGETS)), [['inactive', true]]);
    assert.deepEqual(names(deactivation(known(1, { values: { inactive: true } }), TARGETS)), []);
  });

  it('leaves blank fields out of a creation', () => {
    assert.deepEqual(names(creation(person('a', { email: null, fields: [always('CFTier', '')] }), TARGETS)), [
      ['name', 'Name a'],
      ['CFSeatGeekID', 'a'],
    ]);
  });

  it('asks for details only where a list row does not tell', () => {
    const stored = { seatgeekId: 'a', values: SAME };
    const row = { ...stored, address: undefined };
    const asks = (user: object, fields: readonly MappedField[] = [], now = 0, targets = TARGETS): boolean =>
      needsDetails(person('a', { fields }), known(1, user, targets), {
        targets,
        mayBeBlind: false,
        haveChanged: false,
        isListedAsStored: (id) => id !== 231,
        listsAllFields: true,
        now,
      });
    const others = [{ id: 230, name: 'CFBadge', value: '7' }];
    const tier = [always('CFTier', 'gold')];
    assert.equal(asks(row), false);
    assert.equal(asks({ ...row, values: { ...SAME, email2: undefined } }, [always('email2', 'x')]), true);
    assert.equal(asks(row, tier), false);
    assert.equal(asks({ ...row, others }, tier, 60_000), false);
    assert.equal(asks({ ...row, others }, tier, 16 * 60_000), true, 'an old row, other custom fields');
    const select = [{ id: 231, name: 'CFStand', value: 'East' }];
    assert.equal(asks({ ...row, others: select }, tier), true, 'perhaps a label');
    assert.equal(asks({ ...row, others: select, customFields: 'all' }, tier), false, 'as it is stored');
    assert.equal(asks(row, tier, 0, targetsOf(null)), true, 'a row that may lack custom fields');
    assert.equal(asks({ ...stored, others }, tier, 0, targetsOf(null)), false, 'details just read');
    const lines = { line1: 'x', line2: '', line3: '', line4: '', postcode: '' };
    const withAddress = (fields: readonly MappedField[], mayBeBlind: boolean, haveChanged = false): boolean =>
      needsDetails(person('a', { fields, address: lines }), known(1, row), {
        targets: TARGETS,
        mayBeBlind,
        haveChanged,
        isListedAsStored: () => true,
        listsAllFields: true,
        now: 0,
      });
    assert.equal(withAddress([], true), true, 'perhaps nothing differs');
    assert.equal(withAddress([], true, true), false, 'sent along with the others who changed');
    assert.equal(withAddress([], false, true), true, 'it might be doubled');
    assert.equal(withAddress(tier, false), true);
    assert.equal(withAddress(tier, true), false, 'written anyway, and the address replaces what is there');
  });

  it('has what a list row does not show of whoever is written anyway', () => {
    const user = known(1, { seatgeekId: 'a', values: { ...SAME, email2: undefined, language_id: undefined } });
    const mapped = person('a', { name: 'New', fields: [always('email2', null), always('language_id', 5)] });
    assert.equal(
      needsDetails(mapped, user, {
        targets: TARGETS,
        mayBeBlind: false,
        haveChanged: false,
        isListedAsStored: () => true,
        listsAllFields: true,
        now: 0,
      }),
      false,
    );
    assert.deepEqual(names(diffPerson(mapped, user, TARGETS)), [
      ['name', 'New'],
      ['email2', null],
      ['language_id', 5],
    ]);
  });

  it('is sent with the whole array of custom fields, and clears text by an empty one', () => {
    const others = [{ id: 230, name: 'CFBadge', value: '7' }];
    const user = known(1, {
      seatgeekId: 'a',
      values: { ...SAME, CFTier: 'gold', email2: 'x', language_id: 5 },
      others,
    });
    const cleared = person('a', {
      fields: [always('CFTier', null), always('email2', null), always('language_id', null)],
    });
    const options = { targets: TARGETS, fireAutomations: true, withAddress: true };
    assert.deepEqual(updatePayload(diffPerson(cleared, user, TARGETS), user, options), {
      id: 1,
      email2: '',
      language_id: null,
      customfields: [{ id: 211, name: 'CFSeatGeekID', value: 'a' }, { id: 212, name: 'CFTier', value: '' }, ...others],
    });
  });
});
