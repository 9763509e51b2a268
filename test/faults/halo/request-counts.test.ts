import assert from 'node:assert/strict';
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
});
