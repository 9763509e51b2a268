import assert from 'node:assert/strict';
import { holds, itemsOf, sends } from '../../../src/sandbox/asked.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';
import { habitsInWords } from '../../../src/workflows/habits.js';
import { type Columns, namesake, play, POST_USERS, type Scene, type SceneOptions } from './scene.js';

const MARK = 'select one from the table';
const WITH_ADDRESS = { connection: { users: { importPrimaryAddress: true } } } as const;
const APART: SceneOptions = { ...WITH_ADDRESS, halo: { primaryAddress: 'ignored' }, faster: 1_000 };

const GET_DETAILS = { method: 'GET', path: '/api/Users/*', after: 0 } as const;
const GET_ADDRESS = { method: 'GET', path: '/api/Address', after: 0 } as const;

const at = (line: string): Columns => ({ address_line_1: line, city: 'Boston' });

function lines(scene: Scene, seatgeekId: string): (string | undefined)[] {
  const { id } = scene.user(seatgeekId);
  return scene.sandbox.halo.store.addressesOf(id).map(({ line1 }) => line1);
}

/** Some are there with their addresses, so that it is known where this Halo keeps them. */
async function withSome(scene: Scene): Promise<void> {
  scene.addMany(3, (n) => at(`${n} High St`), 100);
  await scene.sync();
}

describe('an address that Halo keeps apart from its user', function () {
  this.timeout(60_000);

  for (const status of [500, 504])
    for (const people of [1, 12])
      it(`stops nobody where one is answered ${status} each time (of ${people})`, () =>
        play(APART, [], async (scene) => {
          await withSome(scene);
          scene.addMany(people, (n) => at(n === 0 ? MARK : `${n} High St`));
          const match = { method: 'POST', path: '/api/Address', where: sends(holds(MARK)), after: 0 } as const;
          const placed = scene.fault({ system: 'halo', kind: 'status', status, match });
          assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
          assert.ok(placed.hits > 0);
          assert.deepEqual(lines(scene, 'p0'), []);
          for (let n = 1; n < people; n += 1) assert.deepEqual(lines(scene, `p${n}`), [`${n} High St`]);
        }));

  for (const [method, status, primaryAddress] of [
    ['POST', 403, 'ignored'],
    ['POST', 401, 'ignored'],
    ['GET', 403, 'ignored'],
    ['GET', 401, 'ignored'],
    ['GET', 403, 'persisted'],
    ['GET', 401, 'persisted'],
  ] as const)
    it(`stops nobody where the application may not use /Address (${method} ${status}, primary_address ${primaryAddress})`, () =>
      play({ ...WITH_ADDRESS, halo: { primaryAddress }, faster: 1_000 }, [], async (scene) => {
        const match = { method, path: '/api/Address', after: 0 } as const;
        const placed = scene.fault({ system: 'halo', kind: 'status', status, match });
        for (const street of ['High St', 'Low St']) {
          scene.addMany(30, (n) => at(`${n} ${street}`));
          scene.restart();
          assert.deepEqual([await scene.run(), await scene.run()], ['completed', 'completed']);
        }
        assert.ok(placed.hits > 0);
        for (let n = 0; n < 30; n += 1) assert.ok(lines(scene, `p${n}`).length <= 1);
      }));

  it('is changed itself where a former one (inactive, primary) is listed before it', () =>
    play(APART, [], async (scene) => {
      scene.addMany(12, (n) => at(`${n} High St`));
      await scene.sync();
      const rewrite = (json: unknown): unknown => {
        const { addresses } = json as { addresses: { id: number }[] };
        const former = addresses.map((one) => ({ ...one, id: one.id + 100_000, line1: 'Former Rd', inactive: true }));
        return { record_count: 2 * addresses.length, addresses: [...former, ...addresses] };
      };
      scene.fault({ system: 'halo', kind: 'rewritten-json', times: Infinity, rewrite, match: GET_ADDRESS });
      scene.restart();
      scene.addMany(12, (n) => at(`${n} Low St`));
      await scene.sync();
      for (let n = 0; n < 12; n += 1) assert.deepEqual(lines(scene, `p${n}`), [`${n} Low St`]);
    }));

  it('is not given up in an outage', () =>
    play(APART, [], async (scene) => {
      await withSome(scene);
      scene.addMany(12, (n) => at(`${n} High St`));
      const match = { method: 'POST', path: '/api/Address', after: 4 } as const;
      const outage = scene.fault({ system: 'halo', kind: 'status', status: 500, match });
      assert.equal(await scene.run(), 'failed');
      outage.release();
      await scene.sync();
      for (let n = 0; n < 12; n += 1) assert.deepEqual(lines(scene, `p${n}`), [`${n} High St`]);
    }));

  for (const status of [504, 'cut', 'silence'] as const)
    it(`is not doubled where it is saved 20 seconds late (${status})`, () =>
      play({ ...APART, timeoutMs: 300, faster: 100 }, [], async (scene) => {
        await withSome(scene);
        scene.add('p1', at('1 High St'));
        const match = { method: 'POST', path: '/api/Address' } as const;
        const placed = scene.fault({ system: 'halo', kind: 'late-commit', status, afterMs: 20_000, match });
        await scene.sync();
        await placed.settled();
        assert.equal(placed.hits, 1);
        assert.deepEqual(lines(scene, 'p1'), ['1 High St']);
      }));
});

