import assert from 'node:assert/strict';
import { type Asked, holds, readsEvent, sends } from '../../../src/sandbox/asked.js';
import { SEATGEEK_DIALECT } from '../../../src/sandbox/dialects.js';
import type { Fault, PlacedFault } from '../../../src/sandbox/faults.js';
import { FEED, play, POST_USERS, type Scene } from './scene.js';

const SIZE = 300;
const HEAVY = 217;

const seatgeek = { system: 'seatgeek' } as const;
const heavy = {
  ...FEED,
  after: 0,
  where: (asked: Asked) => readsEvent(HEAVY)(asked) && limitOf(asked) > 25,
};

function limitOf({ query }: Asked): number {
  return Number(query.get('limit'));
}

async function assertAllThere(scene: Scene): Promise<void> {
  assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
  scene.assertRight();
}

/** Each for every page of more than 25 rows on which one row stands. */
const TOO_HEAVY: readonly (readonly [string, Fault])[] = [
  ['status 500', { ...seatgeek, kind: 'status', status: 500, match: heavy }],
  ['status 502 as a web page', { ...seatgeek, kind: 'html', status: 502, match: heavy }],
  ['status 503', { ...seatgeek, kind: 'status', status: 503, match: heavy }],
  ['status 520', { ...seatgeek, kind: 'status', status: 520, match: heavy }],
  ['status 524', { ...seatgeek, kind: 'status', status: 524, match: heavy }],
  ['status 413', { ...seatgeek, kind: 'status', status: 413, match: heavy }],
  [
    'status 400 that says why in one of its errors',
    {
      ...seatgeek,
      kind: 'status',
      status: 400,
      body: { message: 'Validation error', errors: [{ message: 'limit must be at most 25' }] },
      match: heavy,
    },
  ],
  ['a connection cut', { ...seatgeek, kind: 'reset-before', match: heavy }],
  ['half an answer', { ...seatgeek, kind: 'truncated-json', match: heavy }],
  ['no answer', { ...seatgeek, kind: 'timeout', match: heavy }],
  ['an answer without end', { ...seatgeek, kind: 'endless', match: heavy }],
];

describe('a page of the feed that can not be had at its size', function () {
  this.timeout(90_000);

  for (const [title, fault] of TOO_HEAVY) {
    it(`is read in smaller ones (${title})`, () =>
      play({ ...(fault.kind === 'timeout' && { timeoutMs: 400 }) }, [], async (scene) => {
        scene.addMany(SIZE);
        scene.fault(fault);
        await scene.sync();
        scene.assertRight();
        assert.ok(scene.sandbox.seatgeek.requests.count <= 60, `${scene.sandbox.seatgeek.requests.count} requests`);
      }));
  }

  for (const aboveMaxLimit of SEATGEEK_DIALECT.aboveMaxLimit.values) {
    it(`is read in smaller ones where more than 250 rows are too many (${aboveMaxLimit})`, () =>
      play(
        { seatgeek: { maxLimit: 250, aboveMaxLimit }, connection: { seatgeek: { pageSize: 1_000 } }, timeoutMs: 400 },
        [],
        async (scene) => {
          scene.addMany(SIZE);
          await scene.sync();
          scene.assertRight();
        },
      ));
  }

  it('is not waited for again and again where the size runs into the time limit', () =>
    play(
      {
        seatgeek: { maxLimit: 100, aboveMaxLimit: 'timeout' },
        connection: { seatgeek: { pageSize: 200 } },
        timeoutMs: 100,
      },
      [],
      async (scene) => {
        scene.addMany(6_000);
        const match = { ...FEED, every: 1, where: (asked: Asked) => limitOf(asked) > 100 };
        const large = scene.fault({ ...seatgeek, kind: 'meanwhile', match });
        await scene.sync();
        scene.assertRight();
        assert.ok(large.hits <= 8, `${large.hits} of ${scene.sandbox.seatgeek.requests.count} requests`);
      },
    ));

  const SPOILT = [
    ['a raw control character', (text: string) => text.replaceAll(`Name p${HEAVY}"`, `Name\u0001 p${HEAVY}"`)],
    ['NaN', (text: string) => text.replaceAll(`"Name p${HEAVY}"`, 'NaN')],
    ['a text that is not closed', (text: string) => text.replaceAll(`"Name p${HEAVY}"`, `"Name p${HEAVY}`)],
  ] as const;

  for (const [title, rewrite] of SPOILT) {
    it(`loses nobody but the one whose row can not be read, and names the place (${title})`, () =>
      play({}, [], async (scene) => {
        scene.addMany(SIZE);
        scene.fault({ ...seatgeek, kind: 'rewritten-text', match: { ...FEED, after: 0 }, rewrite });
        for (let turn = 0; turn < 3; turn += 1) await scene.run();
        // Whoever stands before the row is there; whether more is, is an operator's word.
        for (const n of [0, 100, HEAVY - 1]) scene.user(`p${n}`);
        const told = JSON.stringify([scene.pipeline.state, scene.pipeline.errors]);
        assert.match(told, /row|place|cursor/);
        scene.sandbox.faults.clear();
        scene.pipeline.clearCursor();
        await scene.sync();
        await scene.pipeline.retryRejected(true);
        scene.assertRight();
      }));
  }
});

