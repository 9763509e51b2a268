/** A connection that ended: how, and what it knew. It stays in Temporal for the namespace's retention. */
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import { workflowIdOf } from '../temporal/task-queue.js';
import type { EndedConnection } from './connections.js';

/** What its last cycle began with. The workflow checks it part by part. */
const carriedState = z.looseObject({
  cursor: z.string().nullable().default(null),
  past: z.number().nullable().default(null),
});

/** Of the time before, not of what is known: whoever goes on begins switched off, and sets its search attributes anew. */
const BEGIN_AGAIN = {
  settings: null,
  published: null,
  run: null,
  due: null,
  held: false,
  approved: false,
  sampleImportAsked: false,
  retryRejectedAsked: false,
  integrator: 'off',
  integratorNote: null,
  nextRunAt: null,
};

/** Null when none of that name ended, or one runs. */
export async function endedConnection(client: Client, name: string): Promise<EndedConnection | null> {
  const workflowId = workflowIdOf(name);
  try {
    const { status, closeTime, runId } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') return null;
    const { history } = await client.workflowService.getWorkflowExecutionHistory({
      namespace: client.options.namespace,
      execution: { workflowId, runId },
      maximumPageSize: 1,
    });
    const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
    const [, carried] = await decodeArrayFromPayloads(client.options.loadedDataConverter, input);
    const state = carriedState.safeParse(carried).data;
    return {
      how: status.name.toLowerCase().replaceAll('_', ' '),
      at: closeTime?.toISOString() ?? null,
      people: state?.past ?? null,
      carried: state === undefined ? null : { ...state, ...BEGIN_AGAIN },
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
