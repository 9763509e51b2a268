import assert from 'node:assert/strict';
import { type Asked, holds, isNew, sends } from '../../../src/sandbox/asked.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { customValue } from '../../../src/sandbox/halo-store.js';
import { usersByName } from '../../matrix/by-name.js';
import { HaloBench, person } from '../../unit/halo/halo-bench.js';
import { namesake, play, POST_USERS, Scene, stranger, type Columns } from './scene.js';

const SIZE = 24;
const tier = (loyalty_tier: string) => (): Columns => ({ loyalty_tier });

/** New people, the same changed twice, then all history again. */
async function playChanges(scene: Scene): Promise<void> {
  scene.addMany(SIZE);
  await scene.sync();
  scene.assertRight();
  for (const next of ['Silver', 'Bronze']) {
    scene.addMany(SIZE, tier(next));
    await scene.sync();
    scene.assertRight();
  }
  scene.addMany(5, tier('Platinum'));
  scene.addMany(5, undefined, 100);
  await scene.sync();
  scene.assertRight();
}

describe('the answer to an array', function () {
  this.timeout(60_000);

  for (const arrays of HALO_DIALECT.arrays.values) {
    for (const answerNames of HALO_DIALECT.answerNames.values) {
      for (const answerOfMany of HALO_DIALECT.answerOfMany.values) {
        it(`is believed only as far as it is true (${arrays}, names ${answerNames}, ${answerOfMany})`, () =>
          play({ halo: { arrays, answerNames, answerOfMany } }, [], playChanges));
      }
    }
  }

  describe('that names nobody, where bad ones are left out', () => {
    const PEOPLE = 200;
    const halo = { arrays: 'skips-bad', answerNames: 'nobody' } as const;
    const connection = { halo: { writeBatch: 50 } };

    /** Requests of a run in which all have changed. */
    async function requestsOf(scene: Scene, columns: (n: number) => Columns): Promise<number> {
      scene.addMany(PEOPLE, columns);
      const before = scene.requests.count;
      assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
      return scene.requests.count - before;
    }

    it('takes few requests for many changes, for lists show who was done', () =>
      play({ halo, connection }, [], async (scene) => {
        scene.addMany(PEOPLE);
        await scene.sync();
        await requestsOf(scene, tier('Silver'));
        const requests = await requestsOf(scene, tier('Bronze'));
        assert.ok(requests < 40, `${requests} requests`);
        scene.assertRight();
      }));

    it('takes nobody for done of whom a list has shown the label of what is stored', async () => {
      const users = usersByName({ from: 'loyalty_tier', to: 'CFStand' });
      const bench = await HaloBench.start({ halo: { ...halo, selectFields: 'label-in-lists' }, connection: { users } });
      try {
        const names = Array.from({ length: 20 }, (_, n) => `p${n}`);
        for (const name of names) bench.add({ ...namesake(name), customFields: { CFSeatGeekID: name, CFStand: 1 } });
        bench.sandbox.faults.add({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds('p7') });
        const fields = [{ to: 'CFStand', value: 2, when: 'always' }] as const;
        const settled = await bench.run().write(names.map((name) => person(name, { fields })));
        const rejected = settled.flatMap(({ seatgeekId, outcome }) => (outcome === 'rejected' ? [seatgeekId] : []));
        assert.deepEqual(rejected, ['p7']);
        const stands = new Map(
          bench.sandbox.halo
            .users()
            .map((user) => [customValue(user, 'CFSeatGeekID'), customValue(user, 'CFStand')] as const),
        );
        for (const name of names) assert.equal(stands.get(name), name === 'p7' ? 1 : 2, name);
      } finally {
        await bench.close();
      }
    });

    for (const [title, more] of [
      ['as it is stored', {}],
      ['in another form', { storedTexts: 'upper-case' }],
      ['later', { listLag: 10 }],
    ] as const)
      for (const bad of [[0], [49], [57, 58, 140], [PEOPLE - 1]])
        it(`has those rejected who are bad, where lists show what is changed ${title} (${bad.join(', ')})`, () =>
          play({ halo: { ...halo, ...more }, connection }, [], async (scene) => {
            scene.addMany(PEOPLE);
            await scene.sync();
            const isBad = (n: number): boolean => bad.includes(n);
            scene.fault({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds('Refused') });
            const requests = await requestsOf(scene, (n) => (isBad(n) ? { last_name: 'Refused' } : tier('Silver')()));
            scene.assertRight({ rejected: bad.map((n) => `p${n}`) });
            assert.ok(requests < 1.5 * PEOPLE, `${requests} requests`);
          }));
  });

  for (const answerOrder of HALO_DIALECT.answerOrder.values) {
    it(`is right in any order (${answerOrder})`, () =>
      play({ halo: { answerOrder, answerRows: 'ids' } }, [], playChanges));
  }

  it('may refuse new and existing users in one array', () =>
    play({ halo: { mixedArrays: 'refused' } }, [], playChanges));

  it('of an update that was not done is found out', () =>
    play({}, [], async (scene) => {
      scene.addMany(SIZE);
      await scene.sync();
      const updates = { ...POST_USERS, where: sends((item) => !isNew(item)) };
      let sent: unknown;
      const placed = scene.fault({
        system: 'halo',
        kind: 'status',
        status: 200,
        match: { ...updates, where: (asked) => updates.where(asked) && ((sent = JSON.parse(asked.body)), true) },
        get body() {
          return sent;
        },
      });
      scene.addMany(SIZE, tier('Silver'));
      await scene.sync();
      assert.equal(placed.hits, 1);
      scene.assertRight();
    }));

  for (const [title, rewrite] of [
    ['ids of other users', (row: Columns): Columns => ({ ...row, id: 6 })],
    ['ids that nobody has', (row: Columns): Columns => ({ ...row, id: Number(row['id']) + 5_000 })],
    ['no ids', (row: Columns): Columns => ({ ...row, id: undefined })],
    ['ids as text', (row: Columns): Columns => ({ ...row, id: String(row['id']) })],
    ['null for somebody', (row: Columns): unknown => (Number(row['id']) % 3 === 0 ? null : row)],
  ] as const) {
    for (const writeBatch of [1, 10]) {
      it(`leads to nobody else's user: ${title} (arrays of ${writeBatch})`, () =>
        play({ connection: { halo: { writeBatch } } }, [0, 1, 2].map(stranger), async (scene) => {
          scene.addMany(SIZE);
          const change = (json: unknown): unknown =>
            Array.isArray(json) ? json.map((row: Columns) => rewrite(row)) : rewrite(json as Columns);
          const placed = scene.fault({
            system: 'halo',
            kind: 'rewritten-json',
            match: { ...POST_USERS, where: sends(isNew) },
            rewrite: change,
          });
          await scene.sync();
          assert.equal(placed.hits, 1);
          scene.assertRight();
          scene.addMany(SIZE, tier('Silver'));
          await scene.sync();
          scene.assertRight();
        }));
    }
  }

  for (const answerOrder of HALO_DIALECT.answerOrder.values) {
    it(`of one id numbers nobody as somebody who was created by hand between two arrays (${answerOrder})`, () =>
      play(
        {
          halo: { answerOfMany: 'object', answerRows: 'ids', answerOrder, primaryAddress: 'ignored' },
          connection: { users: { importPrimaryAddress: true }, seatgeek: { pageSize: 1_000 } },
          faster: 1,
        },
        [stranger(1)],
        async (scene) => {
          const { store } = scene.sandbox.halo;
          let byHand = 0;
          scene.fault({
            system: 'halo',
            kind: 'meanwhile',
            match: { ...POST_USERS, where: sends(isNew), nth: 5 },
            before: () => void (byHand = store.create(stranger(2))),
          });
          scene.addMany(80, (n) => ({ address_line_1: `${n} High St`, city: 'Boston' }));
          await scene.sync();
          assert.ok(byHand > 0);
          const lines = (id: number): string[] => store.addressesOf(id).map(({ line1 }) => line1);
          assert.deepEqual(lines(byHand), []);
          for (let n = 0; n < 80; n += 1) assert.deepEqual(lines(scene.user(`p${n}`).id), [`${n} High St`]);
        },
      ));
  }

  const SHAPES: readonly (readonly [string, Partial<HaloDialect>])[] = [
    ['a list', {}],
    ['one object', { answerOfMany: 'object' }],
    ['users', { answerOfMany: 'users' }],
    ['a shuffled list', { answerOrder: 'shuffled' }],
    ['nobody', { answerNames: 'nobody' }],
  ];

  for (const [title, halo] of SHAPES) {
    it(`costs few requests whatever it names: ${title}`, () =>
      play({ halo, connection: { halo: { writeBatch: 50 }, seatgeek: { pageSize: 500 } } }, [], async (scene) => {
        scene.addMany(500);
        await scene.sync();
        scene.assertRight();
        assert.ok(scene.requests.count <= 60, `${scene.requests.count} requests for 500 new people`);
        const before = scene.requests.count;
        scene.addMany(500, tier('Silver'));
        await scene.sync();
        scene.assertRight();
        assert.ok(
          scene.requests.count - before <= 60,
          `${scene.requests.count - before} requests for 500 changed people`,
        );
      }));
  }
});

