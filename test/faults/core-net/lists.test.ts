import assert from 'node:assert/strict';
import {
  type Asked,
  holds,
  isNew,
  listsNewest,
  listsPage,
  listsRow,
  looksUp,
  pageSize,
  sends,
} from '../../../src/sandbox/asked.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { isObject } from '../../../src/json.js';
import { customValue, type HaloUser, type UserDraft } from '../../../src/sandbox/halo-store.js';
import type { Sandbox } from '../../../src/sandbox/start.js';
import type { MappedPerson } from '../../../src/mapping/types.js';
import { HaloBench, outcomes, person } from '../../unit/halo/halo-bench.js';
import { skippingClock } from './five-at-a-time.js';
import { type Columns, FEED, GET_USERS, namesake, play, POST_USERS, stranger, type Scene } from './scene.js';

const USERS = 350;
const EVERY = 10;

/** Every tenth is somebody of the feed, found by e-mail address. */
const halo: readonly UserDraft[] = Array.from({ length: USERS }, (_, n) =>
  n % EVERY === 0 ? namesake(`p${n}`) : stranger(n),
);

function addFeed(scene: Scene, columns: Columns = {}): void {
  for (let n = 0; n < USERS; n += EVERY) scene.add(`p${n}`, columns);
  scene.addMany(5, undefined, 1_000);
}

/** Ids of strangers, oldest first. */
function strangers(scene: Scene): number[] {
  return scene.sandbox.halo.users().flatMap(({ id, name }) => (name.startsWith('Stranger') ? [id] : []));
}

const ids = (scene: Scene): number[] => scene.sandbox.halo.users().map(({ id }) => id);

describe("a list of Halo's users that changes while it is read", function () {
  this.timeout(60_000);

  for (const pageCap of [100, 50] as const) {
    for (const page of pageCap === 100 ? [2, 3, 4] : [2, 4, 7]) {
      for (const created of [0, 3]) {
        it(`doubles nobody: 3 deleted and ${created} created before page ${page} (pages of ${pageCap})`, () =>
          play({ halo: { pageCap } }, halo, async (scene) => {
            addFeed(scene);
            const gone = strangers(scene).slice(0, 3);
            const { store } = scene.sandbox.halo;
            const known = new Set(ids(scene));
            const come: number[] = [];
            const placed = scene.fault({
              system: 'halo',
              kind: 'meanwhile',
              match: { ...GET_USERS, where: listsPage(page) },
              before: () => {
                for (const id of gone) store.remove(id);
                for (let n = 0; n < created; n += 1) come.push(store.create(stranger(9_000 + n)));
              },
            });
            await scene.sync();
            assert.equal(placed.hits, 1);
            assert.ok(come.every((id) => !known.has(id)));
            scene.assertRight({ byOthers: [...gone, ...come] });
            scene.assertNobodyDoubled();
          }));
      }
    }
  }

  for (const [gone, pages] of [
    [150, [4]],
    [250, [4]],
    [75, [3, 4, 5]],
  ] as const) {
    it(`doubles nobody: ${gone} deleted at once before page ${pages.join(', ')}`, () =>
      play({}, [...halo, ...Array.from({ length: 550 }, (_, n) => namesake(`p${USERS + n}`))], async (scene) => {
        addFeed(scene);
        for (let n = USERS; n < USERS + 550; n += 1) scene.add(`p${n}`);
        const left = strangers(scene);
        for (const page of pages)
          scene.fault({
            system: 'halo',
            kind: 'meanwhile',
            match: { ...GET_USERS, where: listsPage(page) },
            before: () => {
              for (const id of left.splice(0, gone)) scene.sandbox.halo.store.remove(id);
            },
          });
        await scene.sync();
        assert.equal(strangers(scene).length, left.length);
        scene.assertNobodyDoubled();
      }));
  }

  it('is given up soon where somebody is deleted before every page, and read once that is over', () =>
    play({}, [...halo, ...Array.from({ length: 900 }, (_, n) => stranger(2_000 + n))], async (scene) => {
      addFeed(scene);
      const left = strangers(scene);
      const cleanUp = scene.fault({
        system: 'halo',
        kind: 'meanwhile',
        match: { ...GET_USERS, every: 1 },
        before: () => {
          const id = left.shift();
          if (id !== undefined) scene.sandbox.halo.store.remove(id);
        },
      });
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.pipeline.state.lastError?.code, 'halo-list-unsteady');
      assert.ok(cleanUp.hits < 300, `${cleanUp.hits} requests`);
      scene.sandbox.faults.clear();
      await scene.sync();
      assert.equal(strangers(scene).length, left.length);
      scene.assertNobodyDoubled();
    }));

  for (const page of [1, 2, 4]) {
    it(`doubles nobody: somebody of the feed is created by hand after page ${page}`, () =>
      play({}, halo, async (scene) => {
        addFeed(scene);
        scene.add('late');
        let byHand = 0;
        scene.fault({
          system: 'halo',
          kind: 'meanwhile',
          match: { ...GET_USERS, where: listsPage(page) },
          after: () => void (byHand = scene.sandbox.halo.store.create(namesake('late'))),
        });
        await scene.sync();
        assert.equal(scene.user('late').id, byHand);
        scene.assertNobodyDoubled();
      }));
  }
});

/** Each as long as the list is read. */
const STRANGE: readonly (readonly [string, Partial<HaloDialect>, (scene: Scene) => void])[] = [
  ['an empty page before everybody was seen, once', {}, (scene) => emptyPage(scene, 1)],
  ['an empty page before everybody was seen, each time', {}, (scene) => emptyPage(scene, Number.POSITIVE_INFINITY)],
  [
    'rows in an order of its own while others create users',
    { listOrder: 'by-name' },
    (scene) => createdMeanwhile(scene),
  ],
  ['rows in the order asked for while others create users', {}, (scene) => createdMeanwhile(scene)],
];

