import { FAR_MS, type Measurement } from '../measurement.js';
import { runFloor } from '../floor-process.js';
import { startSandboxProcess } from '../sandbox-process.js';
import { requestsBetween } from './requests.js';

/** In it everybody can be looked up by SeatGeek ID, without which the script could not work. */
const HALO = { advancedSearch: 'emailaddress+customfields' };

export function measureFloor(people: number, workers: 1 | 8): Promise<Measurement> {
  return measureScript(people, workers, { scenario: `floor-${workers}`, halo: HALO });
}

/** With 8 workers in a Halo that is some way off. */
export function measureFloorFar(people: number): Promise<Measurement> {
  return measureScript(people, 8, { scenario: 'floor-8-far', halo: { ...HALO, latencyMs: FAR_MS } });
}

async function measureScript(
  people: number,
  workers: number,
  { scenario, halo }: { scenario: Measurement['scenario']; halo: Record<string, unknown> },
): Promise<Measurement> {
  const sandbox = await startSandboxProcess({ people, halo });
  try {
    const before = await sandbox.counts();
    const { seconds, peakMiB, cpuSeconds } = await runFloor(sandbox, workers);
    const after = await sandbox.counts();
    return {
      scenario,
      people,
      changeEvents: after.changeEvents,
      haloUsersBefore: before.haloUsers,
      haloUsersAfter: after.haloUsers,
      ...requestsBetween(before, after),
      seconds,
      peakMiB,
      cpuSeconds,
      engine: null,
    };
  } finally {
    await sandbox.stop();
  }
}