describe('a page of the feed that is served in smaller ones only since it was imported', function () {
  this.timeout(60_000);
  const PAGE = 20;
  const paged = { connection: { seatgeek: { pageSize: PAGE } } };

  /** SeatGeek stumbles over pages of more than so many rows on which event 12 stands. */
  function serveAtMost(scene: Scene, rows: number, status: number): PlacedFault {
    const where = (asked: Asked): boolean => readsEvent(12)(asked) && limitOf(asked) > rows;
    return scene.fault({ ...seatgeek, kind: 'status', status, match: { ...FEED, after: 0, where } });
  }

  /** p3, p9 and p15, whom Halo refuses so far, are on one page. */
  async function importRefused(scene: Scene): Promise<readonly string[]> {
    const isRefused = ({ surname }: { readonly surname?: unknown }): boolean => surname === 'Refused';
    scene.fault({ system: 'halo', kind: 'refuse-item', fits: isRefused, status: 400, body: { message: 'no' } });
    scene.addMany(2 * PAGE, (n) => ([3, 9, 15].includes(n) ? { last_name: 'Refused' } : {}));
    await scene.sync();
    scene.assertRight({ rejected: ['p15', 'p3', 'p9'] });
    return scene.pipeline.state.rejected.users.map(({ page }) => JSON.stringify(page));
  }

  for (const [rows, status] of [
    [10, 500],
    [10, 413],
    [3, 500],
    [1, 502],
  ] as const)
    it(`has the rejected people on all of it tried again (${rows} of ${PAGE} rows, status ${status})`, () =>
      play(paged, [], async (scene) => {
        const pages = await importRefused(scene);
        const heavier = serveAtMost(scene, rows, status);
        await scene.pipeline.retryRejected(true);
        assert.ok(heavier.hits > 0);
        const { users } = scene.pipeline.state.rejected;
        // Still refused, each where it stood.
        assert.deepEqual(
          users.map(({ attempts, pageGone }) => [attempts, pageGone]),
          users.map(() => [2, false]),
        );
        assert.deepEqual(
          users.map(({ page }) => JSON.stringify(page)),
          pages,
        );
        scene.sandbox.faults.clear();
        serveAtMost(scene, rows, status);
        await scene.pipeline.retryRejected(true);
        scene.assertRight();
      }));

  it('has only those tried again who stand before a row that can not be read alone, and says so of the others', () =>
    play(paged, [], async (scene) => {
      await importRefused(scene);
      scene.sandbox.faults.clear();
      serveAtMost(scene, 0, 413);
      await scene.pipeline.retryRejected(true);
      scene.assertRight({ rejected: ['p15'] });
      assert.equal(scene.pipeline.state.rejected.users[0]?.pageGone, true);
      scene.sandbox.faults.clear();
      await scene.pipeline.retryRejected(true);
      scene.assertRight();
    }));

  it('says of somebody who stands on no part of it any more that the page is gone', () =>
    play({ ...paged, seatgeek: { log: 'compacted' } }, [], async (scene) => {
      await importRefused(scene);
      scene.add('p15', { last_name: 'Refused' });
      serveAtMost(scene, 10, 500);
      await scene.pipeline.retryRejected(true);
      const gone = scene.pipeline.state.rejected.users.filter(({ pageGone }) => pageGone);
      assert.deepEqual(
        gone.map(({ seatgeekId }) => seatgeekId),
        ['p15'],
      );
    }));

  it('does not make a sample smaller where another worker goes on', () =>
    play(paged, [], async (scene) => {
      scene.addMany(2 * PAGE);
      const match = { ...FEED, after: 1, where: (asked: Asked) => limitOf(asked) > 10 };
      scene.fault({ ...seatgeek, kind: 'status', status: 500, match });
      const read = scene.fault({ ...seatgeek, kind: 'meanwhile', match: FEED, before: () => scene.restart() });
      const { counts } = await scene.pipeline.importSample(PAGE);
      assert.equal(read.hits, 1);
      assert.equal(counts.created, PAGE);
    }));
});

