/** Workers that stand still, or lose Temporal while Halo stays in reach, in the middle of creating people. `ROUNDS=20` plays more of it. */
import assert from 'node:assert/strict';
import { untilStatus } from '../../src/demo/waiting.js';
import type { WorkerProcess } from '../../src/demo/worker-process.js';
import { finalDifferences } from '../world/oracle.js';
import { layWire, type Wire } from '../world/tcp-proxy.js';
import { until } from '../world/until.js';
import { isSettled, World } from '../world/world.js';

const ROUNDS = Number(process.env.ROUNDS ?? 2);
/** Longer than Temporal waits for a heartbeat, so that the other worker has the page when this one comes back. */
const AWAY_MS = 26_000;

interface Hand {
  readonly worker: WorkerProcess;
  readonly wire: Wire;
}

describe('a worker out of touch in mid-create', function () {
  this.timeout(ROUNDS * 180_000 + 300_000);

  const ways: Readonly<Record<string, (hand: Hand) => { end: () => void }>> = {
    'stands still': ({ worker }) => {
      process.kill(worker.pid, 'SIGSTOP');
      return { end: () => process.kill(worker.pid, 'SIGCONT') };
    },
    'is cut off from Temporal': ({ wire }) => {
      wire.cut();
      return { end: () => wire.mend() };
    },
  };
  for (const [what, part] of Object.entries(ways))
    it(`that ${what} doubles nobody and loses nobody`, async () => {
      // A page takes longer than a worker may write without a word from Temporal, whenever the round begins.
      const people = 300 + ROUNDS * 150;
      const world = await World.open({ sandbox: { people, seed: 31, halo: { latencyMs: 400 } } });
      const wires: Wire[] = [];
      try {
        const hands: Hand[] = [];
        for (let n = 0; n < 2; n++) {
          const wire = await layWire(world.server.address);
          wires.push(wire);
          hands.push({ wire, worker: world.startWorker({ TEMPORAL_ADDRESS: wire.address }) });
        }
        const config = world.connectionFile('arena', {
          seatgeek: { pageSize: 300 },
          halo: { writeBatch: 2 },
          integrator: { enabled: true },
        });
        await world.start(config);
        for (let round = 0; round < ROUNDS; round++) {
          const writes = world.sandbox.halo.writes.count;
          await until(() => world.sandbox.halo.writes.count > writes + 3);
          const pid = await writingPid(world);
          const hand = hands.find(({ worker }) => worker.pid === pid);
          assert.ok(hand !== undefined, `no worker ${pid}`);
          const { end } = part(hand);
          await new Promise((resolve) => setTimeout(resolve, AWAY_MS));
          end();
        }
        const status = await untilStatus(world.handle(), isSettled);
        assert.equal(status.lastRun?.outcome, 'completed');
        assert.deepEqual(finalDifferences(world), []);
        const said = (await world.workerLog()).split('worker-out-of-touch').length - 1;
        assert.ok(said >= ROUNDS, `${said} lines tell of it`);
      } finally {
        for (const wire of wires) wire.close();
        await world.close();
      }
    });
});

/** The process that writes a page just now, as Temporal knows it. */
async function writingPid(world: World): Promise<number> {
  let identity = '';
  await until(async () => {
    const { raw } = await world.handle().describe();
    const writes = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'upsertUsers');
    identity = writes?.lastWorkerIdentity ?? '';
    return identity !== '';
  });
  return Number(identity.split('@')[0]);
}
