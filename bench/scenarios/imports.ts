import type { Measurement } from '../measurement.js';
import { inWorld, type WorkerSource, type WorldOrder } from '../world.js';
import { measureSignal, measureStart } from './run.js';

/** Everybody for the first time, in a Halo that takes arrays; then all history again after `clear-cursor`, when nothing has changed. */
export function measureImports(
  people: number,
  worker: WorkerSource,
): Promise<{ first: Measurement; again: Measurement }> {
  return inWorld({ people, worker }, async (world) => {
    const { handle, measurement: first } = await measureStart(world, { scenario: 'first-import', people });
    const again = await measureSignal(world, handle, 'clear-cursor', { scenario: 're-import', people });
    return { first, again };
  });
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

async function measureFirstImport(order: WorldOrder, scenario: Measurement['scenario']): Promise<Measurement> {
  const { people } = order;
  return inWorld(order, async (world) => (await measureStart(world, { scenario, people })).measurement);
}
