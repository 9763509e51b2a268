import assert from 'node:assert/strict';
import { holds, sends } from '../../../src/sandbox/asked.js';
import { type Columns, play, type Scene, type SceneOptions } from './scene.js';

const MARK = 'select one from the table';
const WITH_ADDRESS = { connection: { users: { importPrimaryAddress: true } } } as const;
const APART: SceneOptions = { ...WITH_ADDRESS, halo: { primaryAddress: 'ignored' }, faster: 1_000 };

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
