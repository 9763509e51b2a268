import assert from 'node:assert/strict';
import type { WireCustomField, WireUser } from '../../../src/halo/api/wire.js';
import {
  customValues,
  isGeneralUser,
  ShownValue,
  toKnownUser,
  withRow,
  type KnownUser,
} from '../../../src/halo/directory/known-user.js';
import { isBare, LackingFields, learnListedFields, withUnshown } from '../../../src/halo/directory/listed-fields.js';
import { known, targetsOf } from './pure-bench.js';

const TARGETS = targetsOf();

function wire(overrides: Partial<WireUser> = {}, customfields: readonly WireCustomField[] = []): WireUser {
  return {
    id: 7,
    name: 'Ada',
    emailaddress: ' ADA@example.org',
    site_id: null,
    site_id_int: null,
    primary_address: null,
    customfields: [...customfields],
    ...overrides,
  };
}

const read = (user: WireUser, source: 'row' | 'details' = 'row', targets = TARGETS): KnownUser =>
  toKnownUser(user, targets, source, 5);
const valueOf = (user: KnownUser, to: string): unknown => user.values[TARGETS.indexOf(to)];

describe('a user as Halo answers it', () => {
  for (const [value, id] of [
    ['sg-1', 'sg-1'],
    [' 12 ', '12'],
    [12, '12'],
    [0, '0'],
    ['', null],
    ['  ', null],
    [null, null],
    [true, null],
    [{}, null],
  ] as const)
    it(`has the SeatGeek ID ${JSON.stringify(id)} where ${JSON.stringify(value)} is stored`, () =>
      assert.equal(read(wire({}, [{ id: 211, name: 'CFSeatGeekID', value }])).seatgeekId, id));

  it('has its ID by what is stored, not by what is shown', () => {
    assert.equal(read(wire({}, [{ id: 211, value: 'a', display: 'A.' }])).seatgeekId, 'a');
  });

  it('has an e-mail address without padding and letter case, and a site', () => {
    assert.equal(read(wire()).email, 'ada@example.org');
    assert.equal(read(wire({ site_id: 18, site_id_int: 19 })).siteId, 19);
    assert.equal(read(wire({ site_id: 18 })).siteId, 18);
    assert.equal(read(wire({ site_id: null })).siteId, null);
  });

  it('is not known in fields that only the details show', () => {
    const [row, details] = [read(wire()), read(wire(), 'details')];
    assert.deepEqual([valueOf(row, 'email2'), valueOf(details, 'email2')], [undefined, null]);
    assert.deepEqual([valueOf(row, 'inactive'), valueOf(row, 'CFTier')], [null, null]);
    assert.equal(valueOf(read(wire({ email2: 'x' })), 'email2'), 'x');
    assert.equal(valueOf(read(wire()), 'language_id'), undefined, 'what this row lacks others may lack too');
    assert.equal(valueOf(read(wire({ language_id: null })), 'language_id'), null);
    assert.deepEqual([row.address, details.address], [undefined, null]);
  });

  it('has a custom field by its id, and by its name where no id is given', () => {
    const tier = (fields: readonly WireCustomField[]): unknown => valueOf(read(wire({}, fields)), 'CFTier');
    assert.equal(tier([{ id: 212, name: 'other', value: 'gold' }]), 'gold');
    assert.equal(tier([{ name: 'CFTier', value: 'gold' }]), 'gold');
    assert.equal(tier([{ id: 99, name: 'CFTier', value: 'gold' }]), null);
    assert.equal(
      tier([
        { name: 'CFTier', value: 'silver' },
        { id: 212, name: 'CFTier', value: 'gold' },
      ]),
      'gold',
    );
    assert.equal(tier([{ id: 212, name: 'CFTier' }]), null);
  });

  for (const [value, display, isShown] of [
    [3, 'Gold', true],
    ['3', 3, true],
    [null, 'None', true],
    [{ a: 1 }, '{"a":1}', true],
    ['gold', 'gold', false],
    [3, '3', false],
    [true, 'true', false],
    [3, '', false],
    [3, null, false],
    [3, undefined, false],
  ] as const)
    it(`${isShown ? 'has' : 'has not'} ${JSON.stringify(value)} shown as something else by ${JSON.stringify(display)}`, () => {
      const shown = valueOf(read(wire({}, [{ id: 212, value, display }])), 'CFTier');
      assert.deepEqual(shown, isShown ? new ShownValue(value, display) : value);
    });

  it('has custom fields of others that are not blank', () => {
    const fields = [
      { id: 230, name: 'CFBadge', value: 0 },
      { id: 231, name: null, value: false },
      { id: 232, name: 'a', value: '' },
      { id: 233, name: 'b', value: null },
      { id: 234, name: 'c' },
      { name: 'd', value: 'x' },
      { id: 212, name: 'CFTier', value: 'gold' },
    ];
    const user = read(wire({}, fields));
    assert.deepEqual(user.others, [
      { id: 230, name: 'CFBadge', value: 0 },
      { id: 231, name: undefined, value: false },
    ]);
    assert.deepEqual(
      [...customValues(user, TARGETS)],
      [
        [212, 'gold'],
        [230, 0],
        [231, false],
      ],
    );
  });

  it('tells how much of the custom fields is known', () => {
    assert.equal(read(wire(), 'details').customFields, 'all');
    assert.equal(read(wire()).customFields, 'as-listed');
    assert.equal(read(wire({ oddAt: ['site_id'] })).customFields, 'some');
    assert.equal(read(wire(), 'row', targetsOf(null)).customFields, 'some');
  });

  it('has an address with all lines, by an id that is one', () => {
    const address = (id: number | null): unknown =>
      read(wire({ primary_address: { id, line1: 'x', line2: null } }), 'details').address;
    const lines = { line1: 'x', line2: '', line3: '', line4: '', postcode: '' };
    assert.deepEqual(
      [address(4), address(0), address(null)],
      [4, null, null].map((id) => ({ id, ...lines })),
    );
    assert.equal(read(wire({ primary_address: null }), 'details').address, null);
    const addressOf = (userId: number): number | null | undefined =>
      read(wire({ primary_address: { id: 3, user_id: userId, line1: 'x' } }), 'details').address?.id;
    assert.deepEqual([addressOf(0), addressOf(70_000)], [3, undefined]);
  });

  it('is the placeholder of its site by its name, unless it has a SeatGeek ID', () => {
    for (const [name, seatgeekId, is] of [
      [' General USER ', null, true],
      ['General User', 'a', false],
      ['General Usher', null, false],
      [null, null, false],
    ] as const)
      assert.equal(isGeneralUser(known(1, { seatgeekId, values: { name } }), TARGETS), is);
  });
});

