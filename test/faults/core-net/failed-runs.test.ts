import assert from 'node:assert/strict';
import type { Asked } from '../../../src/sandbox/asked.js';
import { sandboxConnection } from '../../../src/sandbox/connection-file.js';
import type { PlacedFault } from '../../../src/sandbox/faults.js';
import { usersByName } from '../../matrix/by-name.js';
import { FEED, play, POST_USERS, type Columns, type Scene } from './scene.js';

const PAGE = 20;
const paged = { connection: { seatgeek: { pageSize: PAGE } }, faster: 2_000 };
const byName = { connection: { users: usersByName(), integrator: { brake: { enabled: false } } } };
const DELETED: Columns = { _ringside_operation: 'D' };
const API = { path: '/api/*', every: 1 } as const;

function inactive(scene: Scene): number {
  return scene.sandbox.halo.users().filter((user) => user['inactive']).length;
}

/** Halo is out from the first write of which `begins` holds. */
function failWrites(scene: Scene, begins: (asked: Asked) => boolean): PlacedFault {
  let isOut = false;
  const where = (asked: Asked): boolean => (isOut ||= begins(asked));
  return scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, every: 1, where } });
}

describe('what a run wrote before it failed', function () {
  this.timeout(60_000);

  it('is not forgotten of whom it made inactive: who comes back is made active again', () =>
    play({ connection: { seatgeek: { pageSize: PAGE }, users: usersByName() } }, [], async (scene) => {
      scene.addMany(15);
      await scene.sync();
      scene.addMany(15, () => DELETED);
      // The first array passes, then Halo is out for good.
      const outage = scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, after: 1 } });
      assert.equal(await scene.run(), 'failed');
      assert.ok(outage.hits > 0);
      const early = inactive(scene);
      assert.ok(early > 0 && early < 15, `${early} so far`);
      scene.sandbox.faults.clear();
      await scene.sync();
      assert.equal(inactive(scene), 15);
      scene.addMany(15, () => ({ last_name: 'Back' }));
      await scene.sync();
      assert.equal(
        inactive(scene),
        0,
        `${inactive(scene)} stay inactive (${early} were written by the run that failed)`,
      );
    }));

  const between: Readonly<Record<string, (scene: Scene) => void>> = {
    'another worker goes on': (scene) => {
      scene.restart();
    },
    'the file is changed': (scene) => {
      const file = { users: usersByName(), integrator: { enabled: true }, halo: { writeBatch: 9 } };
      Object.assign(scene.pipeline, { config: sandboxConnection(scene.sandbox, 'arena', file) });
    },
    'the cursor is cleared': (scene) => {
      scene.pipeline.clearCursor();
      scene.restart();
    },
  };
  for (const [title, then] of Object.entries(between))
    it(`is not forgotten of whom it made inactive, where ${title}`, () =>
      play({ connection: { users: usersByName() } }, [], async (scene) => {
        scene.addMany(30);
        await scene.sync();
        scene.addMany(30, () => DELETED);
        scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, after: 1 } });
        assert.equal(await scene.run(), 'failed');
        const early = inactive(scene);
        assert.ok(early > 0 && early < 30);
        scene.sandbox.faults.clear();
        then(scene);
        await scene.sync();
        assert.equal(inactive(scene), 30);
        scene.addMany(30, () => ({ last_name: 'Back' }));
        await scene.sync();
        assert.equal(inactive(scene), 0);
      }));

  const unknown: Readonly<Record<string, (scene: Scene) => PlacedFault>> = {
    'the answer was lost': (scene) =>
      scene.fault({ system: 'halo', kind: 'timeout-after-commit', match: { ...POST_USERS, nth: 2 } }),
    'the answer could not be proved': (scene) =>
      scene.fault({ system: 'halo', kind: 'meanwhile', match: { ...POST_USERS, nth: 2 } }),
  };
  for (const [title, place] of Object.entries(unknown))
    it(`is not forgotten of whom it may have made inactive, where ${title}`, () =>
      play({ ...byName, halo: { answerNames: 'nobody' }, timeoutMs: 300, faster: 2_000 }, [], async (scene) => {
        scene.addMany(30);
        await scene.sync();
        scene.addMany(30, () => DELETED);
        const placed = place(scene);
        const where = (): boolean => placed.hits > 0;
        scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...API, where } });
        assert.equal(await scene.run(), 'failed');
        const early = inactive(scene);
        assert.ok(early > 0 && early < 30, `${early} so far`);
        scene.sandbox.faults.clear();
        await scene.sync();
        assert.equal(inactive(scene), 30);
        scene.addMany(30, () => ({ last_name: 'Back' }));
        await scene.sync();
        assert.equal(inactive(scene), 0);
      }));

  it('is not forgotten of whom it made inactive, where the worker is restarted and SeatGeek does not answer the next attempts', () =>
    play({ ...byName, faster: 2_000 }, [], async (scene) => {
      scene.addMany(30);
      await scene.sync();
      scene.addMany(30, () => DELETED);
      // From the second array on, so that the first was looked at.
      let isOut = false;
      const isBegun = ({ method }: Asked): boolean => {
        isOut ||= method === 'POST' && inactive(scene) > 0;
        if (isOut) scene.restart();
        return isOut;
      };
      scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...API, where: isBegun } });
      const where = (): boolean => isOut;
      scene.fault({ system: 'seatgeek', kind: 'status', status: 503, match: { ...FEED, every: 1, where } });
      assert.equal(await scene.run(), 'failed');
      const early = inactive(scene);
      assert.ok(early > 0 && early < 30, `${early} so far`);
      scene.restart();
      scene.sandbox.faults.clear();
      await scene.sync();
      assert.equal(inactive(scene), 30);
      scene.addMany(30, () => ({ last_name: 'Back' }));
      await scene.sync();
      assert.equal(inactive(scene), 0);
    }));

  it('is not forgotten of whom it made inactive: the user is given to the next person with its e-mail address', () =>
    play(paged, [], async (scene) => {
      scene.addMany(15);
      await scene.sync();
      scene.addMany(15, () => DELETED);
      scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, after: 1 } });
      assert.equal(await scene.run(), 'failed');
      scene.sandbox.faults.clear();
      await scene.sync();
      for (let n = 0; n < 15; n += 1) scene.add(`q${n}`, { email: `p${n}@example.org` });
      await scene.sync();
      assert.deepEqual(scene.rejected(), []);
    }));

  it('is undone by no sample import', () =>
    play(paged, [], async (scene) => {
      for (let n = 0; n < PAGE; n += 1) scene.add('p0', { loyalty_tier: `Tier ${n}` });
      scene.addMany(30, () => ({}), 1);
      const outage = failWrites(scene, () => scene.users('p0').length > 0);
      assert.equal(await scene.run(), 'failed');
      assert.ok(outage.hits > 0);
      assert.equal(scene.tier('p0'), `Tier ${PAGE - 1}`);
      scene.sandbox.faults.clear();
      // The operator pauses, and tries the mappings with a sample of ten.
      await scene.pipeline.importSample(10);
      assert.equal(scene.tier('p0'), `Tier ${PAGE - 1}`);
    }));

  it('is undone by no retry of rejected people', () =>
    play(paged, [], async (scene) => {
      const refusal = scene.fault({
        system: 'halo',
        kind: 'refuse-item',
        fits: ({ surname }) => surname === 'Refused',
        status: 400,
        body: { message: 'no' },
      });
      scene.add('x', { last_name: 'Refused' });
      scene.addMany(25);
      await scene.sync();
      assert.deepEqual(scene.rejected(), ['x']);
      scene.sandbox.faults.clear();
      assert.ok(refusal.hits > 0);
      scene.add('x', { last_name: 'Newest' });
      scene.addMany(15, () => ({ loyalty_tier: 'Silver' }));
      failWrites(scene, () => scene.users('x').length > 0);
      assert.equal(await scene.run(), 'failed');
      assert.equal(scene.user('x').surname, 'Newest');
      scene.sandbox.faults.clear();
      await scene.pipeline.retryRejected(true);
      assert.equal(scene.user('x').surname, 'Newest');
    }));
});
