import assert from 'node:assert/strict';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { PersonOutcome } from '../../../src/halo/types.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';
import { HaloBench } from '../../unit/halo/halo-bench.js';
import { SINGLE, withoutExcused } from './single-dialects.js';

const EVENTS_PER_PAGE = 90;

/** Every image in order, as in a history that is written faster than it is read ahead. */
async function everyImage({ sandbox, connection }: HaloBench): Promise<MappedPerson[][]> {
  const rows = [...sandbox.seatgeek.feed.rows()];
  const mapper = createMapper(connection);
  const pages: MappedPerson[][] = [];
  for (let at = 0; at < rows.length; at += EVENTS_PER_PAGE) {
    const page = {
      rows: rows.slice(at, at + EVENTS_PER_PAGE),
      columns: [],
      columnTypes: {},
      cursor: null,
      nextCursor: null,
      hasMore: true,
    };
    pages.push([...(await mapper.mapPage(page)).people]);
  }
  return pages;
}

describe('a history of three images each in which nobody is kept whole until the next', function () {
  this.timeout(60_000);

  for (const [title, halo] of SINGLE) {
    it(`ends as the feed says (${title})`, async () => {
      const bench = await HaloBench.start({
        people: 150,
        images: 3,
        oddities: false,
        existing: 40,
        seed: 5,
        halo,
        connection: { users: { importPrimaryAddress: true } },
        usersKeptWhole: 3,
      });
      try {
        const { sandbox } = bench;
        const due = expectedHaloUsers({ rows: sandbox.seatgeek.feed.rows(), before: sandbox.halo.users() });
        const run = bench.run();
        const settled: PersonOutcome[] = [];
        for (const people of await everyImage(bench)) settled.push(...(await run.write(people)));
        assert.deepEqual(withoutExcused(compare(sandbox, due), settled), []);
      } finally {
        await bench.close();
      }
    });
  }
});