describe('addresses that Halo keeps in another form', function () {
  this.timeout(60_000);

  const LONG = 'Mews, behind the stables of the old racecourse';
  const odd =
    (street: string) =>
    (n: number): Columns => ({ ...at(`${n} King's ${street} & ${LONG}`), address_line_2: '020 7946-0000' });

  /** Requests that a first import of 300 people took, in a Halo that keeps texts in one of these forms. */
  const imported = (
    halo: Partial<HaloDialect>,
    body: (scene: Scene, requests: number) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> =>
    play(
      { ...WITH_ADDRESS, halo, connection: { ...WITH_ADDRESS.connection, halo: { writeBatch: 50 } }, faster: 1_000 },
      [],
      async (scene) => {
        scene.addMany(300, odd('Road'));
        await scene.sync();
        scene.assertRight();
        await body(scene, scene.requests.count);
      },
    );
  const doubled = ({ sandbox: { halo } }: Scene): number =>
    halo.users().filter(({ id }) => halo.store.addressesOf(id).length > 1).length;

  for (const storedTexts of HALO_DIALECT.storedTexts.values)
    for (const primaryAddress of HALO_DIALECT.primaryAddress.values)
      it(`stay where they are and are not doubled (${storedTexts}, ${primaryAddress})`, () =>
        imported({ storedTexts, primaryAddress }, async (scene, requests) => {
          if (primaryAddress === 'persisted') assert.ok(requests < 60, `${requests} requests`);
          assert.equal(scene.requests.of('POST', '/api/Address').length, primaryAddress === 'persisted' ? 0 : 300);
          assert.equal(doubled(scene), 0);
          scene.addMany(30, odd('Lane'));
          await scene.sync();
          scene.assertRight();
          scene.restart();
          scene.pipeline.clearCursor();
          await scene.sync();
          scene.assertRight();
          assert.equal(doubled(scene), 0);
        }));

  /** Has Halo show the site's address, or another user's, for whoever has none. */
  const showSites = (scene: Scene, userId = 0): void => {
    const ofSite = { id: 7_007, user_id: userId, site_id: 18, line1: 'The stadium', primary: true };
    const rewrite = (json: unknown): unknown =>
      JSON.parse(JSON.stringify(json), (key, value: unknown) =>
        key === 'primary_address' && value === null ? ofSite : value,
      );
    scene.fault({ system: 'halo', times: Infinity, kind: 'rewritten-json', rewrite, match: GET_DETAILS });
  };

  /** Gives what Halo answers for users and their addresses the lines that `rewrite` makes of them. */
  const showAs = (scene: Scene, rewrite: (line: string) => string): void => {
    const rewritten = (json: unknown): unknown =>
      JSON.parse(JSON.stringify(json), (key, value: unknown) =>
        /^line\d$/.test(key) && typeof value === 'string' ? rewrite(value) : value,
      );
    for (const match of [GET_DETAILS, { ...POST_USERS, after: 0 }, GET_ADDRESS])
      scene.fault({ system: 'halo', times: Infinity, kind: 'rewritten-json', rewrite: rewritten, match });
  };

  it('in other words stay with their users and are not doubled', () =>
    play({ ...WITH_ADDRESS, faster: 1_000 }, [], async (scene) => {
      showAs(scene, (line) => line.replace(/St$/, 'Street'));
      for (const street of ['High St', 'Low St']) {
        scene.addMany(30, (n) => at(`${n} ${street}`));
        await scene.sync();
        assert.equal(doubled(scene), 0);
        scene.assertRight();
      }
      assert.equal(scene.requests.of('POST', '/api/Address').length, 0);
    }));

  for (const halo of [{}, { primaryAddress: 'ignored' }] as const)
    it(`are not doubled where Halo names nobody with a user's own address (${halo.primaryAddress ?? 'persisted'})`, () =>
      play({ ...APART, halo }, [], async (scene) => {
        const rewrite = (json: unknown): unknown =>
          JSON.parse(JSON.stringify(json), (key, value: unknown) =>
            key === 'primary_address' && typeof value === 'object' && value !== null ? { ...value, user_id: 0 } : value,
          );
        for (const match of [GET_DETAILS, { ...POST_USERS, after: 0 }])
          scene.fault({ system: 'halo', times: Infinity, kind: 'rewritten-json', rewrite, match });
        for (const street of ['High St', 'Low St', 'Low St']) {
          scene.addMany(30, (n) => at(`${n} ${street}`));
          await scene.sync();
          scene.assertRight();
          assert.equal(doubled(scene), 0);
        }
      }));

  it("are told from a site's address that Halo shows for whoever has none", () =>
    play(APART, [], async (scene) => {
      showSites(scene);
      scene.addMany(12, (n) => at(`${n} High St`));
      await scene.sync();
      scene.assertRight();
    }));

  for (const halo of [{}, { primaryAddress: 'ignored' }] as const)
    it(`leave another's address alone where it is shown for whoever has none (${halo.primaryAddress ?? 'persisted'})`, () =>
      play({ ...APART, halo }, [namesake('p1')], async (scene) => {
        showSites(scene, 70_000);
        const changed: unknown[] = [];
        const note = (address: unknown): void => {
          if (JSON.stringify(address ?? null).includes('7007')) changed.push(address);
        };
        const where = (asked: Parameters<typeof itemsOf>[0]): boolean => {
          for (const item of itemsOf(asked)) [item, item['primary_address']].forEach(note);
          return false;
        };
        scene.fault({ system: 'halo', kind: 'meanwhile', match: { method: 'POST', where } });
        for (const street of ['High St', 'Low St']) {
          scene.addMany(3, (n) => at(`${n} ${street}`));
          await scene.sync();
          scene.assertRight();
        }
        assert.deepEqual(changed, []);
      }));

  for (const halo of [{}, { primaryAddress: 'ignored' }] as const)
    it(`are sought with another user where the first is not shown (${halo.primaryAddress ?? 'persisted'})`, () =>
      play({ ...APART, halo }, [], async (scene) => {
        const match = { method: 'GET', path: GET_DETAILS.path, nth: 2 } as const;
        const body = { Message: 'The User could not be found.' };
        const placed = scene.fault({ system: 'halo', kind: 'status', status: 404, body, match });
        scene.addMany(12, (n) => at(`${n} High St`));
        await scene.sync();
        // Where addresses are kept apart, one look may be all.
        if (halo.primaryAddress === undefined) assert.equal(placed.hits, 1);
        assert.equal(doubled(scene), 0);
        scene.assertRight();
      }));

  it('are not saved apart a second time where the first answer is lost', () =>
    play({ ...APART, halo: { ...APART.halo, storedTexts: 'upper-case' } }, [], async (scene) => {
      await withSome(scene);
      scene.addMany(12, (n) => at(`${n} Low St`));
      const match = { method: 'POST', path: '/api/Address', after: 0 } as const;
      scene.fault({ system: 'halo', kind: 'reset-after-commit', times: Infinity, match });
      assert.equal(await scene.run(), 'completed');
      assert.equal(doubled(scene), 0);
      scene.assertRight();
    }));
});

describe('a second address that trying Halo made', function () {
  this.timeout(60_000);

  for (const effect of [
    { kind: 'status', status: 403 },
    { kind: 'status', status: 401 },
    { kind: 'status', status: 400 },
    { kind: 'status', status: 500 },
    { kind: 'html', status: 405 },
  ] as const)
    it(`ends no run where it may not be taken away again, and is told (${effect.kind} ${effect.status})`, () =>
      play({ ...WITH_ADDRESS, halo: { addressWithoutId: 'adds' } }, [], async (scene) => {
        const placed = scene.fault({ system: 'halo', ...effect, match: { method: 'DELETE', after: 0 } });
        for (const street of ['High St', 'Low St']) {
          scene.addMany(12, (n) => at(`${n} ${street}`));
          assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors));
          scene.restart();
        }
        // A token that is refused is renewed once.
        const isRenewed = effect.status === 401;
        assert.equal(placed.hits, isRenewed ? 2 : 1);
        const twice = Array.from({ length: 12 }, (_, n) => `p${n}`).filter((id) => lines(scene, id).length > 1);
        assert.equal(twice.length, 1);
        const { habits } = scene.pipeline.state;
        assert.equal(habits?.secondAddressOf, scene.user(twice[0] ?? '').id);
        assert.match(
          habitsInWords(habits).join('; '),
          new RegExp(`user ${habits.secondAddressOf} has a second address`),
        );
        scene.assertRight();
      }));

  it('is told of nobody where it was taken away', () =>
    play({ ...WITH_ADDRESS, halo: { addressWithoutId: 'adds' } }, [], async (scene) => {
      scene.addMany(12, (n) => at(`${n} High St`));
      await scene.sync();
      assert.equal(scene.pipeline.state.habits?.addressWithoutId, 'adds');
      assert.equal(scene.pipeline.state.habits.secondAddressOf, null);
      for (let n = 0; n < 12; n += 1) assert.deepEqual(lines(scene, `p${n}`), [`${n} High St`]);
    }));
});

