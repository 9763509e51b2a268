import type { Measurement } from '../measurement.js';
import { runFloor } from '../floor-process.js';
import { startSandboxProcess } from '../sandbox-process.js';
import { requestsBetween } from './requests.js';

/** In it everybody can be looked up by SeatGeek ID, without which the script could not work. */
const HALO = { advancedSearch: 'emailaddress+customfields' };

export async function measureFloor(people: number, workers: 1 | 8, haloMs = 0): Promise<Measurement> {
  const sandbox = await startSandboxProcess({ people, halo: { ...HALO, latencyMs: haloMs } });
  try {
    const before = await sandbox.counts();
    const { seconds, peakMiB, cpuSeconds } = await runFloor(sandbox, workers);
    const after = await sandbox.counts();
    return {
      scenario: `floor-${workers}`,
      haloMs,
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
