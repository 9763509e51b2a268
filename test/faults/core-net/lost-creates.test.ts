import assert from 'node:assert/strict';
import { holds, isNew, itemsOf, listsNewest, sends, type Asked } from '../../../src/sandbox/asked.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import type { FaultEffect, PlacedFault } from '../../../src/sandbox/faults.js';
import { GET_USERS, namesake, play, POST_USERS, stranger, type Scene } from './scene.js';

const SIZE = 20;
const HOUR = 3_600_000;
/** Of the program's clock. */
const LATE_MS = 45_000;
const CREATES = { ...POST_USERS, where: sends(isNew) };

const GIVEN_UP: readonly (readonly [string, number | 'cut' | 'silence'])[] = [
  ['502', 502],
  ['504', 504],
  ['a connection cut', 'cut'],
  ['no answer', 'silence'],
];

/** After `lost` has struck, so many reads of users fail. */
function failReads(scene: Scene, lost: PlacedFault, times: number): PlacedFault {
  const where = (): boolean => lost.hits > 0;
  const match = { method: 'GET', path: '/api/Users', where, after: 0 } as const;
  return scene.fault({ system: 'halo', kind: 'status', status: 503, match, times });
}

describe('a create that Halo does long after a gateway gave up', function () {
  this.timeout(60_000);

  for (const [title, status] of GIVEN_UP) {
    for (const writeBatch of [1, 10]) {
      it(`doubles nobody (${title}, arrays of ${writeBatch}, 45 seconds late)`, () =>
        play({ connection: { halo: { writeBatch } }, timeoutMs: 300 }, [], async (scene) => {
          scene.addMany(SIZE);
          const late = scene.fault({ system: 'halo', kind: 'late-commit', status, afterMs: LATE_MS, match: CREATES });
          await scene.sync();
          await late.settled();
          assert.equal(late.hits, 1);
          scene.assertRight();
        }));
    }

    it(`doubles nobody though the look that follows fails (${title})`, () =>
      play({ timeoutMs: 300 }, [], async (scene) => {
        scene.addMany(SIZE);
        const lost = scene.fault({ system: 'halo', kind: 'late-commit', status, afterMs: LATE_MS, match: CREATES });
        const failed = failReads(scene, lost, 9);
        await scene.sync();
        await lost.settled();
        assert.equal(failed.hits, 9);
        scene.assertRight();
      }));

    it(`doubles nobody though the worker dies before it has looked (${title})`, () =>
      play({ timeoutMs: 300 }, [], async (scene) => {
        scene.addMany(SIZE);
        const lost = scene.fault({ system: 'halo', kind: 'late-commit', status, afterMs: LATE_MS, match: CREATES });
        const match = { method: 'GET', path: '/api/Users', where: () => lost.hits > 0 } as const;
        scene.fault({ system: 'halo', kind: 'meanwhile', match, before: () => scene.pipeline.restartWorker() });
        failReads(scene, lost, 9);
        await scene.sync();
        await lost.settled();
        scene.assertRight();
      }));
  }
});

const GARBLED: readonly FaultEffect[] = [
  { kind: 'truncated-json' },
  { kind: 'reset-after-commit' },
  { kind: 'status-after-commit', status: 500 },
  { kind: 'rewritten-json', rewrite: () => ({}) },
  { kind: 'rewritten-json', rewrite: () => [] },
  { kind: 'rewritten-text', rewrite: () => '<html>' },
];

describe('a create whose answer is garbled', function () {
  this.timeout(60_000);

  for (const [at, effect] of GARBLED.entries()) {
    for (const times of [1, 3, 9]) {
      it(`doubles nobody though ${times} looks fail and more is written in the same run (${effect.kind} ${at})`, () =>
        play({}, [], async (scene) => {
          scene.addMany(3 * SIZE);
          const lost = scene.fault({ system: 'halo', ...effect, match: { ...CREATES, nth: 2 } });
          const failed = failReads(scene, lost, times);
          await scene.sync();
          assert.ok(failed.hits > 0);
          scene.assertRight();
          scene.assertNobodyDoubled();
        }));
    }
  }
});

const ARRAYS = { ...POST_USERS, where: (asked: Asked) => itemsOf(asked).length > 5 };
const LATE: readonly (readonly [string, number, Partial<HaloDialect>, FaultEffect | null])[] = [
  ['that never names anybody', 10, { answerNames: 'nobody' }, null],
  ['that names nobody, once', 10, {}, { kind: 'rewritten-json', rewrite: () => ({}) }],
  ['that names nobody, once', 40, {}, { kind: 'rewritten-json', rewrite: () => ({}) }],
  ['that is a 500, once', 30, {}, { kind: 'status-after-commit', status: 500 }],
  ['that is a refusal, once', 10, {}, { kind: 'status-after-commit', status: 400 }],
];

