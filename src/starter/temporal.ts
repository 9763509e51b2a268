/** The starter's calls to Temporal: they start, ask and signal connections, and print nothing. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition } from '@temporalio/common';
import { TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';
import { rejectedQuery, statusQuery } from '../workflows/messages.js';
import type { Connections } from './connections.js';
import { workerMissing } from './errors.js';
import { isUnanswered, translated } from './temporal-failures.js';
import { assertRunning, isRunning, list } from './temporal-running.js';
import { start, validate } from './temporal-start.js';

export interface Limits {
  /** How long to wait for a worker before saying that there is none. */
  readonly workerMs: number;
  /** Between two looks at whether a start was accepted. */
  readonly pollMs: number;
}

export const LIMITS: Limits = { workerMs: 15_000, pollMs: 200 };

/** `close` ends the client's connection. */
export function createConnections(client: Client, close: () => Promise<void>, limits: Limits = LIMITS): Connections {
  const handleOf = (name: string): WorkflowHandle => client.workflow.getHandle(workflowIdOf(name));
  const query = async <T>(name: string, definition: QueryDefinition<T>): Promise<T> => {
    const handle = handleOf(name);
    await assertRunning(client, name, handle);
    try {
      return await client.withDeadline(Date.now() + limits.workerMs, () => handle.query(definition));
    } catch (error) {
      if (isUnanswered(error)) throw workerMissing(TASK_QUEUE, { cause: error });
      throw error;
    }
  };
  return {
    validate: (name, file) => translated(() => validate(client, name, file, limits)),
    isRunning: (name) => translated(() => isRunning(handleOf(name))),
    start: (connection, file) => translated(() => start(client, connection, file, limits)),
    status: (name) => translated(() => query(name, statusQuery)),
    rejected: (name) => translated(() => query(name, rejectedQuery)),
    signal: (name, signal, ...args) =>
      translated(async () => {
        const handle = handleOf(name);
        await assertRunning(client, name, handle);
        await handle.signal(signal, ...args);
      }),
    list: () => translated(() => list(client)),
    close,
  };
}
