import assert from 'node:assert/strict';
import { HaloBench, outcomes, person, type BenchOptions } from './halo-bench.js';

describe('the directory of a run', () => {
  let bench: HaloBench;
  const open = async (options: BenchOptions = {}): Promise<HaloBench> => (bench = await HaloBench.start(options));

  afterEach(() => bench.close());

  function addUsers(count: number): void {
    for (let n = 0; n < count; n++) {
      bench.add({
        name: `User ${n}`,
        emailaddress: `user.${n}@example.org`,
        customFields: { CFSeatGeekID: `sg-${n}` },
      });
    }
  }

  const lists = (): number => bench.sandbox.halo.requests.of('GET', '/api/Users').length;
  const searches = (): number =>
    bench.sandbox.halo.requests.of('GET', '/api/Users').filter(({ query }) => query.includes('search=')).length;

  it('lists everybody where the search can not find SeatGeek IDs', async () => {
    await open();
    addUsers(950);
    const people = [person('sg-3', { name: 'New', email: 'moved@example.org' }), person('new')];
    assert.deepEqual(outcomes(await bench.run().write(people)), ['updated', 'created']);
    assert.equal(bench.people().length, 951);
    // Newest, two probes of the search by ID in vain, ten pages; the last of them shows the newest too.
    assert.equal(lists(), 1 + 2 + 10);
  });

  it('looks a few people up where the search can, instead of listing', async () => {
    await open({ halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } });
    addUsers(950);
    const people = [
      person('sg-3', { email: 'moved@example.org' }),
      person('x', { email: 'User.7@example.org' }),
      person('new'),
    ];
    const settled = await bench.run().write(people);
    assert.deepEqual(
      settled.map(({ outcome, rejection }) => rejection?.code ?? outcome),
      ['updated', 'email-taken', 'created'],
    );
    // Two to find out and two to ask; then the new one's address as text, and the one that proves such a search.
    assert.equal(searches(), 6);
    const before = lists();
    await bench.run().write([person('sg-4')]);
    assert.equal(lists() - before, 1, 'what the search can do is remembered');
  });

  it('looks up one by one where the search takes one value', async () => {
    await open({ halo: { advancedSearch: 'emailaddress+customfields' } });
    addUsers(1_450);
    const settled = await bench.run().write([person('sg-3', { email: 'moved@example.org' }), person('new')]);
    assert.deepEqual(outcomes(settled), ['updated', 'created']);
    assert.ok(lists() < 15);
  });

  it('changes to listing when look-ups have cost as much', async () => {
    await open({ halo: { advancedSearch: 'emailaddress+customfields' } });
    addUsers(950);
    const run = bench.run();
    for (let n = 0; n < 30; n++) assert.deepEqual(outcomes(await run.write([person(`sg-${n}`)])), ['updated']);
    assert.ok(lists() < 30, `${lists()} requests`);
  });

  it('finds everybody whatever the cap of a page is', async () => {
    for (const pageCap of [100, 50, 1_000] as const) {
      await open({ halo: { pageCap } });
      addUsers(230);
      const people = Array.from({ length: 230 }, (_, n) =>
        person(`sg-${n}`, { name: `User ${n}`, email: `user.${n}@example.org` }),
      );
      assert.deepEqual(new Set(outcomes(await bench.run().write(people))), new Set(['unchanged']));
      if (pageCap !== 1_000) await bench.close();
    }
  });

  it('misses nobody when a user is deleted while it lists', async () => {
    await open();
    addUsers(350);
    const hold = bench.sandbox.faults.add({
      system: 'halo',
      kind: 'hold',
      match: { where: ({ query }) => query.get('page_no') === '3' && query.get('orderdesc') === null },
    });
    const people = Array.from({ length: 350 }, (_, n) =>
      person(`sg-${n}`, { name: `User ${n}`, email: `user.${n}@example.org` }),
    );
    const writing = bench.run().write(people.slice(150));
    await hold.struck();
    for (const { id } of bench.people().slice(0, 5)) bench.sandbox.halo.store.remove(id);
    hold.release();
    assert.deepEqual(new Set(outcomes(await writing)), new Set(['unchanged']));
  });

  it('lists when the search stops doing what it did', async () => {
    await open({ halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } });
    addUsers(950);
    await bench.run().write([person('sg-1')]);
    bench.sandbox.faults.add({
      system: 'halo',
      kind: 'status',
      status: 400,
      body: 'Invalid advanced search parameter',
      match: { where: ({ query }) => query.has('advanced_search'), after: 0 },
    });
    assert.deepEqual(outcomes(await bench.run().write([person('sg-2')])), ['updated']);
  });

  it('works without the right to read field definitions', async () => {
    await open({ halo: { rights: 'no-field-info' } });
    addUsers(3);
    bench.add({ name: 'n', emailaddress: 'a@example.org', customFields: { CFBadgeNumber: '7' } });
    assert.deepEqual(outcomes(await bench.run().write([person('a'), person('sg-1')])), ['matchedByEmail', 'updated']);
    assert.equal(
      bench.sandbox.halo
        .users()
        .at(-1)
        ?.customfields.find(({ name }) => name === 'CFBadgeNumber')?.value,
      '7',
    );
  });
});