describe('a user with an address whose details are never shown', () => {
  for (const bad of [0, 23])
    it(`stops nobody where addresses are listed (user ${bad} of 24)`, () =>
      play(WITH_ADDRESS, [], async (scene) => {
        scene.addMany(24, (n) => at(`${n} High St`));
        await scene.sync();
        scene.restart();
        scene.pipeline.clearCursor();
        const path = `/api/Users/${scene.user(`p${bad}`).id}`;
        scene.fault({ system: 'halo', kind: 'status', status: 500, match: { method: 'GET', path, after: 0 } });
        const before = scene.requests.count;
        assert.equal(await scene.run(), 'completed', JSON.stringify(scene.pipeline.errors.at(-1)));
        assert.ok(scene.requests.count - before < 15, `${scene.requests.count - before} requests`);
        scene.assertRight();
      }));
});

describe('addresses that are as they should be', function () {
  this.timeout(60_000);

  it('are not written again, whatever page of a later run they are on', () =>
    play({ connection: { seatgeek: { pageSize: 50 } } }, [], async (scene) => {
      const columns = (n: number): Columns => ({ ...at(`${n} High St`), postal_code: `P${n}` });
      scene.addMany(200, columns);
      await scene.sync();
      scene.addMany(200, (n) => ({ ...columns(n), not_mapped: 1 }));
      await scene.sync();
      const { updated, unchanged } = scene.pipeline.state.lastRun ?? {};
      assert.deepEqual({ updated, unchanged }, { updated: 0, unchanged: 200 });
    }));
});