function emptyPage(scene: Scene, times: number): void {
  scene.fault({
    system: 'halo',
    kind: 'rewritten-json',
    match: { ...GET_USERS, where: listsPage(3) },
    times,
    rewrite: (json) => ({ ...(json as object), users: [] }),
  });
}

/** Before each page somebody comes whose name is first in the alphabet. */
function createdMeanwhile(scene: Scene): void {
  let count = 0;
  scene.fault({
    system: 'halo',
    kind: 'meanwhile',
    match: { ...GET_USERS, where: ({ query }) => Number(query.get('page_no')) > 1, after: 0 },
    times: 40,
    before: () => {
      for (let n = 0; n < 5; n += 1) {
        count += 1;
        scene.sandbox.halo.store.create({ name: `Aa ${count}`, emailaddress: `aa.${count}@example.org` });
      }
    },
  });
}

describe("a list of Halo's users that was empty when it was first read", function () {
  this.timeout(60_000);

  for (const times of [1, 5])
    it(`is read to its end while somebody else creates users (before ${times} of its pages)`, () =>
      play({}, [], async (scene) => {
        scene.addMany(150);
        let count = 0;
        const before = (): void => {
          for (let n = 0; n < 60; n += 1) scene.sandbox.halo.store.create(stranger((count += 1)));
        };
        let isDone = false;
        const where = (asked: Asked): boolean => {
          isDone ||= count === 0 && listsNewest(asked) && asked.query.get('page_no') === '2';
          return isDone && listsNewest(asked);
        };
        scene.fault({ system: 'halo', kind: 'meanwhile', match: { ...GET_USERS, where, after: 0 }, times, before });
        assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
        assert.equal(count, 60 * times);
        scene.assertNobodyDoubled();
      }));

  it('is read to its end where it shows the first users created only later', () =>
    play({ halo: { listLag: 10 } }, [], async (scene) => {
      scene.addMany(150);
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
      scene.assertNobodyDoubled();
    }));

  for (const users of [100, 113, 200])
    it(`is read to its end in a few pages, whatever the last one holds (${users} users)`, async () => {
      const bench = await HaloBench.start();
      try {
        const run = bench.run();
        assert.equal(await run.countUsers(), 0);
        for (let n = 1; n < users; n += 1) bench.add(stranger(n));
        bench.add(namesake('late'));
        const before = run.requests;
        await run.write([person('late')], { othersMayHaveWritten: true });
        assert.equal(bench.people().length, users);
        assert.ok(run.requests - before < 7, `${run.requests - before} requests`);
      } finally {
        await bench.close();
      }
    });
});

describe("a list of Halo's users with several rows of one user", function () {
  this.timeout(60_000);

  for (const listRows of ['several-counted', 'several-not-counted'] as const)
    for (const listOrder of HALO_DIALECT.listOrder.values)
      for (const pageCap of [100, 50] as const) {
        const dialect = { listRows, listOrder, pageCap };

        it(`stops nobody and doubles nobody (${JSON.stringify(dialect)})`, () =>
          play({ halo: dialect }, halo, async (scene) => {
            addFeed(scene);
            await scene.sync();
            addFeed(scene, { last_name: 'Changed' });
            await scene.sync();
            scene.assertRight();
            scene.assertNobodyDoubled();
          }));

        it(`nor while users are deleted and created (${JSON.stringify(dialect)})`, () =>
          play({ halo: dialect }, halo, async (scene) => {
            addFeed(scene);
            const gone = strangers(scene).slice(0, 3);
            const come: number[] = [];
            const { store } = scene.sandbox.halo;
            const before = (): void => {
              for (const id of gone) store.remove(id);
              for (let n = 0; n < 2; n += 1) come.push(store.create(stranger(9_000 + n)));
            };
            const placed = scene.fault({
              system: 'halo',
              kind: 'meanwhile',
              match: { ...GET_USERS, where: listsPage(3) },
              before,
            });
            await scene.sync();
            assert.equal(placed.hits, 1);
            scene.assertRight({ byOthers: [...gone, ...come] });
            scene.assertNobodyDoubled();
          }));
      }
});

