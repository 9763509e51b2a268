import assert from 'node:assert/strict';
import { approve } from '../../../src/workflows/state.js';
import { play, POST_USERS, type Scene, type SceneOptions } from './scene.js';

const BRAKED: SceneOptions = {
  connection: { seatgeek: { pageSize: 20 }, integrator: { brake: { atLeast: 10, percent: 20 } } },
};
const SILVER = { loyalty_tier: 'Silver' };

/** More than any bound on what is counted there might be. */
const NEW = 50_500;
const LEAVERS = 100;

describe('the brake', function () {
  this.timeout(60_000);

  it('reads to the end and counts right before the first write, leavers behind more than 50,000 others too', () =>
    play({ connection: { seatgeek: { pageSize: 1_000 } } }, [], async (scene) => {
      const { feed } = scene.sandbox.seatgeek;
      for (let n = 0; n < NEW; n += 1) feed.append({ id: `new${n}`, first_name: 'Ada', last_name: `${n}` });
      for (let n = 0; n < LEAVERS; n += 1) {
        scene.sandbox.halo.store.create({ name: `Leaver ${n}`, customFields: { CFSeatGeekID: `p${n}` } });
        scene.add(`p${n}`, { _ringside_operation: 'D' });
      }
      const { pipeline } = scene;
      pipeline.state = { ...pipeline.state, past: 1_000 };
      assert.equal(await scene.run(), 'failed');
      assert.equal(pipeline.state.lastError?.code, 'brake-held');
      assert.match(pipeline.state.lastError.message, new RegExp(`create ${NEW} people and deactivate ${LEAVERS};`));
      assert.equal(scene.requests.of('POST', '/api/Users').length, 0);
    }));
});

describe('the brake on a feed that grows', function () {
  this.timeout(60_000);
  const inactive = (scene: Scene): number => scene.sandbox.halo.users().filter((user) => user['inactive']).length;

  it('counts what came after a run that failed, when the same pass goes on', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.add('p0', { last_name: 'New' });
      const outage = scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, every: 1 } });
      assert.equal(await scene.run(), 'failed');
      assert.ok(outage.hits > 0);
      scene.sandbox.faults.clear();
      // Hours later: SeatGeek deletes nearly everybody.
      scene.addMany(50, () => ({ _ringside_operation: 'D' }), 5);
      const outcome = await scene.run();
      assert.equal(inactive(scene), 0, `${inactive(scene)} of 60 were made inactive; the run: ${outcome}`);
      assert.equal(scene.pipeline.state.lastError?.code, 'brake-held');
    }));

  for (const [title, columns] of [
    ['with nothing else', {}],
    ['with another tier', { loyalty_tier: 'Silver' }],
  ] as const)
    it(`counts who is deleted before an event of an unknown operation (${title})`, () =>
      play(BRAKED, [], async (scene) => {
        scene.addMany(60);
        await scene.sync();
        scene.addMany(40, () => ({ _ringside_operation: 'D' }));
        scene.addMany(40, () => ({ ...columns, _ringside_operation: 'P' }));
        const outcome = await scene.run();
        assert.equal(inactive(scene), 0, `${inactive(scene)} of 60 were made inactive; the run: ${outcome}`);
        assert.equal(scene.pipeline.state.lastError?.code, 'brake-held');
      }));

  it('does not count who is deleted and comes back before the end', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.addMany(40, () => ({ _ringside_operation: 'D' }));
      scene.addMany(40, () => ({ _ringside_operation: 'P' }));
      scene.addMany(40);
      assert.equal(await scene.run(), 'completed');
      assert.equal(inactive(scene), 0);
    }));

  it('does not hold a first import whose feed was still empty when the connection began', () =>
    play({}, [], async (scene) => {
      await scene.sync();
      scene.addMany(300);
      await scene.sync();
      scene.assertRight();
    }));

  it('lets a sample import make no more people inactive than a run may', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.sandbox.seatgeek.feed.rebuild((row) => ({ ...row, _ringside_operation: 'D' }));
      await assert.rejects(scene.pipeline.importSample(), /deactivate 60/);
      assert.equal(inactive(scene), 0);
    }));

  it('counts what came while the run was going on', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.addMany(60, () => SILVER);
      let isDone = false;
      scene.fault({
        system: 'halo',
        kind: 'meanwhile',
        match: { ...POST_USERS, every: 1 },
        after: () => {
          if (!isDone) scene.addMany(50, () => ({ _ringside_operation: 'D' }), 5);
          isDone = true;
        },
      });
      const outcome = await scene.run();
      assert.ok(isDone);
      assert.equal(inactive(scene), 0, `${inactive(scene)} of 60 were made inactive; the run: ${outcome}`);
      assert.equal(scene.pipeline.state.lastError?.code, 'brake-held');
    }));
});