describe('a row of a user who is known already', () => {
  const address = { id: 4, line1: 'x', line2: '', line3: '', line4: '', postcode: '' };
  const others = [{ id: 230, name: 'CFBadge', value: '7' }];
  const before: KnownUser = {
    ...read(wire({ email2: 'e', name: 'Old' }, [{ id: 212, value: 'gold' }]), 'details'),
    address,
    addressHash: 3,
    others,
    readAt: 1,
  };

  it('takes the place of all that a row tells, and of nothing else', () => {
    const merged = withRow(before, read(wire({ site_id: 19 })));
    assert.deepEqual(
      [valueOf(merged, 'name'), valueOf(merged, 'email2'), valueOf(merged, 'CFTier'), merged.siteId],
      ['Ada', 'e', null, 19],
    );
    assert.deepEqual([merged.address, merged.addressHash], [address, 3]);
    assert.deepEqual([merged.others, merged.customFields, merged.readAt], [[], 'as-listed', 5]);
  });

  it('that tells only some custom fields leaves the others, and how old they are', () => {
    const merged = withRow(before, read(wire({ oddAt: ['site_id'] })));
    assert.deepEqual([merged.others, merged.customFields, merged.readAt], [others, 'all', 1]);
    assert.equal(valueOf(merged, 'name'), 'Ada');
  });
});

