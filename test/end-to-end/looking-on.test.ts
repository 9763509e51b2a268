/** What the starter sees of a running connection beside its status: the page being written, and the file it works by. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before } from 'mocha';
import type { Connections, PageProgress } from '../../src/starter/connections.js';
import { createConnections } from '../../src/starter/temporal.js';
import { World } from '../world/world.js';

/** So few that a page has to wait for Halo's limit. */
const NARROW = { requests: 12, perSeconds: 3_600 };

describe('looking on', function () {
  this.timeout(120_000);
  let world: World;
  let connections: Connections;

  before(async () => {
    world = await World.open({ sandbox: { people: 600, seed: 7 } });
    world.startWorker();
    connections = createConnections(world.client, {
      close: () => Promise.resolve(),
      web: { address: world.server.address, namespace: 'default', uiUrl: undefined },
    });
  });
  after(() => world.close());

  const untilWaiting = async (): Promise<PageProgress> => {
    for (;;) {
      const page = await connections.pageProgress('arena');
      if (page?.waitingUntil != null && page.of !== null) return page;
      await sleep(100);
    }
  };

  it("tells how far the page has come and until when Halo's limit makes it wait", async () => {
    const file = world.connectionFile('arena', { halo: { rateLimit: NARROW }, integrator: { enabled: true } });
    await world.start(file);
    const { settled, of, waitingUntil } = await untilWaiting();
    assert.ok(of !== null && of > 0 && settled <= of, `${settled} of ${of}`);
    assert.ok((waitingUntil ?? 0) > Date.now());
    assert.deepEqual(await connections.fileOf('arena'), file);
  });

  it('says which connections run when asked for another', async () => {
    await assert.rejects(connections.fileOf('stadium'), { code: 'connection-unknown', message: /arena/ });
    assert.equal(await connections.pageProgress('stadium'), null);
  });
});