describe('a feed that refuses a request now and then', () => {
  const REFUSALS: readonly (readonly [string, Fault])[] = [
    ['429', { ...seatgeek, kind: 'retry-after', seconds: 1, form: 'seconds' }],
    ['429 that does not say how long', { ...seatgeek, kind: 'retry-after', seconds: 1, form: 'none' }],
    ['503', { ...seatgeek, kind: 'status', status: 503 }],
    ['406', { ...seatgeek, kind: 'status', status: 406 }],
    ['a web page', { ...seatgeek, kind: 'html' }],
  ];
  for (const [title, refusal] of REFUSALS)
    it(`is read to its end in one run, at its size (${title})`, () =>
      play({ connection: { seatgeek: { pageSize: 10 } }, faster: 1_000 }, [], async (scene) => {
        scene.addMany(500);
        scene.fault({ ...refusal, match: { ...FEED, every: 5 } });
        await assertAllThere(scene);
        assert.ok(scene.sandbox.seatgeek.requests.count <= 90, `${scene.sandbox.seatgeek.requests.count} requests`);
      })).timeout(60_000);

  it('is given up where it refuses all of them, and goes on later', () =>
    play({ faster: 1_000 }, [], async (scene) => {
      scene.addMany(300);
      const limit = { kind: 'retry-after', seconds: 1, form: 'seconds' } as const;
      scene.fault({ ...seatgeek, ...limit, match: { ...FEED, after: 1 } });
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.pipeline.errors.at(-1)?.code, 'seatgeek-rate-limited');
      scene.sandbox.faults.clear();
      await assertAllThere(scene);
    })).timeout(60_000);
});

describe('a row that is no object', function () {
  this.timeout(60_000);

  for (const odd of [null, 'x', ['p2']])
    it(`is told, and keeps nobody else from being written: ${JSON.stringify(odd)}`, () =>
      play({}, [], async (scene) => {
        scene.addMany(5);
        const rewrite = (json: unknown): unknown => {
          const page = json as { data: unknown[] };
          return { ...page, data: page.data.map((row, n) => (n === 2 ? odd : row)) };
        };
        scene.fault({ system: 'seatgeek', kind: 'rewritten-json', match: { ...FEED, every: 1 }, rewrite });
        await scene.sync();
        assert.deepEqual(
          ['p0', 'p1', 'p2', 'p3', 'p4'].map((id) => scene.users(id).length),
          [1, 1, 0, 1, 1],
        );
        assert.deepEqual(
          scene.pipeline.state.rejected.users.map(({ code }) => code),
          ['id-missing'],
        );
      }));
});