describe('a Halo that names one of an array, and forbids a write to an id that nobody has', function () {
  this.timeout(60_000);

  for (const status of [403, 401])
    for (const users of ['new', 'known'] as const)
      it(`writes everybody (${status}, ${users} people)`, () => {
        const there = users === 'new' ? [] : Array.from({ length: 100 }, (_, n) => namesake(`p${n}`));
        return play({ halo: { answerOfMany: 'object' }, faster: 1_000 }, there, async (scene) => {
          const match = { ...POST_USERS, after: 0, where: sends(({ id }) => id === 2_147_483_647) } as const;
          const placed = scene.fault({ system: 'halo', kind: 'status', status, match });
          scene.addMany(100);
          assert.deepEqual([await scene.run(), await scene.run()], ['completed', 'completed']);
          // Once, with the token renewed once; not with each array.
          assert.equal(placed.hits, status === 401 ? 2 : 1);
          scene.assertRight();
        });
      });

  it('ends the run all the same where everything is answered 401 from then on', () =>
    play({ halo: { answerOfMany: 'object' }, faster: 1_000 }, [], async (scene) => {
      let isAsked = false;
      const names = sends(({ id }) => id === 2_147_483_647);
      const where = (asked: Asked): boolean => (isAsked ||= names(asked));
      scene.fault({ system: 'halo', kind: 'status', status: 401, match: { path: '/api/*', after: 0, where } });
      scene.addMany(100);
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.pipeline.errors.at(-1)?.code, 'halo-unauthorized');
    }));
});

