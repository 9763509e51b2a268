import assert from 'node:assert/strict';
import { findIds, findPerson, hashEmail, type FoundPerson, type Walk } from '../../../src/mapping/find-person.js';
import type { PageReader } from '../../../src/seatgeek/page-reader.js';
import type { FeedRow } from '../../../src/seatgeek/types.js';
import { sequenceOf } from './sample-connection.js';

const LIMIT = 7;
const { signal } = new AbortController();

/** A feed whose pages stand at the cursors null, c1, c2 …; each read takes two requests. */
function walkOf(
  pages: readonly (readonly FeedRow[])[],
  rest: Partial<Walk> = {},
): { walk: Walk; read: number[]; promised: unknown[] } {
  const read: number[] = [];
  const promised: unknown[] = [];
  const reader: PageReader = {
    read: async (asked) => {
      assert.deepEqual([asked.limit, asked.signal], [LIMIT, signal]);
      promised.push(asked.isMorePromised);
      await Promise.resolve();
      const { cursor } = asked;
      const at = cursor === null ? 0 : Number(cursor.slice(1));
      const page = {
        cursor,
        nextCursor: `c${at + 1}`,
        hasMore: at + 1 < pages.length,
        rows: pages[at] ?? [],
        columns: [],
      };
      return { page, limit: LIMIT, requests: 2 };
    },
  };
  const columns = { id: '"id"', email: '"email"' };
  const onPage = (pagesRead: number): number => read.push(pagesRead);
  return { walk: { reader, columns, limit: LIMIT, signal, until: Infinity, onPage, ...rest }, read, promised };
}

const find = (pages: readonly (readonly FeedRow[])[], id = 'p1', cursor: string | null = null): Promise<FoundPerson> =>
  findPerson(walkOf(pages).walk, id, null, cursor);

/** Page and position. */
const placesOf = ({ places }: FoundPerson): string[] => places.map(({ page, position }) => `${page}.${position}`);
const newestOf = ({ newest }: FoundPerson): string | null => newest && `${newest.page}.${newest.position}`;

const row = (id: unknown, sequence?: number, operation = 'U'): FeedRow => ({
  id,
  _ringside_operation: operation,
  ...(sequence !== undefined && { _ringside_sequence: sequenceOf(sequence) }),
});

describe('a person in the feed', () => {
  it('is found at all its places, in any letters, with the newest image alone on a page', async () => {
    const newest = row('P1', 3);
    const { walk, read, promised } = walkOf([[row('p2'), row('p1', 1)], [], [row(null), row('p2'), newest, row('p3')]]);
    const found = await findPerson(walk, 'p1 ', null);
    assert.deepEqual(promised, [false, true, true]);
    assert.deepEqual([found.pages, found.images, found.requests, found.isWholeFeed], [2, 2, 6, true]);
    assert.deepEqual(found.places, [
      { page: 1, position: 2, operation: 'upsert', sequence: sequenceOf(1) },
      { page: 2, position: 3, operation: 'upsert', sequence: sequenceOf(3) },
    ]);
    assert.deepEqual(found.newest, {
      ...found.places[1],
      alone: { cursor: 'c2', nextCursor: 'c3', hasMore: false, rows: [newest], columns: [] },
    });
    assert.deepEqual(read, [1, 1, 2]);
  });

  const newest: [string, FeedRow[], string | null][] = [
    ['the last one where sequences say nothing', [row('p1'), row('p1')], '1.2'],
    ['the one of the highest sequence', [row('p1', 2), row('p1', 9), row('p1', 8)], '1.2'],
    ['a delete', [row('p1', 1), row('p1', 2, 'D')], '1.2'],
    ['not of an unknown operation', [row('p1', 1), row('p1', 2, 'X')], '1.1'],
    ['of an unknown operation where there is no other, the last', [row('p1', 1, 'X'), row('p1', 2, 'X')], '1.2'],
    ['of a known operation, although one of an unknown came before', [row('p1', 2, 'X'), row('p1', 1)], '1.2'],
    ['nobody for nobody', [row('p2')], null],
  ];
  for (const [title, rows, place] of newest)
    it(`has for its newest image: ${title}`, async () => assert.equal(newestOf(await find([rows])), place));

  it('is told by the last twenty of its places', async () => {
    const found = await find([Array.from({ length: 25 }, () => row('p1'))]);
    assert.equal(found.images, 25);
    assert.deepEqual(
      placesOf(found),
      Array.from({ length: 20 }, (_, at) => `1.${at + 6}`),
    );
  });

  it('is looked for from the cursor that is given', async () => {
    const { walk } = walkOf([[row('p1')], [row('p1'), row('p1')]]);
    assert.equal((await findPerson(walk, 'p1', 'c1')).images, 2);
  });

  it('is told with the page that ends at the cursor asked for', async () => {
    const pages = [[row('p1')], [row('p2')], [row('p3')]];
    assert.equal((await find(pages, 'p1', 'c2')).cursorAfterPage, 2);
    assert.equal((await find(pages, 'p1', 'between')).cursorAfterPage, null);
    assert.equal((await find(pages)).cursorAfterPage, null);
  });

  it('is looked for no further than time allows', async () => {
    const { walk } = walkOf([[row('p1')], [row('p1')]], { until: 0 });
    const { images, pages, isWholeFeed, requests } = await findPerson(walk, 'p1', null);
    assert.deepEqual([images, pages, isWholeFeed, requests], [1, 1, false, 2]);
    const last = await findPerson(walkOf([[row('p1')]], { until: 0 }).walk, 'p1', null);
    assert.equal(last.isWholeFeed, true);
  });
});

describe('the people of an address', () => {
  const SALT = '00ff10';
  const hashed = `${SALT}:${hashEmail('ada@example.org', SALT)}`;
  const withEmail = (id: string, email: unknown): FeedRow => ({ id, email });

  it('are told by their ids, whoever had it last at the end', async () => {
    const { walk } = walkOf([
      [withEmail('a', ' ADA@example.org'), withEmail('b', 'Ada <ada@example.org>'), withEmail('c', 'bob@example.org')],
      [withEmail('a', 'ada@example.org'), withEmail('d', null), { email: 'ada@example.org' }],
    ]);
    assert.deepEqual(await findIds(walk, hashed), { ids: ['b', 'a'], requests: 4 });
  });

  it('are the last ten', async () => {
    const { walk } = walkOf([Array.from({ length: 12 }, (_, at) => withEmail(`p${at}`, 'ada@example.org'))]);
    const { ids } = await findIds(walk, hashed);
    assert.deepEqual(ids, ['p2', 'p3', 'p4', 'p5', 'p6', 'p7', 'p8', 'p9', 'p10', 'p11']);
  });

  it('are nobody for another salt', async () => {
    const { walk } = walkOf([[withEmail('a', 'ada@example.org')]]);
    assert.deepEqual((await findIds(walk, hashed.replace(SALT, '00ff11'))).ids, []);
    assert.deepEqual((await findIds(walk, 'nonsense')).ids, []);
  });
});
