import assert from 'node:assert/strict';
import { TransientError } from '../../../src/errors.js';
import { createPageCache, type PageKey } from '../../../src/seatgeek/page-cache.js';
import type { FeedPage } from '../../../src/seatgeek/types.js';

describe('the page cache', () => {
  const key = (cursor: string | null, limit = 100): PageKey => ({ connection: 'arena', cursor, limit });
  const pageOf = (rows: number, cursor: string | null = null): FeedPage => ({
    cursor,
    nextCursor: 'next',
    hasMore: true,
    rows: Array.from({ length: rows }, (_, index) => ({ id: String(index) })),
    columns: [],
  });

  function loader(rows = 1, limit = 100) {
    const load = () => {
      load.calls += 1;
      return Promise.resolve({ page: pageOf(rows), limit });
    };
    load.calls = 0;
    return load;
  }

  const roomy = () => createPageCache<string>({ maxPages: 10, maxRows: 1_000 });

  it('reads a page once', async () => {
    const cache = roomy();
    const load = loader();
    const first = await cache.read(key('a'), load);
    assert.equal((await cache.read(key('a'), load)).page, first.page);
    assert.equal(load.calls, 1);
  });

  it('tells connections, cursors and sizes apart', async () => {
    const cache = roomy();
    const load = loader();
    const keys = [key(null), key('null'), key('a'), { ...key('a'), connection: 'other' }];
    for (const name of keys) await cache.read(name, load);
    await cache.read(key('a', 50), loader(1, 50));
    assert.deepEqual([load.calls, cache.size], [4, 5]);
  });

  it('keeps a page under the size it was read with', async () => {
    const cache = roomy();
    const load = loader(1, 50);
    assert.equal((await cache.read(key('a', 100), load)).limit, 50);
    await cache.read(key('a', 50), load);
    assert.equal(load.calls, 1);
    await cache.read(key('a', 100), load);
    assert.equal(load.calls, 2);
  });

  it('lets concurrent readers share one request', async () => {
    const cache = roomy();
    const load = loader();
    await Promise.all([cache.read(key('a'), load), cache.read(key('a'), load), cache.read(key('a'), load)]);
    assert.equal(load.calls, 1);
  });

  it('gives a refusal to all who share it, and asks again afterwards', async () => {
    const cache = roomy();
    const refused = new TransientError('seatgeek-unavailable', 'not now');
    const refuse = () => Promise.reject(refused);
    const load = loader();
    const both = await Promise.allSettled([cache.read(key('a'), refuse), cache.read(key('a'), load)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      ['rejected', 'rejected'],
    );
    await cache.read(key('a'), load);
    assert.equal(load.calls, 1);
  });

  it('reads anew for those who wait when the reader they wait for gives up', async () => {
    const cache = roomy();
    const load = loader();
    const [first, ...others] = await Promise.allSettled([
      cache.read(key('a'), () => Promise.reject(new Error('gave up'))),
      cache.read(key('a'), load),
      cache.read(key('a'), load),
    ]);
    assert.equal(first.status, 'rejected');
    assert.deepEqual(
      others.map(({ status }) => status),
      ['fulfilled', 'fulfilled'],
    );
    assert.equal(load.calls, 1);
  });

  it('drops the page that was not used for longest', async () => {
    const cache = createPageCache<string>({ maxPages: 2, maxRows: 1_000 });
    const load = loader();
    for (const cursor of ['a', 'b', 'a', 'c']) await cache.read(key(cursor), load);
    assert.deepEqual([load.calls, cache.size], [3, 2]);
    await cache.read(key('a'), load);
    assert.equal(load.calls, 3);
    await cache.read(key('b'), load);
    assert.equal(load.calls, 4);
  });

  it('is bounded by rows, but always keeps the last page', async () => {
    const cache = createPageCache<string>({ maxPages: 10, maxRows: 100 });
    await cache.read(key('a'), loader(60));
    await cache.read(key('b'), loader(40));
    assert.equal(cache.size, 2);
    await cache.read(key('c'), loader(1));
    assert.equal(cache.size, 2);
    await cache.read(key('d'), loader(5_000));
    assert.equal(cache.size, 1);
    await cache.read(key('e'), loader(100));
    assert.equal(cache.size, 1);
  });

  it('makes what is derived from a page once, and again after a failure', async () => {
    const entry = await roomy().read(key('a'), loader(3));
    let calls = 0;
    const derive = (page: FeedPage) => Promise.resolve(`${(calls += 1)}: ${page.rows.length} rows`);
    await assert.rejects(
      entry.derived(() => Promise.reject(new Error('first'))),
      /first/,
    );
    assert.deepEqual(await Promise.all([entry.derived(derive), entry.derived(derive)]), ['1: 3 rows', '1: 3 rows']);
  });

  it('loads a dropped page again', async () => {
    const cache = roomy();
    const load = loader();
    await cache.read(key('a'), load);
    cache.drop(key('a'));
    assert.equal(cache.size, 0);
    await cache.read(key('a'), load);
    assert.equal(load.calls, 2);
  });
});