/** Lists lack whoever was created less than so many seconds ago. */
function listLate(scene: Scene, seconds: number): void {
  const { halo } = scene.sandbox;
  scene.clock.setForward(HOUR);
  const isListed = ({ id }: { readonly id: number }): boolean =>
    Date.parse(halo.store.get(id)?.created ?? '') < scene.clock.now() - seconds * 1_000;
  const rewrite = (list: unknown): unknown => {
    const users = (list as { readonly users: readonly { readonly id: number }[] }).users.filter(isListed);
    return { record_count: users.length, users };
  };
  const match = { ...GET_USERS, after: 0 };
  scene.fault({ system: 'halo', kind: 'rewritten-json', rewrite, match, times: Number.POSITIVE_INFINITY });
}

describe('the answer to an array of new users', function () {
  this.timeout(60_000);

  for (const [title, seconds, halo, effect] of LATE) {
    it(`${title}, doubles nobody where lists show new users ${seconds} seconds later`, () =>
      play({ halo, faster: 50 }, [stranger(1)], async (scene) => {
        listLate(scene, seconds);
        if (effect !== null) scene.fault({ system: 'halo', ...effect, match: ARRAYS });
        scene.addMany(30);
        await scene.sync();
        scene.assertNobodyDoubled();
      }));
  }

  it('is waited for no longer than before where lists show new users at once', () =>
    play({ faster: 10 }, [stranger(1)], async (scene) => {
      const fits = holds('Bad');
      const kind = 'swallow-item';
      scene.fault({ system: 'halo', kind, answer: {}, fits, times: Number.POSITIVE_INFINITY, match: POST_USERS });
      scene.addMany(30, (n) => (n % 10 === 4 ? { last_name: 'Bad' } : {}));
      await scene.run();
      assert.deepEqual(scene.rejected(), ['p14', 'p24', 'p4']);
      // Three looks for the one left out of each of three arrays, and again when it went alone; a fourth would be the long wait.
      const looks = scene.requests.of('GET', '/api/Users').length;
      assert.ok(looks <= 22, `${looks} lists`);
    }));
});

/** Longer than Halo's column, in a field that is not looked at before it is sent. */
const TOO_LONG = { mobile_phone: '1'.repeat(4_001) };

describe('somebody bad in an array', function () {
  this.timeout(60_000);

  for (const arrays of HALO_DIALECT.arrays.values) {
    it(`sends nobody new again without a look at who has come (${arrays})`, () =>
      play({ halo: { arrays } }, [], async (scene) => {
        scene.addMany(SIZE);
        await scene.sync();
        // Changed and new people, a bad one among each; somebody comes by hand between two requests.
        scene.addMany(SIZE / 2, (n) => ({ loyalty_tier: 'Silver', ...(n === 3 && TOO_LONG) }));
        scene.addMany(SIZE, (n) => (n === 104 ? TOO_LONG : {}), 100);
        const byHand: number[] = [];
        for (const id of ['p109', 'p112']) {
          const where = sends((item) => isNew(item) && holds(`${id}@example.org`)(item));
          const create = (): void => void byHand.push(scene.sandbox.halo.store.create(namesake(id)));
          let times = 0;
          scene.fault({
            system: 'halo',
            kind: 'meanwhile',
            // Whoever is sent a second time has been looked for in between.
            match: { ...POST_USERS, where: (asked) => where(asked) && (times += 1) === 2 },
            before: create,
          });
        }
        await scene.sync();
        assert.deepEqual(scene.rejected(), ['p104', 'p3']);
        for (const n of [100, 101, 103, 105, 109, 112, 119])
          scene.users(`p${n}`).forEach(({ inactive }) => assert.equal(inactive, false));
        assert.ok(scene.users('p109').length <= 1 && scene.users('p112').length <= 1);
      }));

    it(`doubles nobody who comes by hand before the newest are read (${arrays})`, () =>
      play({ halo: { arrays } }, [], async (scene) => {
        scene.addMany(3 * SIZE, (n) => (n % 20 === 4 ? TOO_LONG : {}));
        let byHand = 0;
        scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: { method: 'GET', path: '/api/Users', where: listsNewest, nth: 2 },
          before: () => void (byHand = scene.sandbox.halo.store.create(namesake('p59'))),
        });
        await scene.sync();
        scene.assertNobodyDoubled();
        assert.equal(scene.user('p59').id, byHand === 0 ? scene.user('p59').id : byHand);
        assert.deepEqual(scene.rejected(), ['p24', 'p4', 'p44']);
      }));
  }
});

interface List {
  readonly users: readonly unknown[];
}

/** Of four arrays of `size` nobody knows what became, so that the newest users are read page after page. */
function loseFour(scene: Scene, size: number): PlacedFault {
  const where = (asked: Asked): boolean => itemsOf(asked).length === size;
  const match = { ...POST_USERS, where, after: 3 };
  return scene.fault({ system: 'halo', kind: 'reset-after-commit', times: 4, match });
}

/** Further pages of the newest users, once `lost` has struck. */
function pagesAfter(lost: PlacedFault, no?: number): (asked: Asked) => boolean {
  return (asked) => {
    const page = Number(asked.query.get('page_no'));
    return lost.hits > 0 && listsNewest(asked) && (no === undefined ? page > 1 : page === no);
  };
}

