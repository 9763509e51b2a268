/** One run of a connection, measured from both sides: what the sandbox was asked, what the worker and the engine spent. */
import { WorkflowNotFoundError, type WorkflowHandle } from '@temporalio/client';
import type { Status } from '../../src/workflows/status.js';
import {
  engineCost,
  type EngineCost,
  engineCostSince,
  lastAnswerAt,
  lastSignalAt,
  readChain,
  startedAt,
} from '../engine-cost.js';
import type { Measurement } from '../measurement.js';
import { watchProcess } from '../process-cost.js';
import { untilAsleep, type BenchWorld } from '../world.js';
import { requestsBetween } from './requests.js';

export interface MeasuredRun {
  readonly scenario: Measurement['scenario'];
  /** Default 0. */
  readonly haloMs?: number;
  readonly people: number;
}

/** Starts the connection and measures its first run. */
export async function measureStart(
  world: BenchWorld,
  run: MeasuredRun,
): Promise<{ handle: WorkflowHandle; measurement: Measurement }> {
  let handle: WorkflowHandle | undefined;
  const measurement = await measure(world, run, async () => {
    handle = await world.startConnection();
    return untilAsleep(handle, 'start');
  });
  if (handle === undefined) throw new Error('the connection was not started');
  return { handle, measurement };
}

/** Measures the run that a signal asks for. */
export function measureSignal(
  world: BenchWorld,
  handle: WorkflowHandle,
  signal: 'clear-cursor' | 'sync-now',
  run: MeasuredRun,
): Promise<Measurement> {
  return measure(world, run, async () => {
    await handle.signal(signal);
    return untilAsleep(handle, signal);
  });
}

async function measure(
  world: BenchWorld,
  { scenario, haloMs = 0, people }: MeasuredRun,
  body: () => Promise<Status>,
): Promise<Measurement> {
  const { sandbox, client, workflowId, workerPid } = world;
  const before = await sandbox.counts();
  const engineBefore = await engineCostSoFar(world);
  const watch = await watchProcess(workerPid);
  await body();
  const cost = await watch.cost();
  watch.stop();
  const after = await sandbox.counts();
  const chain = await readChain(client, workflowId);
  return {
    scenario,
    haloMs,
    people,
    changeEvents: after.changeEvents,
    haloUsersBefore: before.haloUsers,
    haloUsersAfter: after.haloUsers,
    ...requestsBetween(before, after),
    seconds: (lastAnswerAt(chain) - Math.max(startedAt(chain), lastSignalAt(chain))) / 1_000,
    ...cost,
    engine: engineCostSince(engineBefore, engineCost(chain)),
  };
}

/** Nothing before the connection is started. */
async function engineCostSoFar({ client, workflowId }: BenchWorld): Promise<EngineCost> {
  const chain = await readChain(client, workflowId).catch((error: unknown) => {
    if (error instanceof WorkflowNotFoundError) return [];
    throw error;
  });
  return engineCost(chain);
}
