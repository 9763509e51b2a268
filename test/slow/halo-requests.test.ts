/** The Halo requests that decide, for each shape of answer to an array: pages of a thousand, as a run writes them. Counts, not times. */
import assert from 'node:assert/strict';
import type { MappedPerson } from '../../src/mapping/types.js';
import type { HaloDialect } from '../../src/sandbox/dialects.js';
import { hastyClock, HaloBench, person } from '../unit/halo/halo-bench.js';

const PAGE = 1_000;
const SHAPES: readonly (readonly [string, Partial<HaloDialect>])[] = [
  ['a list', {}],
  ['one object', { answerOfMany: 'object' }],
  ['a wrapped list', { answerOfMany: 'users' }],
  ['a shuffled list', { answerOrder: 'shuffled' }],
];

function pages(people: number): MappedPerson[][] {
  return Array.from({ length: people / PAGE }, (_, page) =>
    Array.from({ length: PAGE }, (_one, n) => person(`${100_000 + page * PAGE + n}`)),
  );
}

/** So that nobody stands beside the next of the feed. */
function mixed(people: readonly MappedPerson[]): MappedPerson[] {
  const place = ({ seatgeekId }: MappedPerson): number => Number(seatgeekId) % 97;
  return people.toSorted((a, b) => place(a) - place(b));
}

interface Figures {
  readonly perThousand: number;
  readonly outcomes: ReadonlySet<string>;
}

async function write(bench: HaloBench, people: number, afterPage = (): void => undefined): Promise<Figures> {
  const run = bench.run();
  const outcomes = new Set<string>();
  for (const page of pages(people)) {
    for (const { outcome } of await run.write(page)) outcomes.add(outcome);
    afterPage();
  }
  return { perThousand: run.requests / (people / 1_000), outcomes };
}

/** Every nth person is in Halo already, without a SeatGeek ID. */
async function measure(people: number, halo: Partial<HaloDialect>, every: number): Promise<void> {
  const bench = await HaloBench.start({ halo, existing: 0, checksIds: true });
  try {
    pages(people)
      .flat()
      .forEach(({ seatgeekId }, n) => {
        if (every > 0 && n % every === 0) bench.add({ name: 'x', emailaddress: `${seatgeekId}@example.org` });
      });
    const first = await write(bench, people);
    const most = every === 0 ? 24 : every === 10 ? 26 : 28;
    assert.ok(first.perThousand <= most, `${first.perThousand} the first time, at most ${most}`);
    const ids = bench.people().flatMap(({ seatgeekId }) => (/^1\d{5}$/.test(String(seatgeekId)) ? [seatgeekId] : []));
    assert.deepEqual([ids.length, new Set(ids).size], [people, people]);
    const { updated, created } = bench.sandbox.halo.writes;
    const again = await write(bench, people);
    assert.ok(again.perThousand <= 12, `${again.perThousand} when nothing has changed, at most 12`);
    assert.deepEqual(again.outcomes, new Set(['unchanged']));
    assert.deepEqual([bench.sandbox.halo.writes.updated, bench.sandbox.halo.writes.created], [updated, created]);
  } finally {
    await bench.close();
  }
}

describe('the Halo requests per 1,000 people', function () {
  this.timeout(300_000);

  for (const people of [5_000, 10_000]) {
    for (const [shape, halo] of SHAPES) {
      for (const [title, every] of [
        ['nobody is there', 0],
        ['half of them are there by e-mail', 2],
        ['one in ten is there', 10],
      ] as const) {
        it(`are few for ${people} where ${title} (${shape})`, () => measure(people, halo, every));
      }
    }
  }

  const SEARCHES: readonly (readonly [string, Partial<HaloDialect>, number])[] = [
    ['its users stand in the list as their people in the feed', {}, 33],
    ['its search takes many values', { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true }, 40],
  ];
  for (const [how, halo, most] of SEARCHES)
    it(`are few where half are there and each page begins with a list that is too old (${how})`, async () => {
      const people = 5_000;
      let ahead = 0;
      const clock = { ...hastyClock, now: () => Date.now() + ahead };
      const bench = await HaloBench.start({ halo, existing: 0, clock });
      try {
        const there = pages(people)
          .flat()
          .filter((_, n) => n % 2 === 0);
        const inOrder = halo.advancedSearchIn === true ? mixed(there) : there;
        for (const { seatgeekId } of inOrder) bench.add({ name: 'x', emailaddress: `${seatgeekId}@example.org` });
        const { perThousand, outcomes } = await write(bench, people, () => {
          ahead += 16 * 60_000;
        });
        assert.ok(perThousand <= most, `${perThousand}, at most ${most}`);
        assert.deepEqual(outcomes, new Set(['created', 'matchedByEmail']));
      } finally {
        await bench.close();
      }
    });

  it('are none for a page that is repeated', async () => {
    const bench = await HaloBench.start();
    try {
      const run = bench.run();
      const [page = []] = pages(PAGE);
      await run.write(page);
      const { requests } = run;
      await run.write(page);
      assert.equal(run.requests, requests);
    } finally {
      await bench.close();
    }
  });
});
