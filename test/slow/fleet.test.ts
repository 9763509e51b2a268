/** What many connections on one worker cost, in counts; `npm run bench -- fleet` tells times and memory. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { measureFleet } from '../../bench/fleet.js';
import { builtProgram } from '../world/built.js';

const CONNECTIONS = 60;

describe('a fleet of idle connections', function () {
  this.timeout(300_000);

  it('asks for one token each, and an idle cycle is three actions, heartbeats included', async () => {
    const figures = await measureFleet({
      connections: CONNECTIONS,
      intervalMinutes: 0.2,
      workerArguments: [path.join(await builtProgram(), 'worker.js')],
      withOutage: false,
    });
    assert.ok(figures.cycles >= CONNECTIONS);
    assert.equal(figures.tokenRequests, CONNECTIONS);
    assert.deepEqual([figures.actions, figures.heartbeatsPerCycle], [3, 0]);
  });
});
