import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { untilWrites } from '../world/writes.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

/** Small pages, so that crashes fall between and within many of them. */
const PAGE_SIZE = 100;
const PEOPLE = 1_500;

describe('crashes during the first import', function () {
  this.timeout(240_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: PEOPLE, seed: 11 } });
  });
  after(() => world.close());

  it('loses nobody and doubles nobody when the worker is killed three times and then the server', async () => {
    const config = world.connectionFile('arena', {
      seatgeek: { pageSize: PAGE_SIZE },
      integrator: { enabled: true },
    });
    let worker = world.startWorker();
    const handle = await world.start(config);
    for (const share of [0.1, 0.3, 0.5]) {
      await untilWrites(world.sandbox, Math.floor(PEOPLE * share));
      await worker.kill9();
      worker = world.startWorker();
    }
    await untilWrites(world.sandbox, Math.floor(PEOPLE * 0.7));
    await world.crashServer();
    const status = await untilStatus(world.handle(), isSettled);
    assert.equal(status.lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    assert.equal((await handle.describe()).status.name, 'RUNNING');
  });
});

describe('two workers on a server without eager dispatch', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await World.open({
      sandbox: { people: 1_000, seed: 12 },
      server: { extraArgs: ['--dynamic-config-value', 'system.enableActivityEagerExecution=false'] },
    });
  });
  after(() => world.close());

  it('come to the same result, and a run keeps to one of them', async () => {
    const config = world.connectionFile('arena', {
      seatgeek: { pageSize: PAGE_SIZE },
      integrator: { enabled: true },
    });
    world.startWorker();
    world.startWorker();
    await world.start(config);
    const status = await untilStatus(world.handle(), isSettled);
    assert.equal(status.lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    const wrote = await Promise.all(world.workers.map(({ pid }) => world.wrotePage(pid)));
    assert.deepEqual(wrote.toSorted(), [false, true]);
  });
});

describe('a worker killed as soon as it has sent its first create', function () {
  this.timeout(180_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 300, seed: 13 }, workerEnv: { LOST_CREATE_SECONDS: '25' } });
  });
  after(() => world.close());

  it('doubles nobody, though Halo finishes the create after another worker has begun', async () => {
    const fault = world.sandbox.faults.add({
      system: 'halo',
      kind: 'late-commit',
      status: 'silence',
      // The step moves after 20 seconds, when the worker was not heard of, and nobody knows what it did before.
      afterMs: 35_000,
      match: { method: 'POST', path: '/api/Users', nth: 1 },
    });
    const worker = world.startWorker();
    await world.start(world.connectionFile('arena', { integrator: { enabled: true } }));
    await fault.struck();
    await worker.kill9();
    world.startWorker();
    const status = await untilStatus(world.handle(), isSettled);
    await fault.settled();
    assert.equal(status.lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
  });
});
