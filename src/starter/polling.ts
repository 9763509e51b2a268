/** Looks at a connection's status again and again until a condition holds. */
import type { Status } from '../workflows/status.js';
import type { Connections, PageProgress } from './connections.js';
import type { Context } from './context.js';
import { isPassing } from './errors.js';
import { isUnderWay } from './next-step.js';

const POLL_MS = 500;

/** Workers are restarted and so is Temporal: once the first look has succeeded, so many in a row may fail. */
const FAILED_LOOKS = 12;
const AFTER_FAILED_LOOK_MS = 2_000;

/** Sees every status, with the page being written as far as it is known. */
export type OnStatus = (status: Status, page: PageProgress | null) => void;

export interface Watcher {
  readonly isDone: (status: Status) => boolean;
  readonly onStatus: OnStatus;
}

/** Answers the status that satisfied `isDone`. Throws StarterError when the connection ends, or nobody answers for long. */
export async function pollStatus(context: Context, name: string, { isDone, onStatus }: Watcher): Promise<Status> {
  const connections = await context.connections();
  let status = await connections.status(name);
  for (;;) {
    onStatus(status, isUnderWay(status) ? await lookAtPage(connections, name) : null);
    if (isDone(status)) return status;
    await context.pause(POLL_MS);
    status = await lookAgain(context, () => connections.status(name));
  }
}

/** It is for the eye only: whatever keeps it from being seen keeps nothing else. */
async function lookAtPage(connections: Connections, name: string): Promise<PageProgress | null> {
  try {
    return await connections.pageProgress(name);
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
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