describe("a list of Halo's users that does not hold what it should", function () {
  this.timeout(60_000);

  for (const [title, dialect, spoil] of STRANGE) {
    it(`doubles nobody: ${title}`, () =>
      play({ halo: dialect }, halo, async (scene) => {
        addFeed(scene);
        const before = ids(scene);
        spoil(scene);
        // A list that can't be believed may end the run; it must not end in doubles.
        await scene.run();
        scene.assertNobodyDoubled();
        scene.sandbox.faults.clear();
        await scene.sync();
        scene.assertNobodyDoubled();
        const people = USERS / EVERY + 5;
        assert.equal(before.filter((id) => ids(scene).includes(id)).length, before.length);
        assert.equal(scene.sandbox.seatgeek.feed.length, people);
        for (let n = 0; n < USERS; n += EVERY) scene.user(`p${n}`);
      }));
  }

  it('is read in smaller pages where one of a hundred always fails', () =>
    play({}, halo, async (scene) => {
      addFeed(scene);
      const where = (asked: Parameters<typeof pageSize>[0]): boolean => listsRow(150)(asked) && pageSize(asked) > 50;
      scene.fault({ system: 'halo', kind: 'status', status: 500, match: { ...GET_USERS, where, after: 0 } });
      await scene.sync();
      scene.assertRight();
      assert.ok(scene.requests.count <= 60, `${scene.requests.count} requests`);
    }));

  it('is gone round where one user makes every page fail that it stands on', () =>
    play({}, halo, async (scene) => {
      addFeed(scene);
      scene.fault({
        system: 'halo',
        kind: 'status',
        status: 500,
        match: { ...GET_USERS, where: listsRow(155), after: 0 },
      });
      await scene.sync();
      scene.assertRight();
    }));

  it('creates nobody again who was there before and is not shown any more', () =>
    play({}, halo, async (scene) => {
      addFeed(scene);
      await scene.sync();
      scene.assertRight();
      const all = ids(scene).length;
      scene.sandbox.halo.store.hide(({ id }) => id % 3 !== 0);
      scene.pipeline.restartWorker();
      scene.pipeline.clearCursor();
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.pipeline.errors.at(-1)?.code, 'brake-held');
      assert.equal(ids(scene).length, all);
      scene.sandbox.halo.store.hide(() => false);
      await scene.sync();
      assert.equal(ids(scene).length, all);
      scene.assertRight();
    }));

  for (const status of [404, 500]) {
    it(`stops nobody else where the details of one user are answered ${status}`, () =>
      play({}, halo, async (scene) => {
        addFeed(scene, { address_line_1: '1 High St', city: 'London' });
        const bad = scene.sandbox.halo.users().find(({ name }) => name === 'Old p20');
        assert.ok(bad !== undefined);
        const path = `/api/Users/${bad.id}`;
        const placed = scene.fault({
          system: 'halo',
          kind: 'status',
          status,
          match: { method: 'GET', path, after: 0 },
        });
        await scene.sync();
        assert.ok(placed.hits > 0);
        scene.assertNobodyDoubled();
        scene.assertRight({ rejected: ['p20'], byOthers: [bad.id] });
      }));
  }

  it('stops nobody where the details by which an array of changes is proved are answered 500', () =>
    play({ halo: { answerOfMany: 'object' } }, [], async (scene) => {
      scene.addMany(30);
      await scene.sync();
      scene.restart();
      // The last of each array of ten.
      for (const n of [9, 19, 29]) {
        const path = `/api/Users/${scene.user(`p${n}`).id}`;
        scene.fault({ system: 'halo', kind: 'status', status: 500, match: { method: 'GET', path, after: 0 } });
      }
      scene.addMany(30, (n) => ({ last_name: `New ${n}` }));
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
      scene.assertRight();
    }));
});

/** Requests for a list, in whatever order and of whatever size, on whose page this user stands. */
function lists(scene: Scene, id: number): (asked: Asked) => boolean {
  return (asked) => {
    if (looksUp(asked) || asked.path.endsWith(String(id))) return false;
    const users = scene.sandbox.halo.users().filter(({ name }) => name !== 'General User');
    const { listOrder } = scene.sandbox.options.halo;
    if (listOrder === 'by-name') users.sort(byName);
    else if (listOrder === 'honoured' && listsNewest(asked)) users.reverse();
    const order = users.map((user) => user.id);
    const query = new URLSearchParams(asked.query);
    query.delete('orderdesc');
    return listsRow(order.indexOf(id))({ ...asked, query });
  };
}

function byName(a: HaloUser, b: HaloUser): number {
  const [one, other] = [a.name.toLowerCase(), b.name.toLowerCase()];
  return one < other ? -1 : one > other ? 1 : a.id - b.id;
}

describe("a list of Halo's users that can not show one of them", function () {
  this.timeout(60_000);

  const hides = (scene: Scene, id: number): unknown =>
    scene.fault({
      system: 'halo',
      kind: 'status',
      status: 500,
      match: { ...GET_USERS, where: lists(scene, id), after: 0 },
    });
  const withOneOf = (at: number): UserDraft[] =>
    Array.from({ length: USERS }, (_, n) => (n === at ? namesake('hidden') : stranger(n)));
  const idOf = (scene: Scene): number => scene.sandbox.halo.users().find(({ name }) => name === 'Old hidden')?.id ?? 0;

  for (const at of [0, 99, 100, 150, 300, USERS - 1])
    it(`makes nobody a second time (user ${at} of ${USERS})`, () =>
      play({}, withOneOf(at), async (scene) => {
        scene.add('hidden');
        scene.addMany(3);
        hides(scene, idOf(scene));
        await scene.sync();
        scene.assertRight();
        scene.assertNobodyDoubled();
      }));

  for (const listOrder of HALO_DIALECT.listOrder.values)
    it(`creates nobody while one is not shown alone either, and writes everybody else (order: ${listOrder})`, () =>
      play({ halo: { listOrder } }, [...withOneOf(150), namesake('known')], async (scene) => {
        scene.addMany(3);
        for (const id of ['hidden', 'known']) scene.add(id);
        const hidden = idOf(scene);
        hides(scene, hidden);
        const path = `/api/Users/${hidden}`;
        scene.fault({ system: 'halo', kind: 'status', status: 500, match: { method: 'GET', path, after: 0 } });
        await scene.sync();
        scene.assertRight({ rejected: ['hidden', 'p0', 'p1', 'p2'], byOthers: [hidden] });
        scene.sandbox.faults.clear();
        scene.pipeline.clearCursor();
        await scene.sync();
        scene.assertRight();
      }));
});