describe('a row that can not be had alone', function () {
  this.timeout(60_000);
  const ROW = 50;

  const EFFECTS: readonly (readonly [string, Fault, string])[] = [
    ['a cut answer', { ...seatgeek, kind: 'truncated-json' }, 'row-unreadable'],
    ['413', { ...seatgeek, kind: 'status', status: 413 }, 'row-unreadable'],
    ['an answer without end', { ...seatgeek, kind: 'endless' }, 'row-unreadable'],
    ['500', { ...seatgeek, kind: 'status', status: 500 }, 'seatgeek-unavailable'],
    ['502 as a web page', { ...seatgeek, kind: 'html', status: 502 }, 'seatgeek-unavailable'],
    ['a connection cut', { ...seatgeek, kind: 'reset-before' }, 'seatgeek-unreachable'],
    ['504', { ...seatgeek, kind: 'status', status: 504 }, 'seatgeek-timeout'],
  ];
  for (const [title, effect, code] of EFFECTS)
    it(`does not keep those before it from being written (${title})`, () =>
      play({ connection: { seatgeek: { pageSize: 20 } } }, [], async (scene) => {
        scene.addMany(60);
        scene.fault({ ...effect, match: { ...FEED, every: 1, where: readsEvent(ROW) } });
        // Where a page is too slow it takes a second run to get down to one row.
        for (let turn = 0; turn < 2; turn += 1) assert.equal(await scene.run(), 'failed');
        assert.equal(scene.pipeline.errors.at(-1)?.code, code);
        for (const n of [0, ROW - 1]) scene.user(`p${n}`);
        assert.ok(scene.sandbox.seatgeek.requests.count <= 100, `${scene.sandbox.seatgeek.requests.count} requests`);
        scene.sandbox.faults.clear();
        await assertAllThere(scene);
      }));

  it('is not taken for one where SeatGeek is away for a moment: the survey goes on behind it', () =>
    play({ connection: { seatgeek: { pageSize: 20 } } }, [], async (scene) => {
      scene.add('p0', { last_name: 'Old' });
      scene.addMany(60, () => ({}), 1);
      scene.add('p0', { last_name: 'New' });
      let isAway = false;
      const where = (asked: Asked): boolean => (isAway ||= readsEvent(ROW)(asked));
      const match = { ...FEED, every: 1, where };
      const away = scene.fault({ ...seatgeek, kind: 'status', status: 500, match, times: 7 });
      await assertAllThere(scene);
      assert.equal(away.hits, 7);
      // Nobody was written before all was known.
      assert.deepEqual([scene.sandbox.halo.writes.created, scene.sandbox.halo.writes.updated], [61, 0]);
      assert.equal(scene.user('p0').surname, 'New');
    }));
});

describe('a pass', function () {
  this.timeout(60_000);

  it('goes on from its cursor on another worker, also where the cursor it once began with has expired', () =>
    play({ connection: { seatgeek: { pageSize: 20 } }, faster: 1_000 }, [], async (scene) => {
      scene.addMany(10);
      await scene.sync();
      const from = scene.pipeline.state.cursor;
      scene.addMany(60, (n) => ({ last_name: `New ${n}` }));
      let isOut = false;
      const outage = scene.fault({
        system: 'halo',
        kind: 'status',
        status: 503,
        match: { ...POST_USERS, every: 1, where: ({ body }) => (isOut ||= body.includes('New 25')) },
      });
      assert.equal(await scene.run(), 'failed');
      assert.ok(outage.hits > 0 && scene.pipeline.state.cursor !== from);
      scene.sandbox.faults.clear();
      scene.restart();
      const expired = scene.fault({
        ...seatgeek,
        kind: 'status',
        status: 410,
        match: { ...FEED, every: 1, where: ({ query }) => query.get('cursor') === from },
      });
      await assertAllThere(scene);
      assert.ok(expired.hits > 0);
    }));
});

