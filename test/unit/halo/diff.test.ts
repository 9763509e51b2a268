import assert from 'node:assert/strict';
import {
  creation,
  deactivation,
  diffPerson,
  isEmpty,
  isFormOfAddress,
  isSameAddress,
  needsDetails,
  relyOnRow,
  revealWanted,
  type Changes,
} from '../../../src/halo/plan/diff.js';
import { hashAddress, HashedValue, hashValue, UNKNOWN_HASH } from '../../../src/halo/directory/hashed-value.js';
import { ShownValue } from '../../../src/halo/directory/known-user.js';
import { createTargets } from '../../../src/halo/fields/targets.js';
import { StoredForms, type Form } from '../../../src/halo/fields/stored-forms.js';
import { isSameValue } from '../../../src/halo/plan/same-value.js';
import { updatePayload } from '../../../src/halo/plan/payload.js';
import type { HaloValue, MappedAddress, MappedField } from '../../../src/mapping/types.js';
import { person } from './halo-bench.js';
import { known, targetsOf, type KnownDraft } from './pure-bench.js';

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
    [5, 5],
    [' 5 ', 5],
    [false, 'false'],
    [false, '0'],
    [true, true],
    ['1', true],
    ['0', false],
    [undefined, false],
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
    ['yes', false],
    [5, 6],
    [5, '6'],
    [' ', 0],
    ['', 0],
    [0, ' '],
    [true, 'false'],
    [false, 'yes'],
    [true, 'yes'],
    [1, 'x'],
    ['x', 1],
    [{ any: 1 }, '[object Object]'],
    [['1990-05-01'], '1990-05-01'],
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