describe("a list of Halo's users with a row that can not be read", function () {
  this.timeout(60_000);

  /** Who is in Halo has only what can't be read to be found by. */
  const ODD: readonly (readonly [string, unknown, UserDraft])[] = [
    [
      'customfields',
      [{ id: 'x', name: {}, value: 1 }],
      { ...namesake('p1'), emailaddress: 'x@example.org', customFields: { CFSeatGeekID: 'p1' } },
    ],
    ['emailaddress', { text: 'p1@example.org' }, namesake('p1')],
  ];
  const spoils = (scene: Scene, path: string, id: number, odd: object): unknown =>
    scene.fault({
      system: 'halo',
      kind: 'rewritten-json',
      match: { method: 'GET', path, after: 0 },
      rewrite: (json) => {
        const { users, ...list } = json as { users?: { id: number }[] };
        const spoilt = (row: { id: number }): object => (row.id === id ? { ...row, ...odd } : row);
        return users === undefined ? { ...list, ...odd } : { ...list, users: users.map(spoilt) };
      },
    });

  for (const [member, value, draft] of ODD)
    for (const isReadAlone of [true, false])
      it(`doubles nobody (${member}, ${isReadAlone ? 'read' : 'not read either'} alone)`, () =>
        play({}, [...halo.slice(1, 150), draft, ...halo.slice(151)], async (scene) => {
          const id = scene.sandbox.halo.users().find(({ name }) => name === 'Old p1')?.id ?? 0;
          scene.add('p1');
          scene.add('p5');
          spoils(scene, '/api/Users', id, { [member]: value });
          if (!isReadAlone) spoils(scene, `/api/Users/${id}`, id, { [member]: value });
          await scene.sync();
          if (isReadAlone) scene.assertRight();
          else scene.assertRight({ rejected: ['p1', 'p5'], byOthers: [id] });
        }));

  for (const status of [500, 403, 401])
    it(`stops nobody else where the user is not shown alone either (${status})`, () =>
      play({ faster: 1_000 }, [...halo.slice(1, 150), ...halo.slice(151)], async (scene) => {
        const [id = 0] = strangers(scene).slice(29);
        spoils(scene, '/api/Users', id, { emailaddress: { text: 'x' } });
        const match = { method: 'GET', path: `/api/Users/${id}`, after: 0 } as const;
        const placed = scene.fault({ system: 'halo', kind: 'status', status, match });
        scene.add('p10');
        scene.add('new');
        assert.deepEqual([await scene.run(), await scene.run()], ['completed', 'completed']);
        assert.ok(placed.hits > 0);
        scene.assertRight({ rejected: ['new'], byOthers: [id] });
      }));

  for (const [title, row] of [
    ['null', null],
    ['a text', 'p1'],
    ['without an id', { name: 'Old p1' }],
  ] as const)
    it(`doubles nobody and stops nobody (a row that is ${title})`, () =>
      play({}, [...halo.slice(1, 150), namesake('p1'), ...halo.slice(151)], async (scene) => {
        const id = scene.sandbox.halo.users().find(({ name }) => name === 'Old p1')?.id ?? 0;
        scene.add('p1');
        scene.add('p5');
        scene.fault({
          system: 'halo',
          kind: 'rewritten-json',
          match: { method: 'GET', path: '/api/Users', after: 0 },
          rewrite: (json) => {
            const { users, ...list } = json as { users: { id: number }[] };
            return { ...list, users: users.map((user) => (user.id === id ? row : user)) };
          },
        });
        await scene.sync();
        scene.assertRight();
      }));
});