describe('what was learnt of a Halo before the run', function () {
  this.timeout(60_000);
  const PEOPLE = 90;

  /** What a connection carries after two runs into such a Halo. */
  async function learnt(halo: Partial<HaloDialect>): Promise<unknown> {
    const scene = await Scene.open({ halo });
    try {
      for (const next of ['Silver', 'Bronze']) {
        scene.addMany(40, tier(next));
        await scene.sync();
      }
      return { ...scene.pipeline.state.habits, host: undefined };
    } finally {
      await scene.close();
    }
  }

  const OBJECT = { answerOfMany: 'object' } as const;
  const CHANGES: readonly (readonly [string, Partial<HaloDialect>, Partial<HaloDialect>])[] = [
    ['it heeds only the first now', OBJECT, { ...OBJECT, arrays: 'first-only' }],
    ['it leaves bad ones out now', OBJECT, { ...OBJECT, arrays: 'skips-bad' }],
    ['it heeds the first now and names whom it was sent', {}, { answerNames: 'everybody-sent', arrays: 'first-only' }],
    ['it names nobody now and leaves bad ones out', {}, { answerNames: 'nobody', arrays: 'skips-bad' }],
  ];
  for (const [title, before, now] of CHANGES)
    for (const what of ['new', 'changed', 'new and changed'] as const)
      it(`loses nobody where it is wrong by now: ${title} (${what})`, async () => {
        const habits = await learnt(before);
        const there =
          what === 'new'
            ? []
            : Array.from({ length: PEOPLE }, (_, n) => n).filter((n) => what === 'changed' || n % 2 === 0);
        await play(
          { halo: now },
          there.map((n) => namesake(`p${n}`)),
          async (scene) => {
            Object.assign(scene.pipeline.state, { habits });
            scene.fault({ system: 'halo', kind: 'refuse-item', status: 400, fits: holds('Refused') });
            scene.addMany(PEOPLE, (n) => (n === 17 ? { last_name: 'Refused' } : {}));
            await scene.sync();
            scene.assertRight({ rejected: ['p17'] });
          },
        );
      });
});
