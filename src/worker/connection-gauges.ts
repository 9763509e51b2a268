/**
 * Phase and rejected people of every connection, read from Temporal's list of workflows. Each worker shows all of them, whichever worker ran
 * them last: a restarted worker shows what it should at once, a connection that moved leaves nothing stale behind, and one that waits for
 * nobody but its operator (paused, held, cursor expired) stays on view. It costs one list request each time.
 */
import type { Client, WorkflowExecutionInfo } from '@temporalio/client';
import type { Logger } from '@temporalio/common';
import { z } from 'zod';
import type { ConnectionView, Metrics } from '../metrics/metrics.js';
import { ConnectionPhase, RejectedUsers, SeatGeekConnection } from '../temporal/search-attributes.js';
import { PHASES } from '../workflows/phase.js';
import { CONNECTION_WORKFLOW, TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';

const QUERY = `WorkflowType = "${CONNECTION_WORKFLOW}" AND TaskQueue = "${TASK_QUEUE}" AND ExecutionStatus = "Running"`;
const LOOK_EVERY_MS = 15_000;

const phase = z.enum(PHASES);

export interface ConnectionGauges {
  stop(): void;
}

/** Looks now and every 15 seconds, at Halo's windows too. While Temporal does not answer, what was shown stays. */
export function startConnectionGauges(
  client: Client,
  metrics: Metrics,
  logger: Logger,
  everyMs = LOOK_EVERY_MS,
): ConnectionGauges {
  let shown: ReadonlySet<string> = new Set();
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const look = async (): Promise<void> => {
    metrics.sampleWindows();
    try {
      shown = showAll(await readViews(client), shown, metrics);
    } catch {
      logger.debug('connections could not be listed', {});
    }
    if (!isStopped) timer = setTimeout(() => void look(), everyMs).unref();
  };
  void look();
  return {
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** Shows these, and those that were shown before and are gone as gone. Answers the names of these. */
export function showAll(views: readonly ConnectionView[], before: ReadonlySet<string>, metrics: Metrics): Set<string> {
  const names = new Set(views.map(({ connection }) => connection));
  for (const view of views) metrics.showConnection(view);
  for (const connection of before) {
    if (!names.has(connection)) metrics.showConnection({ connection, phase: null, rejected: 0 });
  }
  return names;
}

async function readViews(client: Client): Promise<ConnectionView[]> {
  const views: ConnectionView[] = [];
  for await (const execution of client.workflow.list({ query: QUERY })) {
    const view = viewOf(execution);
    if (view !== undefined) views.push(view);
  }
  return views;
}

/** Undefined while a workflow that has just started has not said who it is, and for one that says it is a connection whose id it does not have. */
export function viewOf({
  workflowId,
  typedSearchAttributes,
}: Pick<WorkflowExecutionInfo, 'workflowId' | 'typedSearchAttributes'>): ConnectionView | undefined {
  const connection = typedSearchAttributes.get(SeatGeekConnection);
  const known = phase.safeParse(typedSearchAttributes.get(ConnectionPhase));
  if (connection === undefined || workflowId !== workflowIdOf(connection) || !known.success) return undefined;
  return { connection, phase: known.data, rejected: typedSearchAttributes.get(RejectedUsers) ?? 0 };
}