describe('a feed that has nothing to say', function () {
  this.timeout(90_000);

  for (const noNews of SEATGEEK_DIALECT.noNews.values) {
    for (const endCursor of SEATGEEK_DIALECT.endCursor.values) {
      it(`leaves cursor and people as they are (${noNews}, cursor ${endCursor})`, () =>
        play({ seatgeek: { noNews, endCursor } }, [], async (scene) => {
          scene.addMany(20);
          await assertAllThere(scene);
          const { count } = scene.sandbox.halo.writes;
          for (let turn = 0; turn < 2; turn += 1) await assertAllThere(scene);
          scene.addMany(3, undefined, 100);
          await assertAllThere(scene);
          assert.equal(scene.sandbox.halo.writes.created, 23);
          assert.ok(scene.sandbox.halo.writes.count >= count);
        }));
    }

    it(`does so before anybody was ever there (${noNews})`, () =>
      play({ seatgeek: { noNews } }, [], async (scene) => {
        await assertAllThere(scene);
        scene.addMany(3);
        await assertAllThere(scene);
      }));
  }

  it('may leave out the rows that it does not have', () =>
    play({}, [], async (scene) => {
      scene.addMany(3);
      await assertAllThere(scene);
      const rewrite = (json: unknown): unknown => ({ ...(json as object), data: undefined });
      const idle = scene.fault({ ...seatgeek, kind: 'rewritten-json', match: { ...FEED, after: 0 }, rewrite });
      await assertAllThere(scene);
      assert.ok(idle.hits > 0);
    }));

  it('may serve a hundred pages without rows in a row', () =>
    play(
      { seatgeek: { emptyPageEvery: 3, emptyPages: 100 }, connection: { seatgeek: { pageSize: 50 } } },
      [],
      async (scene) => {
        scene.addMany(150);
        await assertAllThere(scene);
      },
    ));

  for (const length of [1, 2, 3]) {
    it(`ends a run whose cursors go in a circle of ${length}, in few requests and with people settled`, () =>
      play({ connection: { seatgeek: { pageSize: 10 } } }, [], async (scene) => {
        scene.addMany(80);
        const seen: string[] = [];
        const rewrite = (json: unknown): unknown => {
          const cursor = String((json as { cursor?: unknown }).cursor);
          seen.push(cursor);
          return {
            ...(json as object),
            cursor: seen.length > 3 ? seen[3 - length + ((seen.length - 3) % length)] : cursor,
            has_more: true,
          };
        };
        scene.fault({ ...seatgeek, kind: 'rewritten-json', match: { ...FEED, after: 0 }, rewrite });
        assert.equal(await scene.run(), 'failed');
        assert.ok(scene.sandbox.seatgeek.requests.count <= 60, `${scene.sandbox.seatgeek.requests.count} requests`);
        scene.sandbox.faults.clear();
        await scene.sync();
        scene.assertRight();
      }));
  }

  it('loses nobody when it answers nothing in mid-import', () =>
    play({ connection: { seatgeek: { pageSize: 50 } } }, [], async (scene) => {
      scene.addMany(200);
      scene.fault({ ...seatgeek, kind: 'rewritten-text', rewrite: () => '', match: { ...FEED, after: 2 }, times: 2 });
      await assertAllThere(scene);
    }));

  it('is not believed once in mid-survey, whoever else reads it meanwhile: nobody is written before all is known', () =>
    play({ connection: { seatgeek: { pageSize: 20 } } }, [], async (scene) => {
      scene.add('p0', { last_name: 'Old' });
      scene.addMany(59, () => ({}), 1);
      scene.add('p0', { last_name: 'New' });
      const match = { ...FEED, where: readsEvent(60) };
      const empty = scene.fault({ ...seatgeek, kind: 'hold', match, rewrite: () => '' });
      const run = assertAllThere(scene);
      await empty.struck();
      await scene.pipeline.preview(10);
      empty.release();
      await run;
      const { created, updated } = scene.sandbox.halo.writes;
      assert.deepEqual([created, updated], [60, 0]);
    }));

  for (const [title, moment] of [
    ['the page just fetched', { ...seatgeek, match: FEED }],
    ['the next page', { system: 'halo', match: { ...POST_USERS, where: sends(holds('p19@')) } }],
  ] as const)
    it(`is not believed of ${title} where another worker goes on`, () =>
      play({ connection: { seatgeek: { pageSize: 20 } } }, [], async (scene) => {
        scene.addMany(60);
        let empty: PlacedFault | undefined;
        const after = (): void => {
          scene.restart();
          empty = scene.fault({ ...seatgeek, kind: 'rewritten-text', match: FEED, rewrite: () => '', times: 2 });
        };
        scene.fault({ ...moment, kind: 'meanwhile', after });
        await assertAllThere(scene);
        assert.equal(empty?.hits, 2);
      }));

  it('may nest a value of one person without end', () =>
    play({ seatgeek: { sequence: 'absent' } }, [], async (scene) => {
      scene.add('a');
      scene.add('a', { seats: 'DEEP' });
      scene.add('b');
      const nest = '['.repeat(20_000) + ']'.repeat(20_000);
      const rewrite = (text: string): string => text.replaceAll('"DEEP"', nest);
      scene.fault({ ...seatgeek, kind: 'rewritten-text', rewrite, match: { ...FEED, after: 0 } });
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
      assert.deepEqual([scene.users('a').length, scene.users('b').length], [1, 1]);
    }));
});
