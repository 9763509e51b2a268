/** Names of the queue and of the workflows, shared by worker, starter, tests and operators. They are in histories: never changed. */

/** Every worker polls this queue; every connection's workflow runs on it. */
export const TASK_QUEUE = 'seatgeek-halo';

/** The queue of one worker alone: a run whose pages and survey are in its memory has its steps done there. `worker` is new with each process. */
export function ownTaskQueue(worker: string): string {
  return `${TASK_QUEUE}@${worker}`;
}

/** The workflow type of a connection, as the Temporal CLI names it. */
export const CONNECTION_WORKFLOW = 'connection';

const PREFIX = 'connection-';

/** The workflow id of a connection: `connection-<name>`. */
export function workflowIdOf(connectionName: string): string {
  return `${PREFIX}${connectionName}`;
}

/** The connection's name in a workflow id; undefined when the id isn't one of ours. */
export function connectionNameOf(workflowId: string): string | undefined {
  return workflowId.startsWith(PREFIX) ? workflowId.slice(PREFIX.length) : undefined;
}
