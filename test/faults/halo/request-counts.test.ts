import assert from 'node:assert/strict';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { readFeedPeople } from './feed-people.js';

const LINES = { line1: '1 High St', line2: '', line3: 'London', line4: 'UK', postcode: 'N1 1AA' };

describe('the requests that a thousand people take', function () {
  this.timeout(60_000);

  it('are at most 60 the first time and at most 40 when nothing has changed', async () => {
    const bench = await HaloBench.start({ existing: 200 });
    try {
      const people = Array.from({ length: 1_000 }, (_, n) => person(`p${n}`, { address: LINES }));
      const first = bench.run();
      assert.deepEqual(new Set(outcomes(await first.write(people))), new Set(['created']));
      assert.ok(first.requests <= 60, `${first.requests} requests`);
      const second = bench.run();
      assert.deepEqual(new Set(outcomes(await second.write(people))), new Set(['unchanged']));
      assert.ok(second.requests <= 40, `${second.requests} requests`);
      assert.equal(bench.sandbox.halo.writes.created, 1_000);
    } finally {
      await bench.close();
    }
  });

  it('are not many more when some are bad, some are in Halo already and some are gone', async () => {
    const bench = await HaloBench.start({
      people: 1_000,
      existing: 200,
      connection: { users: { importPrimaryAddress: true } },
    });
    try {
      const pages = await readFeedPeople(bench.sandbox, bench.connection);
      for (const most of [75, 40]) {
        const run = bench.run();
        for (const people of pages) await run.write(people);
        assert.ok(run.requests <= most, `${run.requests} requests`);
      }
    } finally {
      await bench.close();
    }
  });

  it('are as few where all have one e-mail address, each with a user of its own', async () => {
    const bench = await HaloBench.start({ connection: { users: { onSharedEmail: 'create' } } });
    try {
      const everybody = (tier: string): MappedPerson[] =>
        Array.from({ length: 100 }, (_, n) =>
          person(`p${n}`, {
            email: 'office@example.org',
            fields: [{ to: 'CFLoyaltyTier', value: tier, when: 'always' }],
          }),
        );
      for (const [tier, outcome] of [
        ['Gold', 'created'],
        ['Silver', 'updated'],
      ] as const) {
        const { length: before } = bench.sandbox.halo.requests.of('POST', '/api/Users');
        assert.deepEqual(new Set(outcomes(await bench.run().write(everybody(tier)))), new Set([outcome]));
        const posts = bench.sandbox.halo.requests.of('POST', '/api/Users').length - before;
        assert.ok(posts <= 5, `${outcome} in ${posts} requests`);
      }
      assert.deepEqual(new Set(bench.people().map(({ tier }) => tier)), new Set(['Silver']));
      assert.equal(bench.people().length, 100);
    } finally {
      await bench.close();
    }
  });

  it('are about one a person where a rule in Halo refuses everybody, and as few as ever once it is gone', async () => {
    const bench = await HaloBench.start();
    try {
      const people = Array.from({ length: 200 }, (_, n) => person(`p${n}`));
      bench.sandbox.faults.add({
        system: 'halo',
        kind: 'status',
        status: 400,
        body: { Message: 'Please select a Department' },
        match: { method: 'POST', path: '/api/Users', after: 0 },
      });
      const run = bench.run();
      assert.deepEqual(new Set(outcomes(await run.write(people))), new Set(['rejected']));
      assert.ok(run.requests <= 300, `${run.requests} requests`);
      bench.sandbox.faults.clear();
      const before = run.requests;
      assert.deepEqual(new Set(outcomes(await run.write(people))), new Set(['created']));
      assert.ok(run.requests - before <= 15, `${run.requests - before} requests`);
    } finally {
      await bench.close();
    }
  });

  it('are as few at a site with a round number of addresses as at any other', async () => {
    for (const count of [20, 21]) {
      const bench = await HaloBench.start({ connection: { users: { importPrimaryAddress: true } } });
      try {
        const none = { line1: '', line2: '', line3: '', line4: '', postcode: '' };
        const people = Array.from({ length: 200 }, (_, n) => person(`a${n}`, { address: n < count ? LINES : none }));
        await bench.run().write(people.map((one, n) => (n < count ? one : { ...one, address: null })));
        const run = bench.run();
        assert.deepEqual(new Set(outcomes(await run.write(people))), new Set(['unchanged']));
        assert.ok(run.requests <= 25, `${run.requests} requests, ${count} addresses`);
      } finally {
        await bench.close();
      }
    }
  });

  it('are few for one new person where none of the newest users has an e-mail address', async () => {
    const bench = await HaloBench.start({
      halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true },
    });
    try {
      for (let n = 0; n < 1_500; n += 1) {
        const emailaddress = n < 1_300 ? `user.${n}@example.org` : '';
        bench.add({ name: `User ${n}`, emailaddress, customFields: { CFSeatGeekID: `sg-${n}` } });
      }
      for (let n = 0; n < 3; n += 1) {
        const run = bench.run();
        assert.deepEqual(outcomes(await run.write([person(`new-${n}`)])), ['created']);
        // Once everybody is listed, and with them somebody is known to prove a search with.
        if (n > 0) assert.ok(run.requests <= 10, `${run.requests} requests`);
        for (let k = 0; k < 120; k += 1)
          bench.add({ name: 'More', emailaddress: '', customFields: { CFSeatGeekID: `more-${n}-${k}` } });
      }
    } finally {
      await bench.close();
    }
  });
});
