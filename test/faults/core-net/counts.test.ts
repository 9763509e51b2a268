import assert from 'node:assert/strict';
import { play, type Columns, type Scene } from './scene.js';

const UNUSABLE: Columns = { home_phone: { area: 1 } };
/** As many as the list holds. */
const LISTED = 400;
const UNBRAKED = { integrator: { brake: { enabled: false } } };

describe('the count of rejected people beyond the list', function () {
  this.timeout(60_000);

  const counted = ({ pipeline }: Scene): number[] => {
    const { users, beyond } = pipeline.state.rejected;
    return [users.length, beyond];
  };

  for (const pageSize of [100, 1_000]) {
    it(`goes down as they are settled, and none counts twice (pages of ${pageSize})`, () =>
      play({ connection: { seatgeek: { pageSize }, halo: { writeBatch: 50 }, ...UNBRAKED } }, [], async (scene) => {
        scene.addMany(LISTED + 60, () => UNUSABLE);
        await scene.sync();
        assert.deepEqual(counted(scene), [LISTED, 60]);
        scene.addMany(20, () => UNUSABLE, LISTED + 40);
        scene.addMany(10, undefined, LISTED + 10);
        await scene.sync();
        assert.deepEqual(counted(scene), [LISTED, 50]);
        scene.restart();
        scene.addMany(LISTED, undefined);
        await scene.sync();
        assert.deepEqual(counted(scene), [0, 50]);
        scene.addMany(60, undefined, LISTED);
        await scene.sync();
        assert.deepEqual(counted(scene), [0, 0]);
      }));
  }
});

describe('the counts of a run', function () {
  this.timeout(60_000);

  // Each run that the tests make is added up by the pipeline; here are the kinds of events in one.
  for (const pageSize of [1, 3, 100]) {
    it(`add up to its events, whatever they are (pages of ${pageSize})`, () =>
      play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
        scene.addMany(3);
        scene.addMany(3, () => ({ loyalty_tier: 'Silver' }));
        scene.add('p1', { _ringside_operation: 'T' });
        scene.add('p2', UNUSABLE);
        scene.add('gone', { _ringside_operation: 'D' });
        scene.add('p0', { _ringside_operation: 'D' });
        scene.add('x', { id: null });
        scene.add('bad', UNUSABLE);
        scene.add('bad', UNUSABLE);
        await scene.sync();
        const { lastRun } = scene.pipeline.state;
        const { events = 0, people, created, skipped, rejected, superseded } = lastRun ?? {};
        assert.equal(events, 13);
        assert.deepEqual({ people, created, skipped, rejected, superseded }, WANTED);
      }));
  }
});

const WANTED = { people: 1, created: 1, skipped: 2, rejected: 4, superseded: 6 };