describe('a field that the rows of users lack', () => {
  const having = (language_id: unknown): KnownUser => known(7, { values: { language_id, email2: undefined } });
  const LACKING = having(undefined);
  /** What is shown, by rows or by the details of users whose rows lacked it. */
  type Seen = readonly ['row' | 'details', ...values: unknown[]];
  const seenBy = (...seen: readonly Seen[]): unknown => {
    const fields = new LackingFields(TARGETS);
    for (const [source, ...values] of seen)
      for (const user of values.map(having))
        if (source === 'row') fields.noteRow(user);
        else fields.noteDetails(LACKING, user);
    const user = fields.withBlanks(LACKING);
    assert.equal(valueOf(user, 'email2'), undefined);
    return valueOf(user, 'language_id');
  };
  const users = (count: number, value: unknown): Seen => ['details', ...Array.from({ length: count }, () => value)];

  const told: readonly [string, readonly Seen[], unknown][] = [
    ['not known as long as nothing was seen', [], undefined],
    ['not known by other rows that lack it', [['row', undefined]], undefined],
    ['blank once a row has shown it', [['row', 3]], null],
    ['blank once a row has shown it blank', [['row', null]], null],
    ['blank once ten users have nothing there', [users(10, null)], null],
    ['blank once ten users have there what nobody has set', [users(10, 0)], null],
    ['not known by nine', [users(9, null)], undefined],
    ['not known once somebody has something there', [users(10, null), users(1, 3), users(10, null)], undefined],
    ['blank where a row has shown it, whatever details have', [['row', 3], users(1, 3)], null],
    ['blank where a row shows it after all', [users(1, 3), ['row', 3]], null],
  ];
  for (const [what, seen, value] of told) it(`is ${what}`, () => assert.equal(seenBy(...seen), value));

  it('is not known by users of whom it was known, or of whom no row was seen', () => {
    const fields = new LackingFields(TARGETS);
    for (let n = 0; n < 10; n += 1) {
      fields.noteDetails(having(3), having(null));
      fields.noteDetails(undefined, having(null));
    }
    assert.equal(fields.withBlanks(LACKING), LACKING);
  });

  it('leaves what is known as it is', () => {
    const fields = new LackingFields(TARGETS);
    fields.noteRow(having(3));
    assert.deepEqual(fields.withBlanks(having(5)), having(5));
  });
});

