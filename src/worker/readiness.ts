/** Whether a worker takes work. */
import type { NativeConnection, Worker } from '@temporalio/worker';

const ANSWER_WITHIN_MS = 3_000;

/** Why the worker is not ready; null when it is. Graceful shutdown makes it not ready first, while steps under way go on. */
export async function notReadyReason(
  workers: readonly Pick<Worker, 'getState'>[],
  connection: Pick<NativeConnection, 'withDeadline' | 'workflowService'>,
): Promise<string | null> {
  const states = workers.map((worker) => worker.getState()).filter((state) => state !== 'RUNNING');
  // One of them may be through while the other still ends a step.
  const state = states.find((one) => one !== 'STOPPED') ?? states[0];
  if (state !== undefined) return `the worker is ${state.toLowerCase()}`;
  try {
    await asked(connection);
    return null;
  } catch {
    return 'Temporal does not answer';
  }
}

/** Asks Temporal for something small. Throws when no answer comes within three seconds. */
export function asked(connection: Pick<NativeConnection, 'withDeadline' | 'workflowService'>): Promise<unknown> {
  return connection.withDeadline(Date.now() + ANSWER_WITHIN_MS, () => connection.workflowService.getSystemInfo({}));
}