describe('the newest users, read after creates were lost', function () {
  this.timeout(60_000);

  const options = { connection: { seatgeek: { pageSize: 1_000 }, halo: { writeBatch: 100 } }, faster: 200 };

  it('are all found where pages are cut to fifty rows and begin where pages of the size asked for would', () =>
    play(options, [stranger(1)], async (scene) => {
      scene.fault({
        system: 'halo',
        kind: 'rewritten-json',
        times: Number.POSITIVE_INFINITY,
        rewrite: (json) => ({ ...(json as List), users: (json as List).users.slice(0, 50) }),
        match: { ...GET_USERS, where: ({ query }) => Number(query.get('page_size')) > 50 },
      });
      const where = (asked: Asked): boolean => sends(isNew)(asked) && itemsOf(asked).length > 50;
      const lost = scene.fault({ system: 'halo', kind: 'reset-after-commit', match: { ...POST_USERS, where } });
      scene.addMany(90);
      await scene.sync();
      assert.equal(lost.hits, 1);
      scene.assertNobodyDoubled();
    }));

  for (const [deleted, created, page] of [
    [1, 0, 3],
    [1, 0, 2],
    [150, 0, 4],
    [350, 0, 5],
    [3, 2, 3],
    [2, 3, 3],
    [0, 120, 2],
  ] as const)
    it(`are all found though ${deleted} are deleted and ${created} created before page ${page}`, () =>
      play(options, [stranger(1)], async (scene) => {
        const lost = loseFour(scene, 100);
        const { store } = scene.sandbox.halo;
        const placed = scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: { ...GET_USERS, where: pagesAfter(lost, page) },
          before: () => {
            for (let n = 0; n < deleted; n += 1) store.remove(store.lastId('users') - n);
            for (let n = 0; n < created; n += 1) store.create(stranger(9_000 + n));
          },
        });
        scene.addMany(1_000);
        await scene.sync();
        assert.equal(placed.hits, 1);
        scene.assertNobodyDoubled();
      }));

  it('are not created again while somebody of them is deleted before each page', () =>
    play(options, [stranger(1)], async (scene) => {
      const lost = loseFour(scene, 100);
      const { store } = scene.sandbox.halo;
      let last = Infinity;
      scene.fault({
        system: 'halo',
        kind: 'meanwhile',
        times: 40,
        match: { ...GET_USERS, where: pagesAfter(lost), after: 0 },
        before: () => store.remove((last = Math.min(last, store.lastId('users')) - 1)),
      });
      scene.addMany(900);
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  it('are all found behind a page that is empty once', () =>
    play(options, [stranger(1)], async (scene) => {
      const lost = loseFour(scene, 100);
      const placed = scene.fault({
        system: 'halo',
        kind: 'rewritten-json',
        rewrite: (json) => ({ ...(json as List), users: [] }),
        match: { ...GET_USERS, where: pagesAfter(lost, 3) },
      });
      scene.addMany(1_000);
      await scene.sync();
      assert.equal(placed.hits, 1);
      scene.assertNobodyDoubled();
    }));

  it('are not read for ever where Halo gives the first page for each', () =>
    play(options, [stranger(1)], async (scene) => {
      const lost = loseFour(scene, 100);
      // It would go on for ever: after 50 times the sandbox gives the pages asked for.
      const placed = scene.fault({
        system: 'halo',
        kind: 'rewritten-json',
        times: 50,
        rewrite: (json) => {
          const newest = scene.sandbox.halo.users().sort((a, b) => b.id - a.id);
          return { ...(json as List), users: newest.slice(0, 100) };
        },
        match: { ...GET_USERS, where: pagesAfter(lost), after: 0 },
      });
      scene.addMany(900);
      await scene.run();
      assert.ok(placed.hits > 0 && placed.hits < 20, `${placed.hits} pages were read, each the same`);
      scene.sandbox.faults.clear();
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  for (const listRows of ['several-counted', 'several-not-counted'] as const)
    it(`are all found, for few requests, where some have several rows (${listRows})`, () =>
      play({ ...options, halo: { listRows } }, [stranger(1)], async (scene) => {
        const lost = loseFour(scene, 100);
        scene.addMany(900);
        await scene.sync();
        assert.ok(lost.hits > 0);
        assert.ok(scene.requests.count < 60, `${scene.requests.count} requests`);
        scene.assertNobodyDoubled();
      }));

  it('are not taken for all found where one page has as many rows as there are users, and keeps to no order', () =>
    play(
      { halo: { listOrder: 'by-name', listRows: 'several-not-counted' } },
      Array.from({ length: 85 }, (_, n) => ({ ...stranger(n), name: `Aa ${n}` })),
      async (scene) => {
        const where = (asked: Asked): boolean => sends(isNew)(asked) && itemsOf(asked).length > 1;
        const lost = scene.fault({ system: 'halo', kind: 'reset-after-commit', match: { ...POST_USERS, where } });
        scene.addMany(10);
        await scene.sync();
        assert.equal(lost.hits, 1);
        scene.assertRight();
        scene.assertNobodyDoubled();
      },
    ));
});
