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

describe('people refused behind four hundred events that no retry can mend', function () {
  this.timeout(60_000);

  for (const [title, columns] of [
    ['of an unknown operation', { _ringside_operation: 'T' }],
    ['without an ID', { id: null }],
  ] as const)
    for (const pageSize of [100, 1_000])
      it(`are tried again (${title}, pages of ${pageSize})`, () =>
        play({ connection: { seatgeek: { pageSize } } }, [], async (scene) => {
          scene.addMany(450, (n) => ({ last_name: `Odd ${n}`, ...columns }));
          scene.add('q1', UNUSABLE);
          scene.fault({
            system: 'halo',
            kind: 'refuse-item',
            fits: (item: object) => JSON.stringify(item).includes('q2@'),
            status: 400,
            body: { Message: 'Please select a Department' },
          });
          scene.add('q2');
          await scene.sync();
          const { users, beyond } = scene.pipeline.state.rejected;
          assert.equal(users.length + beyond, 452);
          assert.ok(['q1', 'q2'].every((id) => scene.rejected().includes(id)));
          scene.sandbox.faults.clear();
          for (let turn = 0; turn < 5; turn += 1) await scene.pipeline.retryRejected(true);
          scene.user('q2');
          assert.deepEqual(scene.rejected().length + scene.pipeline.state.rejected.beyond, 451);
        }));
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
