import assert from 'node:assert/strict';
import { adoptHabits, habitsOf, type TenantHabits } from '../../../src/halo/habits.js';
import { createHaloInstances, type HaloInstance } from '../../../src/halo/instance.js';

const open = (): HaloInstance => createHaloInstances().open({ url: 'https://acme.halopsa.com' });

const SEEN: TenantHabits = {
  arrays: {
    limit: 10,
    isCreateAnswerTrusted: true,
    isUpdateAnswerTrusted: true,
    takesManyUpdates: false,
    refusesWhole: true,
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
