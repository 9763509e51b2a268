import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

describe('the first import', function () {
  this.timeout(120_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 2_000, seed: 7 } });
    world.startWorker();
  });
  after(() => world.close());

  it('brings Halo, person by person and field by field, to what the feed says', async () => {
    const handle = await world.start(world.connectionFile());
    await handle.signal('import-100');
    await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
    await handle.signal('resume');
    const { lastRun } = await untilStatus(handle, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    const settled =
      lastRun.created + lastRun.matchedByEmail + lastRun.updated + lastRun.unchanged + lastRun.deactivated;
    assert.equal(lastRun.people, settled);
  });

  it('then imports what changes, and only that', async () => {
    const handle = world.handle();
    world.sandbox.addLiveChanges(25);
    await handle.signal('sync-now');
    const { lastRun } = await untilStatus(handle, (now) => isSettled(now) && now.lastRun?.trigger === 'sync-now');
    assert.deepEqual([lastRun?.outcome, lastRun?.events], ['completed', 25]);
    assert.deepEqual(finalDifferences(world), []);
  });

  it('creates nobody and leaves Halo as it is when all history is read again after clear-cursor', async () => {
    const handle = world.handle();
    const { created } = world.sandbox.halo.writes;
    await handle.signal('clear-cursor');
    const { lastRun } = await untilStatus(handle, (now) => isSettled(now) && now.lastRun?.trigger === 'clear-cursor');
    assert.deepEqual([lastRun?.outcome, lastRun?.created, lastRun?.matchedByEmail], ['completed', 0, 0]);
    assert.equal(world.sandbox.halo.writes.created, created);
    assert.deepEqual(finalDifferences(world), []);
  });
});
