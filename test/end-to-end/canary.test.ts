import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { canaries, everythingWritten, leaks } from '../world/canaries.js';
import { isSettled, World } from '../world/world.js';

describe("people's data and secrets", function () {
  this.timeout(240_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 5_000, seed: 41 } });
  });
  after(() => world.close());

  it('never reach the database file of Temporal, its write-ahead log or a worker log, also when people are refused and steps fail', async () => {
    const { faults } = world.sandbox;
    faults.add({
      system: 'halo',
      match: { method: 'POST', path: '/api/Users', every: 1_999 },
      kind: 'status',
      status: 503,
      times: 2,
    });
    faults.add({ system: 'seatgeek', match: { path: '/v1/clients', nth: 3 }, kind: 'truncated-json' });
    world.startWorker();
    const handle = await world.start(world.connectionFile());
    await handle.signal('import-100');
    await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
    await handle.signal('resume', 'the sample looks right');
    await untilStatus(handle, isSettled);
    await handle.signal('retry-rejected');
    const status = await untilStatus(handle, ({ pending }) => pending.length === 0);
    assert.ok(status.rejectedUsers > 0);
    await handle.query('rejected');
    await handle.executeUpdate('validate');

    const texts = canaries(world.sandbox);
    assert.ok(texts.length > 10_000, `${texts.length} canaries`);
    const written = await everythingWritten(world);
    assert.ok([...written.keys()].includes('temporal.db-wal') || (written.get('temporal.db')?.length ?? 0) > 100_000);
    assert.deepEqual(leaks(written, texts), []);
  });

  it('would be found: the search sees what is surely there', async () => {
    assert.ok(leaks(await everythingWritten(world), ['connection-arena']).length > 0);
  });
});
