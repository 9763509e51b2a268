/** Looks at a connection's status again and again until a condition holds. */
import type { Status } from '../workflows/status.js';
import type { Context } from './context.js';
import { isPassing } from './errors.js';

const POLL_MS = 500;

/** Workers are restarted and so is Temporal: once the first look has succeeded, so many in a row may fail. */
const FAILED_LOOKS = 12;
const AFTER_FAILED_LOOK_MS = 2_000;

export interface Watcher {
  readonly isDone: (status: Status) => boolean;
  readonly onStatus?: (status: Status) => void;
}

/** Answers the status that satisfied `isDone`. Throws StarterError when the connection ends, or nobody answers for long. */
export async function pollStatus(context: Context, name: string, { isDone, onStatus }: Watcher): Promise<Status> {
  const connections = await context.connections();
  let status = await connections.status(name);
  for (;;) {
    onStatus?.(status);
    if (isDone(status)) return status;
    await context.pause(POLL_MS);
    status = await lookAgain(context, () => connections.status(name));
  }
}

async function lookAgain(context: Context, look: () => Promise<Status>): Promise<Status> {
  for (let failed = 1; ; failed += 1) {
    try {
      return await look();
    } catch (error) {
      if (!isPassing(error) || failed > FAILED_LOOKS) throw error;
      if (failed === 1) context.terminal.say(`${error.message}; waiting`);
      await context.pause(AFTER_FAILED_LOOK_MS);
    }
  }
}