describe('what the details of a user tell of lists', () => {
  it('is nothing where they lack the ID of somebody who has one, or what can not be sent back as it is known', () => {
    const ours = known(7, { seatgeekId: 'a' });
    const byField = targetsOf();
    assert.equal(isBare(wire(), ours, byField), true);
    assert.equal(isBare(wire({}, [{ id: 230 }]), ours, byField), true);
    assert.equal(isBare(wire({}, [{ id: 211 }]), ours, byField), false);
    assert.equal(isBare(wire(), known(7), byField), false);
    assert.equal(isBare(wire(), undefined, byField), false);
    const labelled = known(7, { others: [{ id: 999, name: 'CFStand', value: 'North' }], customFields: 'as-listed' });
    assert.equal(isBare(wire({}, [{ id: 211 }]), labelled, byField), true);
    assert.equal(isBare(wire(), { ...labelled, customFields: 'all' }, byField), true);
    assert.equal(isBare(wire({}, [{ id: 211 }]), { ...labelled, customFields: 'all' }, byField), false);
    assert.equal(isBare(wire({}, [{ id: 211 }, { id: 999 }]), labelled, byField), false);
    assert.equal(isBare(wire({}, [{ id: 211, value: 'a' }]), labelled, byField), false, 'blank ones are left out');
  });

  it('is not that fields are blank which they lack, unless they leave out blank ones', () => {
    const others = [{ id: 230, name: 'CFBadge', value: '7' }];
    const row = known(7, { values: { CFTier: 'gold' }, others, customFields: 'as-listed' });
    const keptBy = (fields: readonly WireCustomField[]): unknown[] => {
      const details = wire({}, fields);
      const user = withUnshown(read(details, 'details'), details, row, TARGETS);
      return [valueOf(user, 'CFTier'), user.others];
    };
    assert.deepEqual(keptBy([{ id: 211, value: null }]), ['gold', others]);
    assert.deepEqual(keptBy([{ name: 'CFBadge', value: '' }, { id: 212 }]), [null, []]);
    assert.deepEqual(keptBy([{ id: 211, value: 'a' }]), [null, []]);
  });

  const learn = (
    row: KnownUser | undefined,
    fields: readonly WireCustomField[],
    {
      targets = TARGETS,
      listedUpTo = new Map<number, number>(),
      listsAllFields = null as boolean | null,
      usersWithoutOthers = 0,
    } = {},
  ) => {
    const habits = { listedUpTo, listsAllFields, usersWithoutOthers };
    const whole = wire({}, fields);
    learnListedFields(habits, targets, row, toKnownUser(whole, targets, 'details', 5), whole);
    return { ...habits, listedUpTo: [...habits.listedUpTo] };
  };
  const noText = { ...TARGETS, textIds: new Set<number>() };
  const rowOf = (value: unknown): KnownUser => known(7, { values: { CFTier: value }, customFields: 'as-listed' });

  it('is which fields are listed as they are stored', () => {
    const asStored = (row: KnownUser, field: WireCustomField, options = {}): [number, number][] =>
      learn(row, [{ id: 212, ...field }], options).listedUpTo;
    assert.deepEqual(asStored(rowOf('gold'), { value: 'gold' }), [[212, 4]], 'a text');
    assert.deepEqual(asStored(rowOf('gold'), { value: 'gold' }, { targets: noText }), [], 'perhaps its own label');
    assert.deepEqual(asStored(rowOf(true), { value: true }, { targets: noText }), [[212, Infinity]], 'a flag');
    assert.deepEqual(
      asStored(rowOf(3), { value: 3, display: 'Gold' }, { targets: noText }),
      [[212, Infinity]],
      'not the label',
    );
    assert.deepEqual(asStored(rowOf(3), { value: 3, display: '3' }, { targets: noText }), [], 'no label to be seen');
    const listedUpTo = new Map([[212, 9]]);
    assert.deepEqual(asStored(rowOf('gold'), { value: 'gold' }, { listedUpTo }), [[212, 9]], 'a longer one was before');
    assert.deepEqual(asStored(rowOf('Gold'), { value: 3, display: 'Gold' }, { listedUpTo }), [], 'the label');
    assert.deepEqual(asStored(known(7, { customFields: 'all' }), { value: 'gold' }), [], 'no row');
    assert.deepEqual(learn(undefined, [{ id: 212, value: 'gold' }]).listedUpTo, []);
  });

  it('is whether lists show all fields; once one was lacking it stays so', () => {
    const whole = [{ id: 211 }, { id: 212, value: 'x' }, { id: 230 }, { name: 'y' }];
    assert.equal(learn(undefined, whole).listsAllFields, true);
    assert.equal(learn(undefined, whole.slice(1)).listsAllFields, null, 'blank ones are left out');
    assert.equal(learn(undefined, whole.slice(1), { usersWithoutOthers: 2 }).listsAllFields, true, 'of everybody');
    assert.equal(learn(undefined, [{ id: 212 }, { id: 999 }]).listsAllFields, false);
    assert.equal(learn(undefined, [...whole, { id: 999 }], { listsAllFields: true }).listsAllFields, false);
    assert.equal(learn(undefined, whole, { listsAllFields: false }).listsAllFields, false);
    assert.equal(learn(undefined, [], { listsAllFields: true }).listsAllFields, true);
    assert.equal(learn(undefined, [], { targets: targetsOf(null) }).listsAllFields, null);
  });
});