describe('where Halo shows far fewer users than before', function () {
  this.timeout(60_000);

  const hide = ({ sandbox }: Scene, fits = (id: number): boolean => id % 2 === 0): void =>
    sandbox.halo.store.hide(({ id }) => fits(id));
  const show = (scene: Scene): void => hide(scene, () => false);

  function assertHeld(scene: Scene): void {
    assert.equal(scene.pipeline.state.lastError?.code, 'brake-held');
    show(scene);
    scene.assertNobodyDoubled();
  }

  /** Whom Halo refuses, with a rule that is lifted by clearing the faults. */
  function refuse(scene: Scene): void {
    const body = { Message: 'Please select a Department' };
    scene.fault({ system: 'halo', kind: 'refuse-item', fits: () => true, status: 400, body });
  }

  /** Twenty more people come with every third array, three times. */
  function letMoreCome(scene: Scene): void {
    let arrays = 0;
    const after = (): void => {
      arrays += 1;
      if (arrays % 3 === 0 && arrays < 12) scene.addMany(20, () => ({}), 200 + arrays * 20);
    };
    scene.fault({ system: 'halo', kind: 'meanwhile', match: { ...POST_USERS, every: 1 }, after });
  }

  for (const goesOn of [true, false])
    it(`nobody is created again by the first run after a first import into an empty Halo (several pages a step: ${goesOn})`, () =>
      play({ ...BRAKED, goesOn: () => goesOn }, [], async (scene) => {
        scene.addMany(60);
        await scene.sync();
        hide(scene);
        scene.addMany(10, () => SILVER);
        assert.equal(await scene.run(), 'failed');
        assertHeld(scene);
        await scene.sync();
        scene.assertRight();
      }));

  for (const others of [0, 5])
    it(`nobody is created again by a run that goes on with one that failed (with ${others} new people)`, () =>
      play(BRAKED, [], async (scene) => {
        scene.addMany(60);
        await scene.sync();
        scene.addMany(60, () => SILVER);
        scene.addMany(others, () => ({}), 100);
        scene.fault({ system: 'halo', kind: 'status', status: 503, match: { ...POST_USERS, every: 1 } });
        assert.equal(await scene.run(), 'failed');
        scene.sandbox.faults.clear();
        hide(scene);
        assert.equal(await scene.run(), 'failed');
        assertHeld(scene);
        await scene.sync();
        scene.assertRight();
      }));

  it('nobody is created again after a run that created nobody', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      const hidden = new Set(Array.from({ length: 30 }, (_, n) => scene.user(`p${n + 30}`).id));
      hide(scene, (id) => hidden.has(id));
      scene.addMany(25, () => SILVER);
      assert.equal(await scene.run(), 'completed');
      scene.addMany(9, () => SILVER, 30);
      assert.equal(await scene.run(), 'failed');
      assertHeld(scene);
    }));

  it('a run that is approved is what the next ones are measured by', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      for (const { id } of scene.sandbox.halo.users().slice(1, 31)) scene.sandbox.halo.store.remove(id);
      for (const n of [100, 101]) {
        scene.add(`p${n}`);
        const outcome = await scene.run();
        assert.equal(outcome, n === 100 ? 'failed' : 'completed', scene.pipeline.state.lastError?.message);
        scene.pipeline.state = approve(scene.pipeline.state);
        await scene.sync();
      }
    }));

  it('whose change was refused is not created by a retry, and written by one later', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.addMany(9, () => SILVER);
      refuse(scene);
      await scene.sync();
      const ids = scene.rejected();
      assert.equal(ids.length, 9);
      scene.sandbox.faults.clear();
      hide(scene);
      await scene.pipeline.retryRejected(true);
      assert.deepEqual(scene.rejected(), ids);
      show(scene);
      scene.assertNobodyDoubled();
      await scene.pipeline.retryRejected(true);
      scene.assertRight();
    }));

  for (const pageSize of [20, 100])
    it(`nobody is created again by a first import that is begun again (pages of ${pageSize})`, () =>
      play({ connection: { ...BRAKED.connection, seatgeek: { pageSize } } }, [], async (scene) => {
        scene.addMany(100);
        scene.fault({ system: 'halo', kind: 'status', status: 401, match: { ...POST_USERS, after: 6 } });
        assert.equal(await scene.run(), 'failed');
        scene.sandbox.faults.clear();
        hide(scene);
        scene.pipeline.clearCursor();
        assert.equal(await scene.run(), 'failed');
        assertHeld(scene);
        await scene.sync();
        scene.assertRight();
      }));

  it('no first import is held for users that it creates itself while more come', () =>
    play(BRAKED, [], async (scene) => {
      scene.addMany(60);
      letMoreCome(scene);
      assert.equal(await scene.run(), 'completed', scene.pipeline.state.lastError?.message);
      scene.assertRight();
    }));

  it('no run is held for users that it creates itself while more come', () =>
    play(
      { connection: { seatgeek: { pageSize: 20 }, integrator: { brake: { atLeast: 500, percent: 20 } } } },
      [],
      async (scene) => {
        scene.addMany(60);
        await scene.sync();
        scene.addMany(100, () => ({}), 100);
        letMoreCome(scene);
        assert.equal(await scene.run(), 'completed', scene.pipeline.state.lastError?.message);
        scene.assertRight();
      },
    ));
});
