import { setTimeout as pauseFor } from 'node:timers/promises';
import { engineCost, readChain, type RunHistory } from '../engine-cost.js';
import type { Measurement } from '../measurement.js';
import { watchProcess } from '../process-cost.js';
import { inWorld, untilAsleep, type BenchWorld, type WorkerSource } from '../world.js';
import { requestsBetween } from './requests.js';

/** As short as a connection file may say. */
const INTERVAL_MINUTES = 0.05;
/** See `incremental.ts`. */
const FEED_PEOPLE = 40;

/** One cycle in which nobody asks for anything and nothing has changed: the newest whole one of a connection left alone. */
export function measureIdle(worker: WorkerSource): Promise<Measurement> {
  return inWorld({ people: FEED_PEOPLE, images: 1, worker, intervalMinutes: INTERVAL_MINUTES }, async (world) => {
    const handle = await world.startConnection();
    await untilAsleep(handle, 'start');
    // The first import and the cycle under way when it was seen to be over are not idle.
    const first = (await readChain(world.client, world.workflowId)).length + 1;
    await untilRuns(world, first + 1);
    const before = await world.sandbox.counts();
    const watch = await watchProcess(world.workerPid);
    const began = performance.now();
    await untilRuns(world, first + 2);
    const seconds = (performance.now() - began) / 1_000;
    const cost = await watch.cost();
    watch.stop();
    const after = await world.sandbox.counts();
    const cycle = (await untilRuns(world, first + 2))[first];
    return {
      scenario: 'idle',
      people: FEED_PEOPLE,
      changeEvents: after.changeEvents,
      haloUsersBefore: before.haloUsers,
      haloUsersAfter: after.haloUsers,
      ...requestsBetween(before, after),
      seconds,
      ...cost,
      engine: engineCost(cycle === undefined ? [] : [cycle]),
    };
  });
}

async function untilRuns({ client, workflowId }: BenchWorld, count: number): Promise<readonly RunHistory[]> {
  for (;;) {
    const chain = await readChain(client, workflowId);
    if (chain.length >= count) return chain;
    await pauseFor(250);
  }
}
