/** Starts the workflows `connection`, `validate` and `discover`, and tells when no worker takes them. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import type { Workflow, WorkflowResultType } from '@temporalio/common';
import type { Discovery, DiscoveryOptions } from '../contract/discovery.js';
import type { ValidationReport } from '../activities/types.js';
import type { Connection, ConnectionFile, EndpointsFile } from '../connection/schema.js';
import { SeatGeekConnection } from '../temporal/search-attributes.js';
import { CONNECTION_WORKFLOW, TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';
import type { connection as connectionWorkflow } from '../workflows/connection.js';
import type { discover as discoverWorkflow } from '../workflows/discover.js';
import type { validate as validateWorkflow } from '../workflows/validate.js';
import { alreadyRunning, StarterError, workerMissing } from './errors.js';
import { workflowDetails, workflowSummary } from './start-texts.js';
import { workflowFailure } from './temporal-failures.js';
import { throwEnd } from './temporal-running.js';
import type { EndedConnection } from './connections.js';
import type { Limits } from './limits.js';

/** Started and first task scheduled: what the history of a workflow holds that no worker has touched. */
const UNTOUCHED_EVENTS = 2;

/** Throws StarterError `worker-missing` when nobody takes the check; then nothing of it stays behind. */
export function validate(
  client: Client,
  name: string,
  file: ConnectionFile,
  limits: Limits,
): Promise<ValidationReport> {
  return ask<typeof validateWorkflow>(client, { type: 'validate', name, args: [file] }, limits);
}

/** As `validate`, for what there is to choose from. */
export function discover(
  client: Client,
  endpoints: EndpointsFile,
  options: DiscoveryOptions,
  limits: Limits,
): Promise<Discovery> {
  const { name } = endpoints;
  return ask<typeof discoverWorkflow>(client, { type: 'discover', name, args: [endpoints, options] }, limits);
}

interface Asked<W extends Workflow> {
  readonly type: string;
  /** The connection's. */
  readonly name: string;
  readonly args: Parameters<W>;
}

/** Runs one short workflow that looks and changes nothing. */
async function ask<W extends Workflow>(
  client: Client,
  { type, name, args }: Asked<W>,
  limits: Limits,
): Promise<WorkflowResultType<W>> {
  const workflowId = `${type}-${name}`;
  const { firstExecutionRunId } = await client.workflow.start<Workflow>(type, {
    workflowId,
    taskQueue: TASK_QUEUE,
    args,
    // The answer must speak of the file as it is now.
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.TERMINATE_EXISTING,
    workflowExecutionTimeout: '10m',
    staticSummary: `${type} ${name}`,
  });
  const handle = client.workflow.getHandle<W>(workflowId, firstExecutionRunId);
  const result = handle.result();
  if (!(await isSettledWithin(result, limits.workerMs)) && (await isUntouched(handle))) {
    await handle.terminate('no worker answered');
    throw workerMissing(TASK_QUEUE);
  }
  try {
    return await result;
  } catch (error) {
    throw workflowFailure(error, `${type} ${name} failed`);
  }
}

async function isSettledWithin(promise: Promise<unknown>, ms: number): Promise<boolean> {
  const timer = new AbortController();
  const settled = promise.then(
    () => true,
    () => true,
  );
  const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
  try {
    return await Promise.race([settled, late]);
  } finally {
    timer.abort();
  }
}

async function isUntouched(handle: WorkflowHandle): Promise<boolean> {
  return (await handle.describe()).historyLength <= UNTOUCHED_EVENTS;
}

/**
 * Answers the workflow's id once a worker has accepted the file. Throws StarterError: `connection-exists`, `worker-missing` (the connection
 * is started all the same), `start-not-accepted`, or what the worker said of the file.
 */
export async function start(
  client: Client,
  connection: Connection,
  { file, carried = null }: { readonly file: ConnectionFile; readonly carried?: EndedConnection['carried'] },
  limits: Limits,
): Promise<string> {
  const { name } = connection;
  try {
    const handle = await client.workflow.start<typeof connectionWorkflow>(CONNECTION_WORKFLOW, {
      workflowId: workflowIdOf(name),
      taskQueue: TASK_QUEUE,
      args: carried === null ? [file] : [file, carried],
      workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
      staticSummary: workflowSummary(connection),
      staticDetails: workflowDetails(connection),
    });
    // By name only: the connection continues as new, and the run that was started may be over by the next look.
    await assertAccepted(client.workflow.getHandle(handle.workflowId), name, limits);
    return handle.workflowId;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) throw alreadyRunning(name, { cause: error });
    throw error;
  }
}

/** A connection names itself in its search attributes as soon as a worker has accepted its file; a refused file fails the workflow. */
async function assertAccepted(handle: WorkflowHandle, name: string, { workerMs, pollMs }: Limits): Promise<void> {
  const giveUpAt = Date.now() + workerMs;
  for (;;) {
    const { status, historyLength, typedSearchAttributes } = await handle.describe();
    if (status.name !== 'RUNNING') await throwEnd(handle, name, status.name);
    if (typedSearchAttributes.get(SeatGeekConnection) !== undefined) return;
    if (Date.now() > giveUpAt) throw historyLength <= UNTOUCHED_EVENTS ? notTaken(name) : notAccepted(name);
    await sleep(pollMs);
  }
}

function notTaken(name: string): StarterError {
  const { code, message, hint } = workerMissing(TASK_QUEUE);
  return new StarterError(code, `connection '${name}' is started and waits: ${message}`, hint);
}

function notAccepted(name: string): StarterError {
  return new StarterError(
    'start-not-accepted',
    `a worker took connection '${name}' and has not accepted it yet`,
    `Look at ${workflowIdOf(name)} in the Web UI; the namespace may lack the search attributes of this program.`,
  );
}
