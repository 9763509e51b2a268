import assert from 'node:assert/strict';
import { FeedSurvey } from '../../../src/activities/feed-survey.js';
import { DriftError } from '../../../src/errors.js';
import { readEvent } from '../../../src/mapping/row.js';
import type { PageReader } from '../../../src/seatgeek/page-reader.js';
import type { FeedPage } from '../../../src/seatgeek/types.js';
import { connectionWith } from '../mapping/sample-connection.js';

interface Step {
  readonly ids: readonly string[];
  /** Left out: the end of the feed. */
  readonly next?: string;
}

const pageOf = (cursor: string | null, { ids, next }: Step): FeedPage => ({
  cursor,
  nextCursor: next ?? cursor,
  hasMore: next !== undefined,
  rows: ids.map((id) => ({ id, first_name: 'Ada' })),
  columns: [],
});

/** A survey of a feed that is laid out by cursor; the empty text stands for the start. */
function surveyOf(feed: Record<string, Step | Error>): {
  survey: FeedSurvey;
  first: FeedPage;
  readOn: (inHand?: FeedPage, until?: number, onPage?: (page: FeedPage) => Promise<void>) => Promise<number>;
  asked: (string | null)[];
} {
  const asked: (string | null)[] = [];
  const read = (cursor: string | null): FeedPage => {
    const step = feed[cursor ?? ''];
    if (step === undefined || step instanceof Error) throw step ?? new Error('no such page');
    return pageOf(cursor, step);
  };
  const reader: PageReader = {
    read: async ({ cursor, limit }) => {
      asked.push(cursor);
      await Promise.resolve();
      return { page: read(cursor), limit, requests: 1 };
    },
  };
  const survey = new FeedSurvey({ connection: connectionWith(), reader }, null);
  const first = read(null);
  const { signal } = new AbortController();
  return {
    survey,
    first,
    readOn: (inHand = first, until = Infinity, onPage = () => Promise.resolve()) =>
      survey.readOn(inHand, { signal, until, onPage }),
    asked,
  };
}

describe('the survey of a feed', () => {
  it('asks for nothing when the page in hand is all there is', async () => {
    const { survey, readOn } = surveyOf({ '': { ids: ['a', 'b'] } });
    assert.equal(await readOn(), 0);
    assert.deepEqual(survey.progress, { events: 2, people: 2, isComplete: true });
  });

  it('counts the places of pages in its memory', async () => {
    const [first, second] = ['1', '2'].map((cursor) => cursor.padStart(8_000, 'x')) as [string, string];
    const { survey, readOn } = surveyOf({
      '': { ids: ['a'], next: first },
      [first]: { ids: ['b'], next: second },
      [second]: { ids: ['c'] },
    });
    const before = survey.bytes;
    await readOn();
    assert.ok(survey.people.bytes + 16_000 <= survey.bytes && before < survey.bytes, `${survey.bytes} bytes`);
  });

  it('has the next page read while one is looked at, and is not ended by that one', async () => {
    const failed = new Error('SeatGeek is away');
    const { readOn, asked } = surveyOf({ '': { ids: ['a'], next: 'c2' }, c2: { ids: ['b'], next: 'c3' }, c3: failed });
    const before: (string | null)[][] = [];
    const failure = new Error('Halo is away');
    const onPage = async ({ cursor }: FeedPage): Promise<void> => {
      before.push([...asked]);
      await new Promise((resolve) => setImmediate(resolve));
      if (cursor === 'c2' && before.length < 3) throw failure;
    };
    await assert.rejects(readOn(undefined, Infinity, onPage), failure);
    assert.deepEqual(before, [['c2'], ['c2', 'c3']]);
    // Read again, for what failed may have been what the page lacked.
    await assert.rejects(readOn(undefined, Infinity, onPage), failed);
    assert.deepEqual(asked, ['c2', 'c3', 'c2', 'c3']);
    assert.equal(before.length, 3);
  });

  it('looks for what came after it where pages are cut otherwise than it cut them', async () => {
    const row = (id: string, last_name: string) => ({ id, last_name });
    const { readOn } = surveyOf({ '': { ids: ['p', 'p'], next: 'c2' }, c2: { ids: ['q', 'r'] } });
    await readOn();
    const page = (cursor: string, nextCursor: string, rows: FeedPage['rows']): FeedPage => ({
      ...{ cursor, nextCursor, rows, hasMore: true, columns: [] },
    });
    await readOn(page('c1', 'c3', [row('p', 'two'), row('q', 'one')]));
    const grown = page('c3', 'c5', [row('r', 'one'), row('p', 'three')]);
    assert.ok((await readOn(grown)) > 0);
  });

  it('takes a row that is nested deep', () => {
    const { survey, first } = surveyOf({ '': { ids: ['a'], next: 'x' }, x: { ids: ['a'] } });
    survey.note(first);
    const deep: unknown = JSON.parse('['.repeat(20_000) + ']'.repeat(20_000));
    survey.note({ ...first, cursor: 'x', nextCursor: 'x', hasMore: false, rows: [{ id: 'a', seats: deep }] });
    assert.deepEqual(survey.progress, { events: 2, people: 1, isComplete: true });
  });

  it('reads on to the end, once', async () => {
    const { survey, readOn } = surveyOf({
      '': { ids: ['a', 'b'], next: 'x' },
      x: { ids: ['a'], next: 'y' },
      y: { ids: ['c'] },
    });
    assert.equal(await readOn(), 2);
    assert.deepEqual(survey.progress, { events: 4, people: 3, isComplete: true });
    assert.equal(await readOn(), 0);
  });

  it('stops when its time is up, and goes on from there', async () => {
    const { survey, readOn } = surveyOf({
      '': { ids: ['a'], next: 'x' },
      x: { ids: ['b'], next: 'y' },
      y: { ids: ['c'] },
    });
    await readOn(undefined, 0);
    assert.deepEqual(survey.progress, { events: 1, people: 1, isComplete: false });
    await readOn(undefined, 0);
    await readOn(undefined, 0);
    assert.deepEqual(survey.progress, { events: 3, people: 3, isComplete: true });
  });

  it('refuses a feed whose cursors go in a circle', async () => {
    const { readOn } = surveyOf({
      '': { ids: ['a'], next: 'x' },
      x: { ids: ['b'], next: 'y' },
      y: { ids: ['c'], next: 'x' },
    });
    await assert.rejects(readOn(), { code: 'cursor-stuck' });
  });

  it('knows what it can when a row further on can not be read', async () => {
    const broken = new DriftError('row-unreadable', 'broken', 'mend it');
    const { survey, readOn } = surveyOf({ '': { ids: ['a'], next: 'x' }, x: broken });
    await readOn();
    assert.deepEqual(survey.progress, { events: 1, people: 1, isComplete: true });
  });

  it('reads the end again when the last page has grown, and knows its new images', async () => {
    const feed: Record<string, Step> = { '': { ids: ['a'], next: 'x' }, x: { ids: ['b'] } };
    const { survey, readOn } = surveyOf(feed);
    await readOn();
    const grown = { ids: ['b', 'a'] };
    feed['x'] = grown;
    const page = pageOf('x', grown);
    await readOn(page);
    const events = page.rows.flatMap((row, index) => {
      const event = readEvent(row, index + 1, 'id');
      return 'code' in event ? [] : [event];
    });
    assert.equal(survey.newestOf(page, events).length, 2);
    assert.deepEqual(survey.progress, { events: 3, people: 2, isComplete: true });
  });
});
