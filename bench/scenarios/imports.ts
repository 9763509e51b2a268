import type { Measurement } from '../measurement.js';
import { inWorld, type WorkerSource, type WorldOrder } from '../world.js';
import { measureSignal, measureStart } from './run.js';

/** Everybody for the first time, in a Halo that takes arrays and is so far away. */
export function measureFirst(people: number, worker: WorkerSource, haloMs = 0): Promise<Measurement> {
  return measureFirstImport({ people, worker, halo: { latencyMs: haloMs } }, 'first-import', haloMs);
}

/**
 * All history again after `clear-cursor`, when nothing has changed: without the people whom Halo refuses anew each time, and without those whose
 * images can't be ordered, who really change twice.
 */
export function measureAgain(people: number, worker: WorkerSource): Promise<Measurement> {
  return inWorld({ people, worker, oddities: false }, async (world) => {
    const { handle } = await measureStart(world, { scenario: 'first-import', people });
    return measureSignal(world, handle, 'clear-cursor', { scenario: 're-import', people });
  });
}

/** Everybody for the first time, in a Halo that answers an array with one object, as its own description says. */
export function measureOneObject(people: number, worker: WorkerSource): Promise<Measurement> {
  return measureFirstImport({ people, worker, halo: { answerOfMany: 'object' } }, 'one-object');
}

/** Everybody for the first time, in a Halo that refuses more than one user per request. */
export function measureOnePerRequest(people: number, worker: WorkerSource): Promise<Measurement> {
  return measureFirstImport({ people, worker, halo: { arrays: 'one-only' } }, 'one-per-request');
}

/** Two histories of the same people: one image each, and four each. */
export async function measureImages(
  people: number,
  worker: WorkerSource,
): Promise<{ one: Measurement; four: Measurement }> {
  return {
    one: await measureFirstImport({ people, worker, images: 1 }, 'one-image'),
    four: await measureFirstImport({ people, worker, images: 4 }, 'four-images'),
  };
}

async function measureFirstImport(
  order: WorldOrder,
  scenario: Measurement['scenario'],
  haloMs = 0,
): Promise<Measurement> {
  const { people } = order;
  return inWorld(order, async (world) => (await measureStart(world, { scenario, haloMs, people })).measurement);
}
