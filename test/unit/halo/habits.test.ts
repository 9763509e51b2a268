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
  listedAsStored: [230, 233],
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
    adoptHabits(instance, { ...SEEN, arrays });
    const { createsNamed, updatesNamed, badOnes } = instance.arrays;
    assert.deepEqual(
      { createsNamed, updatesNamed, badOnes },
      { createsNamed: 'all', updatesNamed: 'all', badOnes: 'unknown' },
    );
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
