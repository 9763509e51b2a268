/** `npm run bench -- in-a-row [runs] [Halo users]`: whether a worker's memory grows with the runs, each of which lists all of a large Halo. */
import type { Measurement } from './measurement.js';
import { measureSignal, measureStart } from './scenarios/run.js';
import { inWorld } from './world.js';

const PEOPLE = 2_000;

/** Prints the peak of each run (MiB) and how many times the first one's the last one's is. Throws where a run fails. */
export async function benchInARow([runs = '32', haloUsers = '100000']: readonly string[]): Promise<void> {
  // A Halo that can't be searched for SeatGeek IDs has to be listed.
  const halo = { advancedSearch: 'emailaddress' } as const;
  const order = { people: PEOPLE, worker: 'build', usersWithIds: Number(haloUsers), oddities: false, halo } as const;
  await inWorld(order, async (world) => {
    const { handle, measurement: first } = await measureStart(world, { scenario: 'first-import', people: PEOPLE });
    tell(1, first);
    let last = first;
    for (let run = 2; run <= Number(runs); run += 1) {
      last = await measureSignal(world, handle, 'clear-cursor', { scenario: 're-import', people: PEOPLE });
      tell(run, last);
    }
    process.stdout.write(`last to first: ${(last.peakMiB / first.peakMiB).toFixed(3)}\n`);
  });
}

function tell(run: number, { peakMiB, haloRequests, seconds }: Measurement): void {
  process.stdout.write(
    `run ${run}: ${peakMiB.toFixed(1)} MiB, ${haloRequests} Halo requests, ${seconds.toFixed(1)} s\n`,
  );
}
