/** A connection that ended: how, and what it knew. It stays in Temporal for the namespace's retention. */
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import { workflowIdOf } from '../temporal/task-queue.js';
import { clearCursorSignal, configureUpdate } from '../workflows/messages.js';
import type { EndedConnection } from './connections.js';
import { startedWith } from './temporal-file.js';

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

/** As `clear-cursor` leaves the state. */
const CLEARED = { cursor: null, pass: null, passPeople: 0, newer: [], cursorExpired: false };

type Events = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events'];

/** What a cycle began with does not know what was asked for while it ran: `clear-cursor`, or a `configure` that reads all history again. */
async function isClearedIn(client: Client, events: Events): Promise<boolean> {
  const isSignalled = events?.some(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === clearCursorSignal.name,
  );
  return isSignalled === true || (await isReimportedIn(client, events));
}

const reimporting = z.object({ reimport: z.literal(true) });

/** Of the updates that were answered; what was being checked when the connection ended changed nothing. */
async function isReimportedIn(client: Client, events: Events): Promise<boolean> {
  const answered = new Set(
    events?.flatMap(({ workflowExecutionUpdateCompletedEventAttributes: update }) =>
      update?.outcome?.success == null ? [] : [update.meta?.updateId],
    ),
  );
  for (const { workflowExecutionUpdateAcceptedEventAttributes: update } of events ?? []) {
    const { meta, input } = update?.acceptedRequest ?? {};
    if (input?.name !== configureUpdate.name || !answered.has(meta?.updateId)) continue;
    const [, options] = await decodeArrayFromPayloads(client.options.loadedDataConverter, input.args?.payloads);
    if (reimporting.safeParse(options).success) return true;
  }
  return false;
}

/** Null when none of that name ended, or one runs. */
export async function endedConnection(client: Client, name: string): Promise<EndedConnection | null> {
  const workflowId = workflowIdOf(name);
  try {
    const { status, closeTime, runId } = await client.workflow.getHandle(workflowId).describe();
    if (status.name === 'RUNNING') return null;
    const [, carried] = await startedWith(client, { workflowId, runId });
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const state = carriedState.safeParse(carried).data;
    return {
      how: status.name.toLowerCase().replaceAll('_', ' '),
      at: closeTime?.toISOString() ?? null,
      people: state?.past ?? null,
      carried:
        state === undefined ? null : { ...state, ...BEGIN_AGAIN, ...((await isClearedIn(client, events)) && CLEARED) },
    };
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
