import assert from 'node:assert/strict';
import { adoptHabits, habitsOf, type TenantHabits } from '../../../src/halo/habits.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';

const HOST = 'acme.halopsa.com';
const DAY_MS = 24 * 3_600_000;
const open = (days = 0, host = HOST): HaloInstance => {
  const clock = { now: () => Date.parse('2026-11-01T12:00:00Z') + days * DAY_MS, sleep: () => Promise.resolve() };
  return createHaloInstances(clock).open({ url: `https://${host}` });
};

const SEEN: TenantHabits = {
  arrays: {
    limit: 10,
    isCreateAnswerTrusted: true,
    isUpdateAnswerTrusted: false,
    takesManyUpdates: false,
    refusesWhole: true,
    createsNamed: 'all',
    updatesNamed: 'alone',
    badOnes: 'left-out',
    takesMixed: false,
  },
  search: { CFSeatGeekID: 'many', emailaddress: 'one' },
  isAddressListUseful: false,
  addressPlace: 'apart',
  addressWithoutId: 'adds',
  addressesRefused: true,
  secondAddressOf: 7,
  listedUpTo: { '230': 12, '233': null },
};

/** As an instance that has seen something tells it. */
const TOLD = { ...SEEN, host: HOST, seen: {} };

describe('what a Halo was seen to do', () => {
  it('comes back as it was carried, through JSON', () => {
    const instance = open();
    adoptHabits(instance, JSON.parse(JSON.stringify(SEEN)));
    const { seen, ...told } = habitsOf(instance);
    assert.deepEqual({ ...told, seen: {} }, TOLD);
    assert.equal(seen?.['arrays.limit'], '2026-11-01');
    assert.equal(seen['search.emailaddress'], '2026-11-01');
    assert.deepEqual(JSON.parse(JSON.stringify(habitsOf(open()))), habitsOf(open()), 'no limit is plain JSON too');
  });

  it('is taken from an older version, which did not know as much', () => {
    const instance = open();
    const arrays = {
      limit: null,
      isCreateAnswerTrusted: true,
      isUpdateAnswerTrusted: true,
      takesManyUpdates: true,
      refusesWhole: false,
    };
    const { addressesRefused, secondAddressOf, listedUpTo, ...old } = SEEN;
    assert.ok(addressesRefused && secondAddressOf === 7 && listedUpTo !== undefined);
    adoptHabits(instance, { ...old, listedAsStored: [230], arrays });
    const { createsNamed, updatesNamed, badOnes, takesMixed } = instance.arrays;
    assert.deepEqual(
      { createsNamed, updatesNamed, badOnes, takesMixed },
      { createsNamed: 'all', updatesNamed: 'all', badOnes: 'unknown', takesMixed: true },
    );
    const { isRefused, secondOf } = instance.addresses;
    assert.deepEqual([isRefused, secondOf, [...instance.listedUpTo]], [false, null, []]);
    for (const doubt of [{ isUpdateAnswerTrusted: false }, { takesManyUpdates: false }]) {
      const other = open();
      adoptHabits(other, { ...old, arrays: { ...arrays, ...doubt } });
      assert.equal(other.arrays.updatesNamed, 'unknown');
    }
  });

  it('is told to an older version in its words', () => {
    const instance = open();
    for (const [updatesNamed, isTrusted, takesMany] of [
      ['all', true, true],
      ['few', false, true],
      ['alone', false, false],
    ] as const) {
      instance.arrays.updatesNamed = updatesNamed;
      const { isUpdateAnswerTrusted, takesManyUpdates } = habitsOf(instance).arrays;
      assert.deepEqual([isUpdateAnswerTrusted, takesManyUpdates], [isTrusted, takesMany]);
    }
  });

  it('reads the same in whatever order it was seen, and holds so many fields at most', () => {
    const [one, other] = [open(), open()];
    for (const [instance, names, ids] of [
      [one, ['a', 'c', 'b'], [9, 100, 20]],
      [other, ['c', 'b', 'a'], [100, 20, 9]],
    ] as const) {
      for (const name of names) instance.search.set(name, 'one');
      for (const id of ids) instance.listedUpTo.set(id, id);
    }
    assert.equal(JSON.stringify(habitsOf(one).search), '{"a":"one","b":"one","c":"one"}');
    assert.equal(JSON.stringify(habitsOf(other).search), JSON.stringify(habitsOf(one).search));
    assert.equal(JSON.stringify(habitsOf(one).listedUpTo), '{"9":9,"20":20,"100":100}');
    assert.deepEqual(habitsOf(other).listedUpTo, habitsOf(one).listedUpTo);
    for (let id = 0; id < 500; id += 1) one.listedUpTo.set(id, Infinity);
    assert.equal(Object.keys(habitsOf(one).listedUpTo ?? {}).length, 400);
  });

  it('has a day for what was seen and for nothing else, and none for what is over', () => {
    const [first, second] = [open(), open(1)];
    first.arrays.limit = 10;
    assert.deepEqual(habitsOf(first).seen, { 'arrays.limit': '2026-11-01' });
    adoptHabits(second, habitsOf(first));
    assert.deepEqual(habitsOf(second).seen, { 'arrays.limit': '2026-11-01' });
    second.arrays.limit = Infinity;
    assert.deepEqual(habitsOf(second).seen, {});
  });

  it('of a search is forgotten after a week, and no other', () => {
    const [first, later] = [open(), open(9)];
    first.search.set('emailaddress', 'one');
    const carried = habitsOf(first);
    adoptHabits(later, { ...carried, search: { ...carried.search, CFSeatGeekID: 'many' }, seen: carried.seen });
    assert.deepEqual([...later.search], [['CFSeatGeekID', 'many']]);
  });

  it('is not taken from a connection once the process has seen something itself', () => {
    const instance = open();
    instance.search.set('emailaddress', 'none');
    adoptHabits(instance, SEEN);
    assert.deepEqual(habitsOf(instance).search, { emailaddress: 'none' });
    assert.equal(habitsOf(instance).arrays.limit, null);
  });

  it('keeps the day on which each fact was seen, through another process, and forgets it after a week', () => {
    const [first, second, third] = [open(), open(4), open(9)];
    first.arrays.limit = 10;
    first.search.set('emailaddress', 'none');
    adoptHabits(second, habitsOf(first));
    second.arrays.createsNamed = 'few';
    second.search.set('emailaddress', 'one');
    const { seen } = habitsOf(second);
    assert.deepEqual(
      [seen?.['arrays.limit'], seen?.['arrays.createsNamed'], seen?.['search.emailaddress']],
      ['2026-11-01', '2026-11-05', '2026-11-05'],
    );
    adoptHabits(third, habitsOf(second));
    assert.deepEqual([third.arrays.limit, third.arrays.createsNamed], [Infinity, 'few']);
    assert.deepEqual([...third.search], [['emailaddress', 'one']]);
  });

  it('is tried again after a week by a process that runs for long', () => {
    let now = Date.parse('2026-11-01T00:00:00Z');
    const clock = { now: () => now, sleep: () => Promise.resolve() };
    const instance = createHaloInstances(clock).open({ url: `https://${HOST}` });
    instance.arrays.limit = 1;
    const carried = habitsOf(instance);
    now += 7 * DAY_MS;
    adoptHabits(instance, carried);
    assert.equal(instance.arrays.limit, 1);
    now += DAY_MS;
    adoptHabits(instance, carried);
    assert.equal(instance.arrays.limit, Infinity);
    instance.arrays.limit = 1;
    assert.equal(habitsOf(instance).seen?.['arrays.limit'], '2026-11-09');
  });

  it('is forgotten where the connection goes to another Halo', () => {
    const [before, after] = [open(), open(0, 'new.halopsa.com')];
    adoptHabits(before, SEEN);
    adoptHabits(after, habitsOf(before));
    assert.deepEqual(habitsOf(after).arrays, habitsOf(open()).arrays);
    assert.equal(habitsOf(after).host, 'new.halopsa.com');
  });

  it('is left out when it can not be read', () => {
    const instance = open();
    for (const carried of [undefined, null, 'x', { ...SEEN, arrays: {} }, { ...SEEN, search: { a: 'perhaps' } }]) {
      adoptHabits(instance, carried);
    }
    assert.deepEqual(habitsOf(instance), habitsOf(open()));
  });
});
