/** The starter's calls to Temporal: they start, ask and signal connections, and print nothing. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { QueryDefinition, UpdateDefinition } from '@temporalio/common';
import { TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';
import { configureUpdate, previewUpdate, rejectedQuery, statusQuery, traceUpdate } from '../workflows/messages.js';
import type { Connections } from './connections.js';
import { workerMissing } from './errors.js';
import { isUnanswered, translated } from './temporal-failures.js';
import { builds, promote } from './temporal-builds.js';
import { assertRunning, isRunning, list } from './temporal-running.js';
import { pageProgress } from './temporal-progress.js';
import { discover, start, validate } from './temporal-start.js';
import { LIMITS, type Limits } from './limits.js';
import type { Question } from '../sealing.js';
import { askPreview, askTrace } from './sealed-answers.js';
import { executeUpdate } from './temporal-update.js';
import { endedConnection } from './temporal-ended.js';
import { fileInForce } from './temporal-file.js';
import { webPage, type WebPlace } from './web-page.js';

export interface ConnectionsOptions {
  /** Ends the client's connection. */
  readonly close: () => Promise<void>;
  readonly web: WebPlace;
  readonly limits?: Limits;
}

export function createConnections(client: Client, { close, web, limits = LIMITS }: ConnectionsOptions): Connections {
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
  const update = <T, Args extends unknown[]>(
    name: string,
    definition: UpdateDefinition<T, Args>,
    ...args: Args
  ): Promise<T> =>
    translated(async () => {
      const handle = handleOf(name);
      await assertRunning(client, name, handle);
      return executeUpdate<T>(client, handle, { name: definition.name, args, workerMs: limits.workerMs });
    });
  const { namespace } = client.options;
  const question = (name: string, asked: string, what: unknown): Question => {
    return { namespace, workflowId: workflowIdOf(name), update: asked, what };
  };
  return {
    discover: (endpoints, options = {}) => translated(() => discover(client, endpoints, options, limits)),
    validate: (name, file) => translated(() => validate(client, name, file, limits)),
    isRunning: (name) => translated(() => isRunning(handleOf(name))),
    ended: (name) => translated(() => endedConnection(client, name)),
    start: (connection, file, carried = null) => translated(() => start(client, connection, { file, carried }, limits)),
    end: (name, reason) =>
      translated(async () => {
        const handle = handleOf(name);
        await assertRunning(client, name, handle);
        await handle.terminate(reason);
      }),
    webPage: (name) =>
      translated(async () => {
        const handle = handleOf(name);
        await assertRunning(client, name, handle);
        return webPage(web, name, (await handle.describe()).runId);
      }),
    status: (name) => translated(() => query(name, statusQuery)),
    rejected: (name) => translated(() => query(name, rejectedQuery)),
    signal: (name, signal, ...args) =>
      translated(async () => {
        const handle = handleOf(name);
        await assertRunning(client, name, handle);
        await handle.signal(signal, ...args);
      }),
    preview: (name, of) =>
      askPreview(question(name, previewUpdate.name, of), (asker) => update(name, previewUpdate, of, asker)),
    trace: (name, whom) =>
      askTrace(question(name, traceUpdate.name, whom), (asker) => update(name, traceUpdate, whom, asker)),
    configure: (name, file, options) => update(name, configureUpdate, file, options),
    fileOf: (name) => translated(() => fileInForce(client, name)),
    pageProgress: (name) => translated(() => pageProgress(client, handleOf(name))),
    list: () => translated(() => list(client)),
    builds: () => translated(() => builds(client)),
    promote: (build) => translated(() => promote(client, build)),
    close,
  };
}
