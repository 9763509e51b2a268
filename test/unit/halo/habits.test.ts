import assert from 'node:assert/strict';
import { adoptHabits, habitsOf, type TenantHabits } from '../../../src/halo/habits.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';

const open = (): HaloInstance => createHaloInstances().open({ url: 'https://acme.halopsa.com' });

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
};

describe('what a Halo was seen to do', () => {
  it('comes back as it was carried, through JSON', () => {
    const instance = open();
    adoptHabits(instance, JSON.parse(JSON.stringify(SEEN)));
    assert.deepEqual(habitsOf(instance), SEEN);
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

  it('is left out when it can not be read', () => {
    const instance = open();
    for (const carried of [undefined, null, 'x', { ...SEEN, arrays: {} }, { ...SEEN, search: { a: 'perhaps' } }]) {
      adoptHabits(instance, carried);
    }
    assert.deepEqual(habitsOf(instance), habitsOf(open()));
  });
});
