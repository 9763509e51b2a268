import type { Measurement } from '../measurement.js';
import { runFloor } from '../floor-process.js';
import { startSandboxProcess } from '../sandbox-process.js';
import { requestsBetween } from './requests.js';

/** The plain script with so many workers, in a Halo whose search takes custom fields: without that it could not look anybody up by ID. */
export async function measureFloor(people: number, workers: 1 | 8): Promise<Measurement> {
  const sandbox = await startSandboxProcess({ people, halo: { advancedSearch: 'emailaddress+customfields' } });
  try {
    const before = await sandbox.counts();
    const { seconds, peakMiB, cpuSeconds } = await runFloor(sandbox, workers);
    const after = await sandbox.counts();
    return {
      scenario: `floor-${workers}`,
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
