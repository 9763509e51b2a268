/** Which command usually comes next, as the starter suggests it. Pure. */
import type { Status } from '../workflows/status.js';

/** Null when there is nothing to do, or nothing that the starter does. */
export function nextStep(status: Status): string | null {
  const name = status.connection;
  switch (status.phase) {
    case 'syncing':
      return `watch ${name}`;
    case 'failing':
      return `sync-now ${name} --wait`;
    case 'cursor-expired':
      return `clear-cursor ${name}`;
    case 'paused':
      return isUnderWay(status) ? `watch ${name}` : pausedStep(status);
    case 'idle':
      if (isUnderWay(status)) return `watch ${name}`;
      return status.rejectedUsers > 0 ? `rejected ${name}` : null;
    case 'held':
      return `preview ${name} --next-run`;
  }
}

function pausedStep({ connection, sampleImport, lastRun, lastError }: Status): string {
  if (lastRun === null && sampleImport?.outcome === 'failed')
    return lastError?.code === 'brake-held' ? `preview ${connection}` : `import-100 ${connection}`;
  return sampleImport === null && lastRun === null ? `preview ${connection}` : `resume ${connection}`;
}

/** Whether something goes on or is asked for that can be served now: a connection that is off serves only the sample import. */
export function isUnderWay({ phase, run, integrator, sampleImport, pending }: Status): boolean {
  // Without a run: the file of the first start is being checked.
  if (phase === 'syncing' || run !== null || isSampling(sampleImport, pending)) return true;
  return integrator === 'on' && pending.length > 0;
}

/** Whether a sample import goes on or is asked for. */
export function isSampling(sampleImport: Status['sampleImport'], pending: Status['pending']): boolean {
  return pending.includes('import-100') || (sampleImport !== null && sampleImport.finishedAt === null);
}