describe('a date without a zone', () => {
  const { TZ } = process.env;
  before(() => (process.env['TZ'] = 'America/New_York'));
  after(() => {
    if (TZ === undefined) delete process.env['TZ'];
    else process.env['TZ'] = TZ;
  });

  it('is taken for UTC wherever the program runs', () => {
    assert.ok(isSameValue('1990-05-01T10:00:00', '1990-05-01T10:00:00Z'));
    assert.ok(isSameValue('1990-05-01T10:00:00', '1990-05-01T06:00:00-04:00'));
    assert.ok(!isSameValue('1990-05-01T10:00:00', '1990-05-01T10:00:00-04:00'));
  });
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

  it('has the ID where another is stored, and not where it is stored in other letters', () => {
    const idsOf = (seatgeekId: string): unknown =>
      names(diffPerson(person('a'), known(1, { seatgeekId, values: SAME }), TARGETS));
    assert.deepEqual(idsOf('b'), [['CFSeatGeekID', 'a']]);
    assert.deepEqual(idsOf(' A '), []);
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
    const asks = (user: object, fields: readonly MappedField[] = [], isOld = false, targets = TARGETS): boolean =>
      needsDetails(person('a', { fields }), known(1, user, targets), {
        targets,
        mayBeBlind: false,
        haveChanged: false,
        isListedAsStored: (id) => id !== 231,
        listsAllFields: true,
        isOld: () => isOld,
      });
    const others = [{ id: 230, name: 'CFBadge', value: '7' }];
    const tier = [always('CFTier', 'gold')];
    assert.equal(asks(row), false);
    assert.equal(asks({ ...row, values: { ...SAME, email2: undefined } }, [always('email2', 'x')]), true);
    assert.equal(asks(row, tier), false);
    assert.equal(asks({ ...row, others }, tier), false);
    assert.equal(asks({ ...row, others }, tier, true), true, 'an old row, other custom fields');
    const select = [{ id: 231, name: 'CFStand', value: 'East' }];
    assert.equal(asks({ ...row, others: select }, tier), true, 'perhaps a label');
    assert.equal(asks({ ...row, others: select, customFields: 'all' }, tier), false, 'as it is stored');
    assert.equal(asks(row, tier, false, targetsOf(null)), true, 'a row that may lack custom fields');
    assert.equal(asks({ ...stored, others }, tier, false, targetsOf(null)), false, 'details just read');
    const lines = { line1: 'x', line2: '', line3: '', line4: '', postcode: '' };
    const withAddress = (fields: readonly MappedField[], mayBeBlind: boolean, haveChanged = false): boolean =>
      needsDetails(person('a', { fields, address: lines }), known(1, row), {
        targets: TARGETS,
        mayBeBlind,
        haveChanged,
        isListedAsStored: () => true,
        listsAllFields: true,
        isOld: () => false,
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
        isOld: () => false,
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

describe('a change that relies on what was read of the user', () => {
  const relies = (fields: readonly string[], targets = TARGETS): boolean => {
    const changes = fields.map((to) => ({ place: targets.indexOf(to), value: 'x' }));
    return relyOnRow({ fields: changes, address: null }, targets);
  };
  for (const [fields, isOne] of [
    [[], false],
    [['name'], false],
    [['name', 'CFSeatGeekID'], true],
    [['email2', 'CFTier'], true],
  ] as const)
    it(`is ${isOne ? '' : 'not '}one of ${fields.join(' and ') || 'nothing'}`, () =>
      assert.equal(relies(fields), isOne));

  it('is one of the SeatGeek ID also where that is kept in a field of the user', () => {
    const targets = createTargets(['name'], 'other1', { named: new Map(), allIds: [], textIds: [] });
    assert.deepEqual([relies(['other1'], targets), relies(['name'], targets)], [true, false]);
  });
});

describe('what is wanted, in the place of what is kept of a user', () => {
  const hashed = (stored: unknown, shown?: unknown): unknown =>
    HashedValue.of(hashValue(stored), shown === undefined ? UNKNOWN_HASH : hashValue(shown));
  const created = (to: string, value: HaloValue): MappedField => ({ to, value, when: 'create' });
  const formsOf = (...forms: readonly Partial<Form>[]): StoredForms => {
    const all = new StoredForms();
    for (const form of forms) all.note({ userId: 1, to: 'CFTier', sent: 'Gold ', stored: 'GOLD', ...form });
    return all;
  };
  const revealed = (field: MappedField, stored: unknown, forms = formsOf()): unknown => {
    const user = known(1, { seatgeekId: 'a', values: { ...SAME, [field.to]: stored } });
    const { values } = revealWanted(person('a', { fields: [field] }), user, { targets: TARGETS, forms });
    return values[TARGETS.indexOf(field.to)];
  };

  const put: readonly [string, MappedField, unknown, StoredForms?][] = [
    ['its hash', always('CFTier', 'gold'), hashed('gold')],
    ['its hash, of a new user only', created('CFTier', 'gold'), hashed('gold')],
    ['a flag never set', always('CFTier', false), hashed(0)],
    ['its form', always('CFTier', 'Gold '), 'GOLD', formsOf({})],
    ['the hash of its form', always('CFTier', 'Gold '), hashed('GOLD'), formsOf({})],
    ['nothing, as a mark is kept', always('CFTier', '-'), null, formsOf({ sent: '-', stored: null })],
  ];
  for (const [what, field, stored, forms] of put)
    it(`is put for ${what}`, () => assert.equal(revealed(field, stored, forms), field.value));

  const left: readonly [string, MappedField, unknown, StoredForms?][] = [
    ['another hash', always('CFTier', 'gold'), hashed('silver')],
    ['the hash of a label', always('CFTier', 'Gold'), hashed(3, 'Gold')],
    ['what counts as blank, of a new user only', created('CFTier', ''), hashed(0)],
    ['what counts as nothing, of a new user only', created('CFTier', null), hashed(0)],
    ['what counts as the flag, of a new user only', created('CFTier', true), hashed(1)],
    ['a form, of a new user only', created('CFTier', 'Gold '), 'GOLD', formsOf({})],
    ["another user's form", always('CFTier', 'Gold '), 'GOLD', formsOf({ userId: 2 })],
    ["another field's form", always('CFTier', 'Gold '), 'GOLD', formsOf({ to: 'email2' })],
    ['the form of another text', always('CFTier', 'Gold'), 'GOLD', formsOf({})],
    ['an older form', always('CFTier', 'Gold '), 'GOLD', formsOf({}, { stored: 'gold' })],
    ['what is not known', always('CFTier', '-'), undefined, formsOf({ sent: '-', stored: null })],
    ['what is the same', always('CFTier', 'Gold'), new ShownValue(3, 'Gold')],
  ];
  for (const [what, field, stored, forms] of left)
    it(`is not put for ${what}`, () => assert.equal(revealed(field, stored, forms), stored));

  it('is put for the last forms only', () => {
    const forms = formsOf({});
    const last = { userId: 100_000, to: 'CFTier', sent: 'Gold ', stored: 'GOLD' };
    for (let userId = 2; userId <= last.userId; userId += 1) forms.note({ ...last, userId });
    assert.equal(forms.has({ ...last, userId: 1 }), true);
    // Noted again it is the newest.
    forms.note({ ...last, userId: 1 });
    forms.note({ ...last, userId: 100_001 });
    const has = [1, 2, 3].map((userId) => forms.has({ ...last, userId }));
    assert.deepEqual([...has, forms.has(last)], [true, false, true, true]);
  });

  it('is not put for a SeatGeek ID that only looks like its form', () => {
    const forms = formsOf({ to: 'CFSeatGeekID', sent: 'a', stored: 'x' });
    const { values } = revealWanted(person('a'), known(1, { seatgeekId: 'x' }), { targets: TARGETS, forms });
    assert.equal(values[TARGETS.seatgeekId], 'x');
  });

  const LINES = { line1: '1 High St', line2: '', line3: 'York', line4: '', postcode: 'YO1' };
  const OTHER = { ...LINES, line1: '1 HIGH ST' };
  const addressOf = (user: KnownDraft, wanted: MappedAddress | null, form?: Partial<Form>): unknown => {
    const whole = { to: 'primary_address', sent: hashAddress(LINES), stored: hashAddress(OTHER), ...form };
    const forms = form === undefined ? formsOf() : formsOf(whole);
    return revealWanted(person('a', { address: wanted }), known(1, user), { targets: TARGETS, forms }).address;
  };
  const unread = { address: undefined };

  it('is put for an address of which the hash is kept', () => {
    assert.deepEqual(addressOf({ ...unread, addressHash: hashAddress(LINES) }, LINES), { id: null, ...LINES });
    assert.equal(addressOf({ ...unread, addressHash: hashAddress(OTHER) }, LINES), undefined);
    assert.equal(addressOf({ ...unread, addressHash: hashAddress(LINES) }, null), undefined);
    assert.equal(addressOf(unread, LINES), undefined);
  });

  it('is put for the form in which Halo keeps an address', () => {
    assert.deepEqual(addressOf({ address: { id: 7, ...OTHER } }, LINES, {}), { id: 7, ...LINES });
    assert.deepEqual(addressOf({ ...unread, addressHash: hashAddress(OTHER) }, LINES, {}), { id: null, ...LINES });
    assert.deepEqual(addressOf({ address: { id: 7, ...OTHER } }, LINES), { id: 7, ...OTHER });
    assert.deepEqual(addressOf({ address: { id: 7, ...OTHER } }, null, {}), { id: 7, ...OTHER });
    assert.deepEqual(addressOf({ address: null }, LINES, { stored: hashAddress(null) }), { id: null, ...LINES });
    assert.equal(addressOf({ address: null }, LINES), null);
  });
});

describe('an address', () => {
  const LINES = { line1: '1 High St', line2: '', line3: 'York', line4: '', postcode: 'YO1' };

  const same: readonly [MappedAddress | null | undefined, MappedAddress | null][] = [
    [LINES, LINES],
    [{ ...LINES, line1: ' 1 High St ' }, LINES],
    [LINES, { ...LINES, line1: ' 1 High St ' }],
    [LINES, { line3: 'York' }],
    [LINES, {}],
    [LINES, null],
    [null, null],
    [undefined, null],
    [null, { line1: '', postcode: ' ' }],
  ];
  for (const [current, wanted] of same)
    it(`is as wanted: ${JSON.stringify(current)} for ${JSON.stringify(wanted)}`, () =>
      assert.ok(isSameAddress(current, wanted)));

  const different: readonly [MappedAddress | null | undefined, MappedAddress][] = [
    [{ ...LINES, line1: '1 HIGH ST' }, LINES],
    [LINES, { ...LINES, postcode: '' }],
    [LINES, { line2: 'x' }],
    [null, LINES],
    [undefined, LINES],
  ];
  for (const [current, wanted] of different)
    it(`is not as wanted: ${JSON.stringify(current)} for ${JSON.stringify(wanted)}`, () =>
      assert.ok(!isSameAddress(current, wanted)));

  const forms: readonly [MappedAddress | null | undefined, MappedAddress | null, boolean][] = [
    [{ ...LINES, line1: '1 HIGH ST', postcode: 'yo 1' }, LINES, true],
    [{ line1: '1 HIGH ST' }, { line1: '1 High St', line2: '' }, true],
    [{ ...LINES, line1: '1 HIGH ST', line3: 'Leeds' }, { line1: '1 High St' }, true],
    [{ ...LINES, line1: '1 HIGH ST', line3: 'Leeds' }, LINES, false],
    [{ line3: 'York' }, { line1: '1 High St' }, false],
    [null, LINES, false],
    [undefined, LINES, false],
    [LINES, null, false],
  ];
  for (const [current, wanted, isForm] of forms)
    it(`is ${isForm ? '' : 'not '}a form: ${JSON.stringify(current)} of ${JSON.stringify(wanted)}`, () =>
      assert.equal(isFormOfAddress(current, wanted), isForm));

  const changed = (current: MappedAddress | null | undefined, wanted: MappedAddress | null): unknown => {
    const address = current == null ? current : { id: 7, ...LINES, ...current };
    return diffPerson(person('a', { address: wanted }), known(1, { address }), TARGETS).address;
  };
  it('goes with the lines that are not mapped', () => {
    assert.deepEqual(changed(LINES, { line1: 'x' }), { ...LINES, line1: 'x' });
    assert.deepEqual(changed(LINES, { ...LINES, line1: 'x' }), { ...LINES, line1: 'x' });
    for (const current of [null, undefined]) assert.deepEqual(changed(current, { line1: 'x' }), { line1: 'x' });
    assert.equal(changed(LINES, { line3: 'York' }), null);
    assert.equal(changed(LINES, null), null);
  });

  it('alone is a change', () => {
    const field = { place: TARGETS.name, value: 'x' };
    assert.equal(isEmpty({ fields: [], address: null }), true);
    assert.equal(isEmpty({ fields: [field], address: null }), false);
    assert.equal(isEmpty({ fields: [], address: LINES }), false);
  });
});

describe('the details of a user', () => {
  const LINES = { line1: 'x', line2: '', line3: '', line4: '', postcode: '' };
  const ROW = { seatgeekId: 'a', values: SAME, address: undefined } as const;
  const tier = [always('CFTier', 'gold')];
  const context = {
    targets: TARGETS,
    mayBeBlind: true,
    haveChanged: false,
    isListedAsStored: () => false,
    listsAllFields: true,
    isOld: () => false,
  };
  type Asks = readonly [string, Parameters<typeof person>[1], KnownDraft, Partial<typeof context>, boolean];
  const email2 = { ...SAME, email2: undefined };
  const cases: readonly Asks[] = [
    ['a list that lacks fields', { fields: tier }, ROW, { listsAllFields: false }, true],
    [
      'a list that lacks fields, but all are known',
      { fields: tier },
      { ...ROW, customFields: 'all' },
      { listsAllFields: false },
      false,
    ],
    ['a row that is old', { fields: tier }, ROW, { isOld: () => true }, true],
    ['a row that is old, and no custom field changes', { name: 'New' }, ROW, { isOld: () => true }, false],
    ['an address of which part is wanted', { address: { line1: 'x' } }, ROW, { haveChanged: true }, true],
    ['an address that was another', { address: LINES }, { ...ROW, addressHash: 9 }, {}, false],
    [
      'an address that was another, and may be doubled',
      { address: LINES },
      { ...ROW, addressHash: 9 },
      { mayBeBlind: false },
      true,
    ],
    ['an address that is known', { address: LINES }, { ...ROW, address: null }, { mayBeBlind: false }, false],
    ['an unknown field alone', { fields: [always('email2', 'x')] }, { ...ROW, values: email2 }, {}, true],
    [
      'an unknown field where all changed',
      { fields: [always('email2', 'x')] },
      { ...ROW, values: email2 },
      { haveChanged: true },
      false,
    ],
    ['nothing that differs', {}, ROW, { isOld: () => true, listsAllFields: false }, false],
    [
      'a field that may be a label, as wanted',
      { fields: tier },
      { ...ROW, seatgeekId: null, values: { ...SAME, CFTier: 'gold' } },
      {},
      false,
    ],
    [
      'a field that may be a label, of new users only',
      { fields: [{ to: 'CFTier', value: 'gold', when: 'create' }] },
      { ...ROW, seatgeekId: null, values: { ...SAME, CFTier: 'gold' } },
      {},
      true,
    ],
    [
      'a hash of a field of new users only',
      { fields: [{ to: 'CFTier', value: 'gold', when: 'create' }] },
      { ...ROW, customFields: 'all', seatgeekId: null, values: { ...SAME, CFTier: new HashedValue(9, UNKNOWN_HASH) } },
      {},
      true,
    ],
  ];
  for (const [what, wanted, user, changed, isAsked] of cases)
    it(`are ${isAsked ? '' : 'not '}asked for: ${what}`, () =>
      assert.equal(needsDetails(person('a', wanted), known(1, user), { ...context, ...changed }), isAsked));
});