describe('a list that shows new users only later', function () {
  this.timeout(60_000);

  const doublesNobody = (
    halo: Partial<HaloDialect>,
    placed: (scene: Scene) => unknown = () => undefined,
  ): Promise<void> =>
    play({ halo: { listLag: 10, ...halo } }, [], async (scene) => {
      scene.addMany(25);
      placed(scene);
      await scene.run();
      scene.assertNobodyDoubled();
    });

  for (const arrays of HALO_DIALECT.arrays.values)
    it(`doubles nobody where no answer names anybody (${arrays})`, () =>
      doublesNobody({ arrays, answerNames: 'nobody' }));

  it('doubles nobody where an answer names one of many', () => doublesNobody({ answerOfMany: 'object' }));

  for (const arrays of ['stops-at-bad', 'skips-bad'] as const)
    it(`doubles nobody where one of an array is bad (${arrays})`, () =>
      doublesNobody({ arrays, answerNames: 'nobody' }, (scene) =>
        scene.fault({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds('Name p4') }),
      ));

  it('doubles nobody of an array that is refused in part and can not be looked at', () =>
    play(
      { halo: { listLag: 10, arrays: 'stops-at-bad', answerNames: 'nobody' } },
      Array.from({ length: 5 }, (_, n) => stranger(n)),
      async (scene) => {
        scene.addMany(25);
        const refused = scene.fault({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds('Name p4') });
        const where = (asked: Asked): boolean => refused.hits > 0 && listsNewest(asked);
        scene.fault({ system: 'halo', kind: 'html', status: 403, match: { ...GET_USERS, where } });
        await scene.sync();
        scene.assertNobodyDoubled();
      },
    ));

  for (const kind of ['truncated-json', 'reset-after-commit'] as const)
    it(`doubles nobody where an answer is lost (${kind})`, () =>
      doublesNobody({}, (scene) =>
        scene.fault({ system: 'halo', kind, match: { ...POST_USERS, where: sends(isNew) } }),
      ));

  const many = Array.from({ length: 2_500 }, (_, n) => stranger(n));
  const meanwhile = {
    'right after': () => undefined,
    'an hour after': (scene: Scene) => {
      scene.clock.setForward(3_600_000);
    },
    'by another worker right after': (scene: Scene) => {
      scene.restart();
    },
  };

  /** A first run, a second one that creates `people`, and a third, before which `happens`, with newer images of the same. */
  const threeRuns = async (scene: Scene, people: number, happens: (scene: Scene) => void): Promise<void> => {
    scene.addMany(60);
    await scene.sync();
    scene.clock.setForward(300_000);
    scene.addMany(people, undefined, 100);
    await scene.sync();
    happens(scene);
    scene.addMany(people, () => ({ loyalty_tier: 'Silver' }), 100);
    await scene.sync();
    scene.assertNobodyDoubled();
    scene.assertRight();
  };

  for (const listOrder of HALO_DIALECT.listOrder.values)
    for (const people of [5, 60])
      for (const [title, happens] of Object.entries(meanwhile))
        it(`doubles nobody in a run ${title} the one that created ${people} people (order: ${listOrder})`, () =>
          play({ halo: { listLag: 10, listOrder } }, [], (scene) => threeRuns(scene, people, happens)));

  const soonAfter = Object.entries(meanwhile).filter(([title]) => title.endsWith('right after'));
  for (const listOrder of HALO_DIALECT.listOrder.values)
    for (const advancedSearch of ['none', 'emailaddress+customfields'] as const)
      for (const people of [5, 60])
        for (const [title, happens] of soonAfter)
          it(`doubles nobody of ${people} among many, in a run ${title} (order: ${listOrder}, search: ${advancedSearch})`, () =>
            play(
              { halo: { listLag: 10, listOrder, advancedSearch, advancedSearchIn: true }, faster: 20 },
              many,
              (scene) => threeRuns(scene, people, happens),
            ));

  const lookedUp = { listOrder: 'by-name', advancedSearch: 'emailaddress+customfields' } as const;
  const noEmail = { email: null };

  for (const [title, left] of [
    ['the SeatGeek ID of the newest user', {}],
    ['the SeatGeek ID and the e-mail address', { emailaddress: '' }],
  ] as const)
    it(`is not waited for where somebody has emptied ${title}`, () =>
      play({ halo: lookedUp, faster: 20 }, many, async (scene) => {
        scene.addMany(60);
        await scene.sync();
        const { id } = scene.user('p59');
        scene.sandbox.halo.store.update(id, { ...left, customFields: { CFSeatGeekID: '' } });
        scene.addMany(3, undefined, 100);
        await scene.sync();
        scene.user('p102');
        const asked = scene.requests.all().filter(({ path }) => path === `/api/Users/${id}`);
        assert.ok(asked.length > 0 && asked.length <= 3, `${asked.length} times`);
      }));

  it('doubles nobody of those accepted before an array that is refused as a whole', () =>
    play({ halo: { listLag: 10, arrays: 'all-or-nothing', answerOfMany: 'object' } }, [], async (scene) => {
      scene.addMany(100);
      const bad = (n: number): unknown =>
        scene.fault({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds(`Name p${n}`) });
      for (const n of [15, 55, 75, 95]) bad(n);
      await scene.run();
      scene.assertNobodyDoubled();
    }));

  const ends: Readonly<Record<string, (scene: Scene) => void>> = {
    'where the worker is told to end': (scene) => {
      scene.pipeline.endWorker();
    },
    'where it is paused': (scene) => {
      scene.pipeline.interrupt();
    },
  };
  for (const [title, end] of Object.entries(ends))
    it(`doubles nobody ${title} in the middle of the first page and another worker goes on at once`, () =>
      play({ halo: { listLag: 10 }, faster: 20 }, [stranger(1)], async (scene) => {
        scene.clock.setForward(60_000);
        scene.addMany(60);
        const after = (): void => {
          end(scene);
        };
        scene.fault({ system: 'halo', kind: 'meanwhile', match: { ...POST_USERS, nth: 4 }, after });
        await scene.run();
        scene.sandbox.faults.clear();
        scene.restart();
        await scene.sync();
        assert.ok(scene.pipeline.steps > 1);
        scene.assertNobodyDoubled();
        scene.assertRight();
      }));

  it('doubles nobody where the worker dies with all that it wrote and another goes on at once', () => {
    let died = false;
    const dies = (step: string): boolean => step === 'written' && !died && (died = true);
    return play({ halo: { listLag: 10 }, dies }, [stranger(1)], async (scene) => {
      scene.clock.setForward(60_000);
      scene.addMany(60);
      await scene.sync();
      assert.ok(died);
      scene.assertNobodyDoubled();
      scene.assertRight();
    });
  });

  it('is waited for two minutes, and once, where it never shows the newest user', () =>
    play({}, [], async (scene) => {
      scene.addMany(30);
      await scene.sync();
      const newest = scene.user('p29').id;
      let asked = 0;
      const isOther = (user: unknown): boolean => !isObject(user) || user['id'] !== newest;
      scene.fault({
        system: 'halo',
        kind: 'rewritten-json',
        times: Infinity,
        match: { ...GET_USERS, where: listsNewest },
        rewrite: (json) => {
          asked += 1;
          const users = isObject(json) && Array.isArray(json['users']) ? json['users'].filter(isOther) : [];
          return { users, record_count: users.length };
        },
      });
      const lists = async (tier: string): Promise<number> => {
        asked = 0;
        scene.addMany(4, () => ({ loyalty_tier: tier }));
        await scene.sync();
        assert.equal(scene.tier('p3'), tier);
        return asked;
      };
      const waiting = await lists('Silver');
      assert.ok(waiting > 3 && waiting <= 10, `${waiting} lists`);
      assert.ok((await lists('Gold')) <= 2);
    }));

  for (const listOrder of HALO_DIALECT.listOrder.values)
    it(`is read once more, 15 seconds later, where the newest user was deleted meanwhile (order: ${listOrder})`, () =>
      play({ halo: { listOrder, advancedSearch: 'none' } }, many, async (scene) => {
        scene.addMany(30);
        await scene.sync();
        scene.sandbox.halo.store.remove(scene.user('p29').id);
        const changed = async (tier: string): Promise<number> => {
          const before = scene.requests.all().filter(({ path }) => path === '/api/Users').length;
          scene.addMany(4, () => ({ loyalty_tier: tier }));
          await scene.sync();
          assert.equal(scene.tier('p3'), tier);
          return scene.requests.all().filter(({ path }) => path === '/api/Users').length - before;
        };
        const first = await changed('Silver');
        const usual = await changed('Gold');
        assert.ok(first <= 2 * usual, `${first} lists, and then ${usual}`);
      }));

  /** Lists end before whoever came after user `last`, as long as `isHidden` says so. */
  const hideNewer = ({ faults }: Sandbox, last: number, isHidden: (asked: Asked) => boolean): void => {
    const isOlder = (user: unknown): boolean => isObject(user) && Number(user['id']) <= last;
    faults.add({
      system: 'halo',
      kind: 'rewritten-json',
      times: Infinity,
      match: { ...GET_USERS, where: isHidden },
      rewrite: (json) => {
        const users = isObject(json) && Array.isArray(json['users']) ? json['users'].filter(isOlder) : [];
        return { users, record_count: users.length };
      },
    });
  };
  const DETAILS = { method: 'GET', path: '/api/Users/*' } as const;
  const others = Array.from({ length: 30 }, (_, n) => stranger(n));

  /** Few are there since user `last`, and have changed. */
  const fewCreated = async (scene: Scene): Promise<number> => {
    scene.addMany(60);
    await scene.sync();
    const last = Math.max(...ids(scene));
    scene.addMany(6, undefined, 100);
    await scene.sync();
    scene.addMany(6, () => ({ loyalty_tier: 'Silver' }), 100);
    return last;
  };

  it('doubles nobody who is looked up while the newest user comes to be found', () =>
    play({ halo: { ...lookedUp, listLag: 10 }, faster: 5 }, many, async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.clock.setForward(300_000);
      scene.addMany(9, () => noEmail, 100);
      await scene.sync();
      // All but the newest, who is looked for beside them.
      scene.addMany(8, () => ({ ...noEmail, loyalty_tier: 'Silver' }), 100);
      const where = ({ query }: Asked): boolean => query.get('advanced_search')?.includes('p108') ?? false;
      const before = (): void => {
        scene.clock.setForward(11_000);
      };
      scene.fault({ system: 'halo', kind: 'meanwhile', match: { ...GET_USERS, where }, before });
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  it('is waited for again after Halo was out while it was waited for', () =>
    play({}, [], async (scene) => {
      const last = await fewCreated(scene);
      const { steps } = scene.pipeline;
      const late = [0, 1, 2];
      /** One list of the first attempt, which gets no other, and two of the second. */
      const isLate = (): boolean => {
        const attempt = scene.pipeline.steps - steps;
        late[attempt] = (late[attempt] ?? 0) - 1;
        return (late[attempt] ?? 0) >= 0;
      };
      hideNewer(scene.sandbox, last, isLate);
      const where = (): boolean => scene.pipeline.steps === steps + 1;
      scene.fault({ system: 'halo', kind: 'status', status: 503, times: Infinity, match: { ...GET_USERS, where } });
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  it('is waited for where details are as late', () =>
    play({}, [], async (scene) => {
      const last = await fewCreated(scene);
      let lists = 0;
      hideNewer(scene.sandbox, last, () => (lists += 1) <= 2);
      scene.fault({ system: 'halo', kind: 'status', status: 404, match: { ...DETAILS, nth: 1 } });
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  it('is waited for by another worker where the last page with rows promised more', () =>
    play({ halo: { listLag: 10 } }, [], async (scene) => {
      scene.fault({
        system: 'seatgeek',
        kind: 'rewritten-json',
        times: Infinity,
        match: FEED,
        rewrite: (json) =>
          isObject(json) && Array.isArray(json['data']) && json['data'].length > 0 ? { ...json, has_more: true } : json,
      });
      scene.addMany(60);
      await scene.sync();
      scene.restart();
      scene.addMany(60, () => ({ loyalty_tier: 'Silver' }));
      await scene.sync();
      scene.assertNobodyDoubled();
    }));

  for (const other of ['arena', 'venue'])
    it(`is waited for where a run of ${other} has created since this one began`, async () => {
      const bench = await HaloBench.start();
      try {
        for (const draft of others) bench.add(draft);
        const last = Math.max(...bench.people().map(({ id }) => id));
        const [one, two] = [bench.run(), bench.run(bench.connect(other))];
        await two.countUsers();
        await one.write([person('a2', { email: 'same@example.org' })]);
        let lists = 0;
        hideNewer(bench.sandbox, last, () => (lists += 1) === 1);
        await two.write([person(other === 'arena' ? 'a2' : 'b2', { email: 'same@example.org' })]);
        assert.equal(bench.people().filter(({ email }) => email === 'same@example.org').length, 1);
      } finally {
        await bench.close();
      }
    });

  for (const status of [403, 401, 400])
    it(`is not waited for where it lacks a user of another connection's whom this agent may not see (${status})`, async () => {
      const clock = skippingClock();
      const bench = await HaloBench.start({ clock });
      try {
        for (const draft of others) bench.add(draft);
        const last = Math.max(...bench.people().map(({ id }) => id));
        for (const name of ['a', 'b']) await bench.run().write([person(`${name}1`), person(`${name}2`)]);
        hideNewer(bench.sandbox, last, () => true);
        bench.sandbox.faults.add({ system: 'halo', kind: 'status', status, times: Infinity, match: DETAILS });
        const before = clock.now();
        await bench.run(bench.connect('venue')).countUsers();
        assert.ok(clock.now() - before < 15_000);
      } finally {
        await bench.close();
      }
    });
});

describe("a search for Halo's users that is right for few values", function () {
  this.timeout(60_000);
  const search = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } as const;
  const crowd = Array.from({ length: 2_000 }, (_, n) => stranger(n));
  const known = Array.from({ length: 40 }, (_, n): UserDraft => ({
    ...namesake(`p${n}`),
    customFields: { CFSeatGeekID: `p${n}` },
  }));
  const byEmail = Array.from({ length: 40 }, (_, n) => namesake(`p${n}`));

  for (const searchTakes of ['heeded', 'ignored', 'all-ignored'] as const) {
    for (const [kind, drafts] of [
      ['SeatGeek ID', known],
      ['e-mail address', byEmail],
    ] as const) {
      it(`doubles nobody who is there by ${kind} (many values: ${searchTakes})`, () =>
        play(
          { halo: { ...search, searchTakes } },
          [...drafts.slice(2), ...crowd, ...drafts.slice(0, 2)],
          async (scene) => {
            scene.addMany(60);
            await scene.sync();
            scene.assertNobodyDoubled();
            scene.assertRight();
          },
        ));
    }
  }
});

describe("a search for Halo's users that shows active ones only", function () {
  this.timeout(60_000);
  const crowd = (count: number): UserDraft[] =>
    Array.from({ length: count }, (_, n) => ({ ...stranger(n), customFields: { CFSeatGeekID: `s${n}` } }));
  const NOBODY = { CFSeatGeekID: '' };

  for (const searchShows of ['active-only', 'everybody'] as const)
    for (const advancedSearchIn of [true, false]) {
      const advancedSearch = 'emailaddress+customfields';
      const halo = { advancedSearch, advancedSearchIn, searchShows } as const;
      const title = `${searchShows}, ${advancedSearchIn ? 'many values' : 'one value'} at once`;

      for (const by of ['SeatGeek ID', 'e-mail address'])
        it(`makes nobody inactive a second time (known by ${by}, ${title})`, () => {
          const known = Array.from({ length: 10 }, (_, n): UserDraft => ({
            ...namesake(`p${n}`),
            inactive: n === 4,
            customFields: by === 'SeatGeek ID' ? { CFSeatGeekID: `p${n}` } : NOBODY,
          }));
          return play({ halo }, [...known, ...crowd(2_500)], async (scene) => {
            scene.addMany(10);
            await scene.sync();
            scene.assertNobodyDoubled();
            const { count } = scene.requests;
            if (searchShows === 'active-only') assert.ok(count > 25, 'everybody was to be listed');
            else if (advancedSearchIn) assert.ok(count < 20, `${count} requests`);
          });
        });

      it(`makes nobody a second time whom we made inactive, after it was learnt (${title})`, () =>
        play({ halo }, crowd(2_500), async (scene) => {
          scene.addMany(5);
          await scene.sync();
          scene.add('p1', { _ringside_operation: 'D' });
          await scene.sync();
          // Not among the newest.
          for (const draft of crowd(2_700).slice(2_500)) scene.sandbox.halo.store.create(draft);
          scene.restart();
          scene.add('p1', { email: 'other@example.org' });
          await scene.sync();
          assert.equal(scene.user('p1').inactive, false);
          scene.assertNobodyDoubled();
        }));
    }

  for (const restarts of [false, true])
    for (const email of ['p1@example.org', null])
      for (const advancedSearchIn of [true, false])
        it(`makes nobody a second time whom an agent switched off after it was learnt (${restarts ? 'another worker' : 'same worker'}, e-mail ${email}, ${advancedSearchIn ? 'many values' : 'one value'} at once)`, () => {
          const halo = {
            advancedSearch: 'emailaddress+customfields',
            advancedSearchIn,
            searchShows: 'active-only',
          } as const;
          return play({ halo }, crowd(2_500), async (scene) => {
            scene.addMany(5, () => ({ email: null }));
            scene.add('p1', { email });
            await scene.sync();
            const { store } = scene.sandbox.halo;
            store.update(scene.user('p1').id, { inactive: true });
            // Not among the newest.
            for (const draft of crowd(2_700).slice(2_500)) store.create(draft);
            if (restarts) scene.restart();
            scene.add('p1', { email, loyalty_tier: 'Silver' });
            await scene.sync();
            assert.equal(scene.tier('p1'), 'Silver');
            scene.assertNobodyDoubled();
          });
        });

  it('is asked after somebody inactive once in a run that creates, and in no other, until one is known', () => {
    const halo = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true } as const;
    return play({ halo, connection: { seatgeek: { pageSize: 5 } } }, crowd(2_500), async (scene) => {
      const asked = async (): Promise<number> => {
        const before = scene.requests.count;
        await scene.sync();
        const since = scene.requests.all().slice(before);
        return since.filter(({ query }) => query.includes('includeactive=false')).length;
      };
      scene.addMany(10);
      assert.equal(await asked(), 1);
      scene.addMany(10, () => ({ loyalty_tier: 'Silver' }));
      assert.equal(await asked(), 0);
      scene.addMany(10, () => ({}), 10);
      assert.equal(await asked(), 1);
      scene.sandbox.halo.store.update(scene.user('p1').id, { inactive: true });
      for (const [from, times] of [
        [20, 1],
        [30, 0],
      ] as const) {
        scene.addMany(10, () => ({}), from);
        assert.equal(await asked(), times);
      }
      scene.assertNobodyDoubled();
    });
  });

  for (const proof of ['the list of those who are not', 'the search for one of them'] as const)
    it(`makes nobody inactive a second time where the proof fails at first (${proof})`, () => {
      const inactive: UserDraft = { ...namesake('p1'), inactive: true, customFields: { CFSeatGeekID: 'p1' } };
      const halo = { advancedSearch: 'emailaddress+customfields', searchShows: 'active-only' } as const;
      return play({ halo }, [inactive, ...crowd(2_500)], async (scene) => {
        const where = ({ query }: Asked): boolean =>
          proof === 'the list of those who are not'
            ? query.get('includeactive') === 'false'
            : (query.get('advanced_search') ?? '').includes('"p1"');
        scene.fault({ system: 'halo', kind: 'status', status: 500, times: 3, match: { ...GET_USERS, where } });
        scene.add('p1', { last_name: 'Later' });
        await scene.sync();
        scene.assertNobodyDoubled();
      });
    });
});

describe("a search for Halo's users whose answer lacks somebody", function () {
  this.timeout(60_000);
  const crowd = (from: number, count: number): UserDraft[] =>
    Array.from({ length: count }, (_, n) => ({
      ...stranger(from + n),
      customFields: { CFSeatGeekID: `s${from + n}` },
    }));

  for (const advancedSearchIn of [false, true]) {
    const halo = { advancedSearch: 'emailaddress+customfields', advancedSearchIn } as const;
    const many = advancedSearchIn ? 'many values' : 'one value';

    for (const [title, answer] of [
      ['nobody', { users: [], record_count: 0 }],
      ['fewer than it counts', { users: [] }],
    ] as const)
      it(`makes nobody a second time (${title}, ${many} at once)`, () =>
        play({ halo }, crowd(0, 700), async (scene) => {
          scene.add('a');
          await scene.sync();
          const more = crowd(700, 110).map((draft) => scene.sandbox.halo.store.create(draft));
          const rewrite = (json: unknown): unknown => ({ ...(json as object), ...answer });
          const match = { ...GET_USERS, where: looksUp, after: 0 };
          const placed = scene.fault({ system: 'halo', kind: 'rewritten-json', match, rewrite });
          scene.restart();
          scene.add('a', { last_name: 'Later' });
          await scene.sync();
          assert.ok(placed.hits > 0);
          scene.assertRight({ byOthers: more });
        }));
  }
});

describe('what was learnt of who is in Halo', function () {
  this.timeout(60_000);

  /** Each is written before `back`, who is in Halo by e-mail address; Halo is large, so that people are looked up. */
  const doublesNobody = async (before: (bench: HaloBench) => MappedPerson): Promise<void> => {
    const bench = await HaloBench.start({
      halo: { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true },
    });
    try {
      bench.add({ name: 'Back', emailaddress: 'back@example.org' });
      for (let n = 0; n < 1_100; n += 1) bench.add({ ...stranger(n), customFields: { CFSeatGeekID: `s${n}` } });
      const run = bench.run();
      await run.write([person('new')]);
      await run.write([before(bench)], { othersMayHaveWritten: true });
      assert.deepEqual(outcomes(await run.write([person('back')])), ['matchedByEmail']);
    } finally {
      await bench.close();
    }
  };

  it('is not that nobody has an address, for a person who was looked up as a deleted one', () =>
    doublesNobody(() => person('back', { deleted: true })));

  it('is not that nobody has an address, for a person who was looked up by another', () =>
    doublesNobody(() => person('back', { email: 'old@example.org', name: null })));

  for (const [title, answer] of [
    ['counts nobody', { record_count: 0, users: [] }],
    ['shows nobody', { users: [] }],
  ] as const)
    it(`is not that nobody has come where the list of the newest ${title}`, async () => {
      const bench = await HaloBench.start();
      try {
        bench.add(stranger(1));
        const run = bench.run();
        await run.write([person('new')]);
        bench.add(namesake('late'));
        const rewrite = (json: unknown): unknown => ({ ...(json as object), ...answer });
        const match = { ...GET_USERS, where: listsNewest };
        bench.sandbox.faults.add({ system: 'halo', kind: 'rewritten-json', match, rewrite });
        const write = (): Promise<unknown> => run.write([person('late')], { othersMayHaveWritten: true });
        await assert.rejects(write(), { code: 'halo-list-unsteady' });
        await write();
        assert.equal(bench.people().length, 3);
      } finally {
        await bench.close();
      }
    });

  for (const email of ['same', 'new'])
    it(`is not undone by details without custom fields (${email} e-mail address)`, () =>
      play({ halo: { selectFields: 'label-in-lists' } }, [], async (scene) => {
        scene.addMany(3);
        await scene.sync();
        const { id } = scene.user('p1');
        scene.sandbox.halo.store.update(id, { customFields: { CFStand: 2 } });
        scene.restart();
        const before = customValue(scene.user('p1'), 'CFStand');
        const rewrite = (json: unknown): unknown => ({ ...(json as object), customfields: undefined });
        const match = { method: 'GET', path: `/api/Users/${id}`, after: 0 } as const;
        scene.fault({ system: 'halo', kind: 'rewritten-json', match, rewrite });
        const changed = (n: number): Columns => (email === 'new' ? { email: `new.${n}@example.org` } : {});
        scene.addMany(3, (n) => ({ loyalty_tier: 'Silver', ...changed(n) }));
        await scene.sync();
        assert.equal(customValue(scene.user('p1'), 'CFStand'), before);
        assert.ok(scene.rejected().includes('p1'));
        scene.assertNobodyDoubled();
      }));

  it('is not everybody where one answer shows fewer than are known', () =>
    doublesNobody((bench) => {
      const rewrite = (json: unknown): unknown => {
        const { users } = json as { users: unknown[] };
        return { record_count: 2, users: users.slice(0, 2) };
      };
      const match = { ...GET_USERS, where: listsNewest };
      bench.sandbox.faults.add({ system: 'halo', kind: 'rewritten-json', match, rewrite });
      return person('newer');
    }));
});
