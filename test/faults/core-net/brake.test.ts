import assert from 'node:assert/strict';
import { play, POST_USERS, type Scene } from './scene.js';

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
  const PAGE = 20;
  const braked = { connection: { seatgeek: { pageSize: PAGE }, integrator: { brake: { atLeast: 10, percent: 20 } } } };
  const inactive = (scene: Scene): number => scene.sandbox.halo.users().filter((user) => user['inactive']).length;

  it('counts what came after a run that failed, when the same pass goes on', () =>
    play(braked, [], async (scene) => {
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
      play(braked, [], async (scene) => {
        scene.addMany(60);
        await scene.sync();
        scene.addMany(40, () => ({ _ringside_operation: 'D' }));
        scene.addMany(40, () => ({ ...columns, _ringside_operation: 'P' }));
        const outcome = await scene.run();
        assert.equal(inactive(scene), 0, `${inactive(scene)} of 60 were made inactive; the run: ${outcome}`);
        assert.equal(scene.pipeline.state.lastError?.code, 'brake-held');
      }));

  it('does not count who is deleted and comes back before the end', () =>
    play(braked, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.addMany(40, () => ({ _ringside_operation: 'D' }));
      scene.addMany(40, () => ({ _ringside_operation: 'P' }));
      scene.addMany(40);
      assert.equal(await scene.run(), 'completed');
      assert.equal(inactive(scene), 0);
    }));

  it('lets a sample import make no more people inactive than a run may', () =>
    play(braked, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.sandbox.seatgeek.feed.rebuild((row) => ({ ...row, _ringside_operation: 'D' }));
      await assert.rejects(scene.pipeline.importSample(), /deactivate 60/);
      assert.equal(inactive(scene), 0);
    }));

  it('counts what came while the run was going on', () =>
    play(braked, [], async (scene) => {
      scene.addMany(60);
      await scene.sync();
      scene.addMany(60, () => ({ loyalty_tier: 'Silver' }));
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
