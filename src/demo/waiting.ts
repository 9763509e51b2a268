/** Waiting for a condition of a running connection. */
import type { WorkflowHandle } from '@temporalio/client';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { isUnanswered } from '../starter/temporal-failures.js';
import type { Status } from '../workflows/status.js';

const ASK_EVERY_MS = 400;

/** Asks `status` until it is as wanted; `onChange` sees each answer that differs from the one before. Never gives up by itself. */
export async function untilStatus(
  handle: WorkflowHandle,
  isWanted: (status: Status) => boolean,
  onChange: (status: Status) => void = () => undefined,
): Promise<Status> {
  let seen = '';
  for (;;) {
    const status = await askedOnce(handle);
    if (status === null) continue;
    const text = JSON.stringify(status);
    if (text !== seen) onChange(status);
    seen = text;
    if (isWanted(status)) return status;
    await pauseFor(ASK_EVERY_MS);
  }
}

/** Null where no worker has answered in time: it may still be starting. */
async function askedOnce(handle: WorkflowHandle): Promise<Status | null> {
  try {
    return await handle.query<Status>('status');
  } catch (error) {
    if (isUnanswered(error)) return null;
    throw error;
  }
}