describe('addresses that Halo refuses', function () {
  this.timeout(60_000);

  const columns = (n: number): Columns => ({ ...at(`${n} High St`), postal_code: `P${n}` });

  it('are tried with three people of a later run, and nobody else is read for them or counted as updated', () =>
    play({ halo: { primaryAddress: 'ignored', addressOfUser: 'refused' } }, [], async (scene) => {
      scene.addMany(200, columns);
      await scene.sync();
      for (let run = 1; run <= 2; run += 1) {
        scene.addMany(200, (n) => ({ ...columns(n), not_mapped: run }));
        const before = scene.requests.count;
        await scene.sync();
        assert.equal(scene.pipeline.state.habits?.addressesRefused, true);
        const { updated, unchanged } = scene.pipeline.state.lastRun ?? {};
        assert.deepEqual({ updated, unchanged }, { updated: 0, unchanged: 200 });
        assert.ok(scene.requests.count - before < 25, `${scene.requests.count - before} requests`);
      }
    }));

  it('are saved for everybody once Halo takes them', () =>
    play({ halo: { primaryAddress: 'ignored' } }, [], async (scene) => {
      const match = { method: 'POST', path: '/api/Address', after: 0 } as const;
      const placed = scene.fault({ system: 'halo', kind: 'status', status: 400, match });
      scene.addMany(30, columns);
      await scene.sync();
      assert.equal(scene.pipeline.state.habits?.addressesRefused, true);
      placed.release();
      scene.addMany(30, (n) => ({ ...columns(n), not_mapped: 1 }));
      await scene.sync();
      assert.equal(scene.pipeline.state.lastRun?.updated, 30);
      assert.equal(scene.pipeline.state.habits.addressesRefused, false);
      scene.assertRight();
    }));
});
