import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { customValue, type HaloUser } from '../../../src/sandbox/halo-store.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';

const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };
const SINCE = '2024-05-06T07:08:09Z';

/** Fifty people of whom each run keeps but one whole. */
function crowd(tier: string, address = LINES): MappedPerson[] {
  const fields = [
    { to: 'CFLoyaltyTier', value: tier, when: 'always' as const },
    { to: 'CFCustomerSince', value: SINCE, when: 'create' as const },
    { to: 'CFSource', value: 'SeatGeek', when: 'always' as const },
  ];
  return Array.from({ length: 50 }, (_, n) => {
    const plain = person(`p${n}`);
    return { ...plain, fields: [...plain.fields, ...fields], address };
  });
}

describe('a second image of somebody whom the run created long before', function () {
  this.timeout(30_000);
  let bench: HaloBench;

  beforeEach(async () => {
    bench = await HaloBench.start({ usersKeptWhole: 1, connection: { users: { importPrimaryAddress: true } } });
  });
  afterEach(() => bench.close());

  /** Imports the crowd, and others of whom what this Halo does is learnt. Answers the requests that `second` then takes, by kind. */
  async function write(second: readonly MappedPerson[]): Promise<string[]> {
    const run = bench.run();
    await run.write(crowd('Gold'));
    for (const name of ['Ann', 'Ana']) await run.write(['x', 'y'].map((id) => person(id, { name, address: LINES })));
    const before = bench.sandbox.halo.requests.count;
    assert.deepEqual(new Set(outcomes(await run.write(second))), new Set([second === SAME ? 'unchanged' : 'updated']));
    return bench.sandbox.halo.requests
      .all()
      .slice(before)
      .map(({ method, path }) => `${method} ${path.replace(/\d+/g, '{id}')}`);
  }

  const SAME = crowd('Gold');

  function crowdInHalo(): HaloUser[] {
    return bench.sandbox.halo.users().filter(({ emailaddress }) => /^p\d+@/.test(emailaddress));
  }

  function assertAll(tier: string, address: typeof LINES): void {
    for (const user of crowdInHalo()) {
      assert.equal(customValue(user, 'CFLoyaltyTier'), tier);
      assert.equal(customValue(user, 'CFSource'), 'SeatGeek');
      assert.equal(customValue(user, 'CFCustomerSince'), SINCE);
      const { line1, postcode } = user.primary_address ?? {};
      assert.deepEqual([line1, postcode], [address.line1, address.postcode]);
    }
  }

  it('costs nothing when it says the same', async () => {
    assert.deepEqual(await write(SAME), []);
    assertAll('Gold', LINES);
  });

  it('costs a look at each user when a custom field changes, for what Halo fills in by itself, and empties none', async () => {
    // One of them was looked at before, for what this Halo does with addresses.
    const looks = SAME.slice(1).map(() => 'GET /api/Users/{id}');
    assert.deepEqual(await write(crowd('Silver')), [...looks, 'POST /api/Users']);
    assertAll('Silver', LINES);
  });

  it('costs no look at the user when the address changes', async () => {
    const moved = { ...LINES, line1: '2 Low Rd', postcode: 'S1 1AA' };
    assert.deepEqual(await write(crowd('Gold', moved)), ['POST /api/Users']);
    assertAll('Gold', moved);
    for (const { addresses } of crowdInHalo()) assert.equal(addresses.length, 1);
  });
});

describe('a third image with another address, after a second with the same', () => {
  for (const addressWithoutId of ['replaces', 'adds'] as const) {
    it(`leaves one address (an address without an id ${addressWithoutId})`, async () => {
      const bench = await HaloBench.start({
        usersKeptWhole: 60,
        halo: { addressWithoutId },
        connection: { users: { importPrimaryAddress: true } },
      });
      try {
        const run = bench.run();
        const moved = { ...LINES, line1: '2 Low Rd' };
        await run.write(crowd('Gold'));
        await run.write(Array.from({ length: 100 }, (_, n) => person(`other${n}`)));
        await run.write(crowd('Silver'));
        await run.write(crowd('Silver', moved));
        const users = bench.sandbox.halo.users().filter(({ emailaddress }) => /^p\d+@/.test(emailaddress));
        assert.equal(users.length, 50);
        for (const { primary_address, addresses } of users)
          assert.deepEqual([primary_address?.line1, addresses.length], ['2 Low Rd', 1]);
      } finally {
        await bench.close();
      }
    });
  }
});

describe('a user whom an agent edited before the run, and who is not kept whole', () => {
  it('keeps a field that is only for new users', async () => {
    const bench = await HaloBench.start({ usersKeptWhole: 1 });
    try {
      const people = crowd('Gold').map((one) => ({ ...one, address: null }));
      await bench.run().write(people);
      const edited = bench.people().slice(0, 5);
      for (const { id } of edited)
        bench.sandbox.halo.store.update(id, { customFields: { CFCustomerSince: '1999-01-01T00:00:00Z' } });
      const silver = crowd('Silver').map((one) => ({ ...one, address: null }));
      assert.deepEqual(new Set(outcomes(await bench.run().write(silver))), new Set(['updated']));
      const users = bench.sandbox.halo.users().filter(({ id }) => edited.some((one) => one.id === id));
      assert.deepEqual(
        users.map((user) => [customValue(user, 'CFLoyaltyTier'), customValue(user, 'CFCustomerSince')]),
        edited.map(() => ['Silver', '1999-01-01T00:00:00Z']),
      );
    } finally {
      await bench.close();
    }
  });
});
