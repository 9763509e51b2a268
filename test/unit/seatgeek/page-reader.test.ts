import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import { RowNotHadError } from '../../../src/seatgeek/errors.js';
import { createFeedClient } from '../../../src/seatgeek/feed-client.js';
import { createPageReader } from '../../../src/seatgeek/page-reader.js';
import { page, startFakeSeatGeek, type Answer, type FakeSeatGeek } from './fake-seatgeek.js';

const TOO_LARGE: Answer = { status: 413, text: '' };
const TIMEOUT: Answer = { status: 504, text: '' };

describe('the page reader', () => {
  let fake: FakeSeatGeek;
  let largest: number;

  beforeEach(async () => {
    fake = await startFakeSeatGeek();
    largest = Infinity;
    fake.feed = ({ query }) => (Number(query['limit']) > largest ? TOO_LARGE : page([]));
  });

  afterEach(() => fake.close());

  const limits = () => fake.feedRequests.map(({ query }) => Number(query['limit']));
  const reader = () => createPageReader(createFeedClient(fake));
  const at = (limit: number) => ({ cursor: 'here', limit });

  it('reads with the size asked for', async () => {
    const { limit, requests } = await reader().read(at(1_000));
    assert.deepEqual([limit, requests, limits()], [1_000, 1, [1_000]]);
  });

  it('halves the size until the page is small enough, and says which size it was', async () => {
    largest = 130;
    const { limit, requests } = await reader().read(at(1_000));
    assert.deepEqual([limit, requests, limits()], [125, 4, [1_000, 500, 250, 125]]);
  });

  it('stays at the smaller size', async () => {
    largest = 500;
    const pages = reader();
    await pages.read(at(1_000));
    assert.equal((await pages.read(at(1_000))).requests, 1);
    assert.equal((await pages.read(at(100))).limit, 100);
  });

  it('goes down to one row', async () => {
    largest = 1;
    assert.equal((await reader().read(at(12))).limit, 1);
    assert.deepEqual(limits(), [12, 6, 3, 1]);
  });

  it('says of a row that is too large alone where it stands, and why it is not had', async () => {
    largest = 0;
    await assert.rejects(reader().read(at(3)), { code: 'row-unreadable', message: /too large \(status 413\).*cursor/ });
    assert.deepEqual(limits(), [3, 1]);
  });

  for (const status of [500, 502, 503, 504, 520, 524]) {
    it(`tells a row that answers ${status} alone, which may be an outage, from one that is broken`, async () => {
      fake.feed = () => ({ status, text: '' });
      await assert.rejects(reader().read(at(2)), (error) => {
        assert.ok(error instanceof RowNotHadError);
        assert.match(error.code, /^seatgeek-(?:unavailable|timeout)$/);
        return true;
      });
      assert.deepEqual(limits(), [2, 1]);
    });
  }

  for (const status of [500, 502, 503, 520]) {
    it(`asks for less when a page of more than 250 rows answers ${status}`, async () => {
      fake.feed = ({ query }) => (Number(query['limit']) > 250 ? { status, text: '' } : page([{ id: '1' }]));
      assert.equal((await reader().read(at(1_000))).limit, 250);
    });
  }

  describe('when one row is broken', () => {
    const BROKEN = 5;
    const read = async (pages: ReturnType<typeof reader>, from: number) => {
      const { page: had } = await pages.read({ cursor: from === 0 ? null : String(from), limit: 100 });
      return had;
    };

    beforeEach(() => {
      fake.feed = ({ query }) => {
        const from = Number(query['cursor'] ?? 0);
        const to = Math.min(10, from + Number(query['limit']));
        const row = (n: number): string => (n === BROKEN ? '{"id":NaN}' : `{"id":"${n}"}`);
        const rows = Array.from({ length: to - from }, (_, n) => row(from + n));
        return { text: `{"has_more":${to < 10},"cursor":"${to}","data":[${rows.join(',')}]}` };
      };
    });

    it('reads everything before it and then says where it stands', async () => {
      const pages = reader();
      let from = 0;
      while (from < BROKEN) from += (await read(pages, from)).rows.length;
      assert.equal(from, BROKEN);
      await assert.rejects(read(pages, from), { code: 'row-unreadable' });
    });

    it('does not take a broken answer of the token endpoint for it', async () => {
      fake.token = [{ text: '{"access_token": "to' }];
      await assert.rejects(read(reader(), 0), { code: 'seatgeek-answer-cut' });
      assert.deepEqual(limits(), []);
    });
  });

  it('passes over empty pages', async () => {
    fake.feed = ({ query }) => {
      const from = Number(query['cursor'] ?? 0);
      return page(from === 300 ? [{ id: '1' }] : [], { has_more: true, cursor: String(from + 1) });
    };
    const { page: had, requests } = await reader().read({ cursor: null, limit: 100 });
    assert.deepEqual([had.cursor, had.rows.length, requests], ['300', 1, 301]);
  });

  it('takes nothing in answer, behind a page that it passed over, for no end of the feed', async () => {
    fake.feed = [page([], { has_more: true, cursor: 'there' }), { text: '' }];
    await assert.rejects(reader().read(at(100)), { code: 'seatgeek-answer-cut' });
  });

  it('notes how far it is read after a thousand empty pages', async () => {
    fake.feed = ({ query }) => page([], { has_more: true, cursor: String(Number(query['cursor'] ?? 0) + 1) });
    const { page: had, requests } = await reader().read({ cursor: null, limit: 100 });
    assert.deepEqual([had.rows.length, had.hasMore, had.nextCursor, requests], [0, true, '1001', 1_001]);
  });

  it('refuses empty pages that go in a circle', async () => {
    const next: Record<string, string> = { a: 'b', b: 'a' };
    fake.feed = ({ query }) => page([], { has_more: true, cursor: next[query['cursor'] ?? ''] ?? 'a' });
    await assert.rejects(reader().read({ cursor: null, limit: 100 }), { code: 'cursor-stuck' });
  });

  it('doubles the size after five easy pages, up to the size asked for', async () => {
    largest = 250;
    const pages = reader();
    await pages.read(at(1_000));
    largest = Infinity;
    const sizes: number[] = [];
    for (let count = 0; count < 10; count += 1) sizes.push((await pages.read(at(1_000))).limit);
    assert.deepEqual(sizes, [250, 250, 250, 250, 500, 500, 500, 500, 500, 1_000]);
  });

  describe('when pages of more than a hundred rows do not come', () => {
    const readMany = async (pages: ReturnType<typeof reader>, count: number): Promise<void> => {
      for (let n = 0; n < count; n += 1) await pages.read(at(200));
    };
    const tries = (): number => limits().filter((limit) => limit > 100).length;

    for (const [title, answer] of [
      ['in time', TIMEOUT],
      ['at all', TOO_LARGE],
    ] as const)
      it(`tries a larger size more and more seldom where they do not come ${title}`, async () => {
        fake.feed = ({ query }) => (Number(query['limit']) > 100 ? answer : page([]));
        await readMany(reader(), 160);
        // The first page, and then behind 5, 10, 20, 40 and 80 easy ones.
        assert.equal(tries(), 6);
      });

    it('does so where it comes once or twice', async () => {
      let large = 0;
      fake.feed = ({ query }) => (Number(query['limit']) > 100 && (large += 1) % 3 === 0 ? TIMEOUT : page([]));
      await readMany(reader(), 160);
      assert.ok(tries() <= 20, `${tries()} tries`);
    });

    it('goes up as before where a size has lasted', async () => {
      largest = 100;
      const pages = reader();
      await readMany(pages, 36);
      largest = Infinity;
      await readMany(pages, 90);
      largest = 100;
      await readMany(pages, 1);
      largest = Infinity;
      const sizes: number[] = [];
      for (let count = 0; count < 6; count += 1) sizes.push((await pages.read(at(200))).limit);
      assert.deepEqual(sizes, [100, 100, 100, 100, 200, 200]);
    });
  });

  it('learns nothing of a larger size from pages that are asked for no larger', async () => {
    largest = 250;
    const pages = reader();
    await pages.read(at(1_000));
    largest = Infinity;
    for (const limit of [100, 250, 100, 250, 250, 250]) await pages.read(at(limit));
    assert.equal((await pages.read(at(1_000))).limit, 250);
  });

  it('shrinks on timeouts too, but gives them back to the caller after three', async () => {
    fake.feed = [TIMEOUT];
    const pages = reader();
    await assert.rejects(pages.read(at(1_000)), { code: 'seatgeek-timeout' });
    assert.deepEqual(limits(), [1_000, 500, 250]);
    fake.feed = [page([])];
    assert.equal((await pages.read(at(1_000))).limit, 125);
  });

  describe('when it is patient', () => {
    const LIMITED: Answer = { status: 429, text: '' };
    const after = (status: number, seconds: number): Answer => ({
      status,
      text: '',
      headers: { 'retry-after': String(seconds) },
    });
    let waits: number[];

    beforeEach(() => {
      waits = [];
    });

    const read = (answers: FakeSeatGeek['feed'], signal?: AbortSignal) => {
      fake.feed = answers;
      const clock = {
        now: () => 0,
        sleep: (ms: number, given?: AbortSignal) => {
          assert.equal(given, signal);
          waits.push(ms);
          given?.throwIfAborted();
          return Promise.resolve();
        },
      };
      return createPageReader(createFeedClient(fake), clock).read({ ...at(100), signal, isPatient: true });
    };

    it('waits as long as it is asked to, and longer each time it is not told', async () => {
      const { requests, limit } = await read([after(429, 30), LIMITED, after(429, 1), after(429, 200), page([])]);
      assert.deepEqual([waits, requests, limit], [[30_000, 2_000, 4_000, 200_000], 5, 100]);
    });

    it('gives up a limit after five waits, and one of more than six minutes at once', async () => {
      await assert.rejects(read([LIMITED]), { code: 'seatgeek-rate-limited' });
      assert.deepEqual([waits.length, limits().length], [5, 6]);
      waits = [];
      await assert.rejects(read([after(429, 361)]), { code: 'seatgeek-rate-limited', retryAfterMs: 361_000 });
      assert.deepEqual(waits, []);
    });

    for (const answer of [406, 503, 500].map((status): Answer => ({ status, text: '' })).concat('cut'))
      it(`asks for the page again as it is (${typeof answer === 'string' ? answer : answer.status})`, async () => {
        const { limit, requests } = await read([answer, answer, page([])]);
        assert.deepEqual([limit, requests, waits], [100, 3, [1_000, 2_000]]);
      });

    it('asks for less where that does not help, without further waits', async () => {
      const away: Answer = { status: 503, text: '' };
      await assert.rejects(read([away]), { code: 'seatgeek-unavailable' });
      assert.deepEqual(
        [limits(), waits],
        [
          [100, 100, 100, 50, 25, 12, 6, 3, 1],
          [1_000, 2_000],
        ],
      );
    });

    it('does not wait for an outage that says it lasts', async () => {
      const { limit } = await read([after(503, 120), page([])]);
      assert.deepEqual([limit, waits], [50, []]);
    });

    for (const [title, answer] of [
      ['too large', TOO_LARGE],
      ['too slow', TIMEOUT],
      ['cut', { text: '{"has_more": tr' }],
    ] as const)
      it(`asks for less at once where a page is ${title}`, async () => {
        const { limit } = await read([answer, page([])]);
        assert.deepEqual([limit, waits], [50, []]);
      });

    it('ends when the caller gives up', async () => {
      const reason = new Error('not wanted any more');
      const caller = new AbortController();
      const answer = (): Answer => {
        caller.abort(reason);
        return LIMITED;
      };
      await assert.rejects(read(answer, caller.signal), reason);
      assert.equal(limits().length, 1);
    });
  });

  it('hands on other errors at once', async () => {
    fake.feed = [{ status: 406, text: '' }];
    await assert.rejects(reader().read(at(1_000)), TransientError);
    assert.deepEqual(limits(), [1_000]);
  });
});
