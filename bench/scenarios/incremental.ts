import type { Measurement } from '../measurement.js';
import { inWorld, type WorkerSource } from '../world.js';
import { measureSignal, measureStart } from './run.js';

export interface IncrementalSize {
  /** People who change. */
  readonly changed: number;
  /** Users in Halo, all with a SeatGeek ID. */
  readonly haloUsers: number;
}

/** Few enough that none of the sandbox's unusable people is among them: their retries are no part of this figure. */
const FEED_PEOPLE = 40;

/** A few people change where Halo is large; its search takes many values, custom fields too. The connection has run once before. */
export function measureIncremental(
  { changed, haloUsers }: IncrementalSize,
  worker: WorkerSource,
): Promise<Measurement> {
  const halo = { advancedSearch: 'emailaddress+customfields', advancedSearchIn: true };
  return inWorld({ people: FEED_PEOPLE, images: 1, worker, usersWithIds: haloUsers, halo }, async (world) => {
    const { handle } = await measureStart(world, { scenario: 'incremental', people: FEED_PEOPLE });
    await world.sandbox.changePeople(changed);
    return measureSignal(world, handle, 'sync-now', { scenario: 'incremental', people: changed });
  });
}
