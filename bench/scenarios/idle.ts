import { setTimeout as pauseFor } from 'node:timers/promises';
import { engineCost, readChain, type RunHistory } from '../engine-cost.js';
import type { Measurement } from '../measurement.js';
import { watchProcess } from '../process-cost.js';
import { inWorld, untilAsleep, type BenchWorld, type WorkerSource } from '../world.js';
import { requestsBetween } from './requests.js';

/** Long enough to see each cycle asleep on a busy machine. */
const INTERVAL_MINUTES = 0.1;
/** See `incremental.ts`. */
const FEED_PEOPLE = 40;

/** One cycle in which nobody asks for anything and nothing has changed, of a connection left alone. */
export function measureIdle(worker: WorkerSource): Promise<Measurement> {
  return inWorld({ people: FEED_PEOPLE, images: 1, worker, intervalMinutes: INTERVAL_MINUTES }, async (world) => {
    const handle = await world.startConnection();
    await untilAsleep(handle, 'start');
    // The first import's run ends with its sleep; the one after it is the first that finds nothing new.
    await untilAsleepInRun(world, 2);
    const before = await world.sandbox.counts();
    const watch = await watchProcess(world.workerPid);
    const began = performance.now();
    const chain = await untilAsleepInRun(world, 3);
    const seconds = (performance.now() - began) / 1_000;
    const cost = await watch.cost();
    watch.stop();
    const after = await world.sandbox.counts();
    const wholeCycle = chain.slice(1, 2);
    return {
      scenario: 'idle',
      haloMs: 0,
      people: FEED_PEOPLE,
      changeEvents: after.changeEvents,
      haloUsersBefore: before.haloUsers,
      haloUsersAfter: after.haloUsers,
      ...requestsBetween(before, after),
      seconds,
      ...cost,
      engine: engineCost(wholeCycle),
    };
  });
}

/** Waits until the chain has so many runs and the newest of them has done its work. */
async function untilAsleepInRun({ client, workflowId }: BenchWorld, count: number): Promise<readonly RunHistory[]> {
  for (;;) {
    const chain = await readChain(client, workflowId);
    const isAsleep = chain.at(-1)?.events.some(({ timerStartedEventAttributes: timer }) => timer != null);
    if (chain.length > count) throw new Error('the cycle went by too fast to be seen');
    if (chain.length === count && isAsleep === true) return chain;
    await pauseFor(250);
  }
}
