/** Which connections run, and what became of one that does not. */
import {
  WorkflowNotFoundError,
  type Client,
  type WorkflowExecutionDescription,
  type WorkflowHandle,
} from '@temporalio/client';
import type { TypedSearchAttributes } from '@temporalio/common';
import { ConnectionPhase, HaloInstance, LastSyncedAt, RejectedUsers } from '../temporal/search-attributes.js';
import { connectionNameOf, CONNECTION_WORKFLOW } from '../temporal/task-queue.js';
import { isoSeconds } from '../workflows/schedule.js';
import type { ListedConnection } from './connections.js';
import { connectionUnknown, StarterError } from './errors.js';
import { workflowFailure } from './temporal-failures.js';
import { STARTER } from './own-command.js';

/** All connections that run. */
export const RUNNING = `WorkflowType="${CONNECTION_WORKFLOW}" and ExecutionStatus="Running"`;

/** By name, from visibility. */
export async function list(client: Client): Promise<ListedConnection[]> {
  const rows: ListedConnection[] = [];
  for await (const { workflowId, typedSearchAttributes } of client.workflow.list({ query: RUNNING })) {
    rows.push(listed(workflowId, typedSearchAttributes));
  }
  return rows.sort((a, b) => a.connection.localeCompare(b.connection));
}

function listed(workflowId: string, attributes: TypedSearchAttributes): ListedConnection {
  return {
    // The id is what signals need, and it is there before the first search attribute.
    connection: connectionNameOf(workflowId) ?? workflowId,
    phase: attributes.get(ConnectionPhase) ?? null,
    halo: attributes.get(HaloInstance) ?? null,
    lastSyncedAt: inSeconds(attributes.get(LastSyncedAt)),
    rejectedUsers: attributes.get(RejectedUsers) ?? null,
  };
}

/** As the query `status` has it. */
function inSeconds(moment: Date | undefined): string | null {
  return moment === undefined ? null : isoSeconds(moment.getTime());
}

export async function isRunning(handle: WorkflowHandle): Promise<boolean> {
  return (await describe(handle))?.status.name === 'RUNNING';
}

/** Queries answer for ended workflows too, so this is asked first. Throws StarterError naming the connections that do run, or why it failed. */
export async function assertRunning(client: Client, name: string, handle: WorkflowHandle): Promise<void> {
  const status = (await describe(handle))?.status.name;
  if (status === 'RUNNING') return;
  if (status === 'FAILED') await throwEnd(handle, name, status);
  const running = (await list(client)).map(({ connection }) => connection);
  throw connectionUnknown(name, running, status === undefined ? '' : ` (it was ${word(status)})`);
}

/** Throws what the ended workflow ended with. */
export async function throwEnd(handle: WorkflowHandle, name: string, status: string): Promise<never> {
  const what = `connection '${name}' ${status === 'FAILED' ? 'failed' : `was ${word(status)}`}`;
  try {
    await handle.result();
  } catch (error) {
    throw workflowFailure(error, what);
  }
  throw new StarterError('connection-ended', what, `Start it again with: ${STARTER} onboard <file>`);
}

async function describe(handle: WorkflowHandle): Promise<WorkflowExecutionDescription | null> {
  try {
    return await handle.describe();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}

function word(status: string): string {
  return status.toLowerCase().replaceAll('_', ' ');
}
