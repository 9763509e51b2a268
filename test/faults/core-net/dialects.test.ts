import assert from 'node:assert/strict';
import type { PersonOutcome } from '../../../src/halo/types.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { compare, expectedHaloUsers } from '../../oracle/index.js';
import { HaloBench, hastyClock } from '../../unit/halo/halo-bench.js';
import { skippingClock } from './five-at-a-time.js';
import { readFeedPeople } from '../halo/feed-people.js';
import { SINGLE, withoutExcused } from '../halo/single-dialects.js';

const PAIRS: readonly (readonly [string, Partial<HaloDialect>])[] = HALO_DIALECT.arrays.values.flatMap((arrays) =>
  HALO_DIALECT.answerOfMany.values.map((answerOfMany): [string, Partial<HaloDialect>] => [
    `arrays: ${arrays}, answerOfMany: ${answerOfMany}, addresses apart`,
    { arrays, answerOfMany, answerOrder: 'reversed', primaryAddress: 'ignored', duplicateEmail: 'refused' },
  ]),
);

/** As in a Halo so large that hardly anybody is kept whole between being listed and being compared. */
const COMPACT: readonly (readonly [string, Partial<HaloDialect>, number])[] = [
  ['hardly anybody kept whole', {}, 3],
  ['hardly anybody kept whole, addresses apart', { primaryAddress: 'ignored' }, 3],
];

describe('an import of three hundred people and another of the same', function () {
  this.timeout(60_000);

  for (const [title, halo, usersKeptWhole] of [...SINGLE, ...PAIRS, ...COMPACT]) {
    it(`ends as the feed says (${title})`, async () => {
      // Where lists are late, what is slept has passed in Halo too.
      const clock = halo.listLag === undefined ? hastyClock : skippingClock();
      const bench = await HaloBench.start({
        clock,
        now: () => clock.now(),
        people: 300,
        existing: 40,
        seed: 5,
        halo,
        connection: { users: { importPrimaryAddress: true } },
        ...(usersKeptWhole !== undefined && { usersKeptWhole }),
      });
      try {
        const { sandbox } = bench;
        const before = sandbox.halo.users();
        const pages = await readFeedPeople(sandbox, bench.connection);
        const due = expectedHaloUsers({ rows: sandbox.seatgeek.feed.rows(), before });
        for (let times = 0; times < 2; times++) {
          const run = bench.run();
          const settled: PersonOutcome[] = [];
          for (const people of pages) settled.push(...(await run.write(people)));
          assert.deepEqual(withoutExcused(compare(sandbox, due), settled), []);
        }
      } finally {
        await bench.close();
      }
    });
  }
});
