import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { createActivities } from '../../src/activities/index.js';
import { parseAllowedHosts } from '../../src/connection/allowed-hosts.js';
import { createSecrets } from '../../src/connection/secrets.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { createHttp } from '../../src/http/http.js';
import { sandboxConnection, sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import type { RejectedUser } from '../../src/workflows/rejected.js';
import { workflowIdOf } from '../../src/temporal/task-queue.js';
import { temporal, withWorker } from '../world/temporal.js';
import { isSettled } from '../world/world.js';
import { assertRight, type Scene } from './checks.js';
import { combinationOf, titleOf, type Combination } from './combination.js';
import { fastClock } from './pipeline.js';

const SEED = Number(process.env['MATRIX_SEED'] ?? 20_261_125);
const COUNT = 10;
/** Where a request must run out of its time first, minutes pass; and a feed that forgets images needs the pipeline's bookkeeping. */
const isQuick = ({ faults, seatgeek }: Combination): boolean =>
  !faults.some(({ fault }) => fault.silent === true) &&
  seatgeek.aboveMaxLimit !== 'timeout' &&
  seatgeek.log === undefined;

const COMBINATIONS = Array.from({ length: 60 }, (_, number) => combinationOf(SEED + 5_000 + number))
  .filter(isQuick)
  .slice(0, COUNT);

/** A run has come to its end; where it failed, an operator asks for another. */
async function untilCompleted(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const { lastRun, phase, lastError } = await untilStatus(handle, isSettled);
    if (lastRun?.outcome === 'completed') return;
    assert.notEqual(phase, 'held', JSON.stringify(lastError));
    await handle.signal(phase === 'cursor-expired' ? 'clear-cursor' : 'sync-now');
  }
}

/** Longer than the retry of the rejected takes. */
const PATIENCE_MS = 30_000;

/** The retry of the rejected goes on for a moment after the run; what is wrong then stays wrong. */
async function untilRight(handle: WorkflowHandle, sandbox: Sandbox, scene: Scene, stage: string): Promise<void> {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const users = await handle.query<RejectedUser[]>('rejected');
    try {
      assertRight({ sandbox, state: { rejected: { users } }, logged: [], errors: [] }, scene, stage);
      return;
    } catch (error) {
      if (!(error instanceof assert.AssertionError) || Date.now() > until) throw error;
      await pauseFor(300);
    }
  }
}

async function playForReal(combination: Combination): Promise<void> {
  const { seed, people, existing, images, seatgeek, halo, pageSize, writeBatch } = combination;
  const sandbox = await startSandbox({ seed, people, existing, images, seatgeek, halo, now: () => fastClock.now() });
  for (const { fault, moment } of combination.faults) sandbox.faults.add(fault.at(moment));
  const http = createHttp();
  const scene = { before: sandbox.halo.users() };
  const name = `arena-${seed}`;
  const config = sandboxConnection(sandbox, name, {
    seatgeek: { pageSize },
    halo: { writeBatch },
    integrator: { enabled: true },
  });
  const activities = createActivities({
    http,
    secrets: createSecrets({ env: sandboxSecrets(sandbox, name) }),
    allowedHosts: parseAllowedHosts('127.0.0.1'),
    clock: fastClock,
  });
  const id = `matrix-${randomUUID()}`;
  const { client } = await temporal();
  try {
    await withWorker(id, activities, async () => {
      const handle = await client.workflow.start('connection', {
        taskQueue: id,
        workflowId: workflowIdOf(name),
        args: [config],
      });
      const settle = async (stage: string, signal?: string): Promise<void> => {
        if (signal !== undefined) await handle.signal(signal);
        await untilCompleted(handle);
        await handle.signal('retry-rejected');
        await untilRight(handle, sandbox, scene, stage);
      };
      try {
        await settle('first import');
        sandbox.addLiveChanges(20);
        await settle('live changes', 'sync-now');
        await settle('all history again', 'clear-cursor');
      } finally {
        await handle.terminate('end of test');
      }
    });
  } finally {
    await http.close();
    await sandbox.close();
  }
}

describe('the real workflow on a real Temporal server, dialects and faults by chance', function () {
  this.timeout(90_000);

  for (const combination of COMBINATIONS) {
    it(`brings Halo to what the feed says (seed ${combination.seed}: ${titleOf({ ...combination, deaths: 0 })})`, () =>
      playForReal(combination));
  }
});
