import assert from 'node:assert/strict';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { PersonOutcome } from '../../../src/halo/types.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HALO_DIALECT } from '../../../src/sandbox/dialects.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';
import { Survey } from '../../../src/seatgeek/survey.js';
import { HaloBench } from '../../unit/halo/halo-bench.js';
import { SINGLE, withoutExcused } from '../halo/single-dialects.js';

const EVENTS_PER_PAGE = 90;

/** Every image but those older than one before, as in a history that is written faster than it is read ahead. */
async function everyImage({ sandbox, connection }: HaloBench): Promise<MappedPerson[][]> {
  const rows = [...sandbox.seatgeek.feed.rows()];
  const mapper = createMapper(connection);
  const survey = new Survey();
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
    const { people } = await mapper.mapPage(page, {
      select: (events) => {
        for (const event of events) survey.note(event, at + event.number, null);
        return events.filter((event) => survey.isNewest(event, at + event.number));
      },
    });
    pages.push([...people]);
  }
  return pages;
}

/** With few kept whole hardly anybody is until the next image comes; with more, some are and some are not. */
const CASES = [
  ...SINGLE.map(([title, halo]) => ({ title, halo, images: 3, usersKeptWhole: 3 })),
  ...HALO_DIALECT.addressWithoutId.values.flatMap((addressWithoutId) =>
    HALO_DIALECT.primaryAddress.values.map((primaryAddress) => ({
      title: `addressWithoutId: ${addressWithoutId}, primaryAddress: ${primaryAddress}, some kept whole`,
      halo: { addressWithoutId, primaryAddress },
      images: 8,
      usersKeptWhole: 50,
    })),
  ),
];

describe('a history of many images each in which not everybody is kept whole until the next', function () {
  this.timeout(60_000);

  for (const { title, halo, images, usersKeptWhole } of CASES) {
    it(`ends as the feed says (${title})`, async () => {
      const bench = await HaloBench.start({
        people: 150,
        images,
        oddities: false,
        existing: 40,
        seed: 5,
        halo,
        connection: { users: { importPrimaryAddress: true } },
        usersKeptWhole,
      });
      try {
        const { sandbox } = bench;
        const due = expectedHaloUsers({ rows: sandbox.seatgeek.feed.rows(), before: sandbox.halo.users() });
        const run = bench.run();
        const settled: PersonOutcome[] = [];
        for (const people of await everyImage(bench)) settled.push(...(await run.write(people)));
        assert.deepEqual(withoutExcused(compare(sandbox, due), settled), []);
        for (const { addresses } of sandbox.halo.users()) assert.ok(addresses.length <= 1);
      } finally {
        await bench.close();
      }
    });
  }
});
