/**
 * Workers and the server killed at random in the middle of imports whose Halo has bad moments too. `WORKER_KILLS=200 SERVER_KILLS=20` plays the long
 * drill; `SEED` plays one again.
 */
import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { untilStatus } from '../../src/demo/waiting.js';
import { chance } from '../../src/sandbox/random.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites, writtenSoFar } from '../world/writes.js';

const WORKER_KILLS = Number(process.env.WORKER_KILLS ?? 4);
const SERVER_KILLS = Number(process.env.SERVER_KILLS ?? 1);
const SEED = Number(process.env.SEED ?? 1);
/** So many kills fall into one import. */
const KILLS_PER_IMPORT = 5;
const PEOPLE = 1_200;

describe('kills of workers and of the server, at random', function () {
  this.timeout((WORKER_KILLS + SERVER_KILLS) * 90_000 + 120_000);

  const kills = [...Array<'worker'>(WORKER_KILLS).fill('worker'), ...Array<'server'>(SERVER_KILLS).fill('server')];
  let thrown = 0;
  const dice = (): number => chance(SEED, (thrown += 1));
  for (const kill of kills.keys()) {
    const other = Math.floor(dice() * (kill + 1));
    [kills[kill], kills[other]] = [kills[other] ?? 'worker', kills[kill] ?? 'worker'];
  }
  for (let first = 0; first < kills.length; first += KILLS_PER_IMPORT) {
    const these = kills.slice(first, first + KILLS_PER_IMPORT);
    it(`lose nobody and double nobody: ${these.join(', ')}`, async () => {
      const world = await World.open({ sandbox: { people: PEOPLE, seed: SEED + first, halo: { latencyMs: 20 } } });
      try {
        for (const kind of ['reset-before', 'reset-after-commit', 'truncated-json'] as const)
          world.sandbox.faults.add({ system: 'halo', kind, match: { probability: 0.01 } });
        const workers = [world.startWorker(), world.startWorker()];
        await world.start(
          world.connectionFile('arena', {
            seatgeek: { pageSize: 100 },
            halo: { writeBatch: 10 },
            integrator: { enabled: true },
          }),
        );
        for (const [index, kill] of these.entries()) {
          const share = (index + dice()) / these.length;
          await untilWrites(world.sandbox, Math.max(writtenSoFar(world.sandbox), Math.floor(PEOPLE * 0.9 * share)));
          await pauseFor(dice() * 500);
          if (kill === 'server') await world.crashServer();
          else {
            const which = dice() < 0.5 ? 0 : 1;
            await workers[which]?.kill9();
            workers[which] = world.startWorker();
          }
        }
        // A run that Halo's bad moments have ended is begun again by itself.
        await untilStatus(world.handle(), (status) => isSettled(status) && status.lastRun?.outcome === 'completed');
        assert.deepEqual(finalDifferences(world), []);
      } finally {
        await world.close();
      }
    });
  }
});
