/** What a connection cost Temporal, counted in its histories, run after run. */
import type { Client, WorkflowHandle } from '@temporalio/client';
import { z } from 'zod';

type HistoryEvent = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>[number];

/** All runs of a workflow id, oldest first. */
export interface RunHistory {
  readonly events: readonly HistoryEvent[];
  readonly bytes: number;
}

export const engineCostSchema = z.object({
  activities: z.int(),
  timers: z.int(),
  signals: z.int(),
  updates: z.int(),
  continueAsNew: z.int(),
  searchAttributes: z.int(),
  /** All of the above, and the start of the workflow. Heartbeats and queries leave no trace in a history. */
  actions: z.int(),
  historyEvents: z.int(),
  historyBytes: z.int(),
});

export type EngineCost = z.output<typeof engineCostSchema>;

export async function readChain(client: Client, workflowId: string): Promise<readonly RunHistory[]> {
  const chain: RunHistory[] = [];
  let runId: string | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
  while (runId !== undefined) {
    const run: WorkflowHandle = client.workflow.getHandle(workflowId, runId);
    const { events } = await run.fetchHistory();
    const { historySize } = await run.describe();
    chain.unshift({ events: events ?? [], bytes: historySize ?? 0 });
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId || undefined;
  }
  return chain;
}

/** The cost of everything in these runs. */
export function engineCost(runs: readonly RunHistory[]): EngineCost {
  const events = runs.flatMap((run) => run.events);
  const count = (is: (event: HistoryEvent) => unknown): number => events.filter((event) => is(event) != null).length;
  const counts = {
    activities: count((event) => event.activityTaskScheduledEventAttributes) + retries(events),
    timers: count((event) => event.timerStartedEventAttributes),
    signals: count((event) => event.workflowExecutionSignaledEventAttributes),
    updates: count((event) => event.workflowExecutionUpdateAcceptedEventAttributes),
    continueAsNew: count((event) => event.workflowExecutionContinuedAsNewEventAttributes),
    searchAttributes: count((event) => event.upsertWorkflowSearchAttributesEventAttributes),
  };
  const starts = count(({ workflowExecutionStartedEventAttributes: start }) =>
    start == null || start.continuedExecutionRunId ? null : start,
  );
  return {
    ...counts,
    actions: Object.values(counts).reduce((sum, part) => sum + part, starts),
    historyEvents: events.length,
    historyBytes: runs.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** What came on top between two readings of one chain. */
export function engineCostSince(before: EngineCost, after: EngineCost): EngineCost {
  const part = (name: keyof EngineCost): number => after[name] - before[name];
  return {
    activities: part('activities'),
    timers: part('timers'),
    signals: part('signals'),
    updates: part('updates'),
    continueAsNew: part('continueAsNew'),
    searchAttributes: part('searchAttributes'),
    actions: part('actions'),
    historyEvents: part('historyEvents'),
    historyBytes: part('historyBytes'),
  };
}

/** Epoch milliseconds of the last thing that an activity answered; 0 when none has. */
export function lastAnswerAt(runs: readonly RunHistory[]): number {
  const answered = runs.flatMap(({ events }) =>
    events.filter(({ activityTaskCompletedEventAttributes: answer }) => answer != null),
  );
  return answered.length === 0 ? 0 : timeOf(answered[answered.length - 1]);
}

/** Epoch milliseconds at which the chain began. */
export function startedAt(runs: readonly RunHistory[]): number {
  return timeOf(runs[0]?.events[0]);
}

/** Epoch milliseconds of the last signal; 0 when there was none. */
export function lastSignalAt(runs: readonly RunHistory[]): number {
  return timeOf(
    runs
      .flatMap(({ events }) => events)
      .findLast(({ workflowExecutionSignaledEventAttributes: signal }) => signal != null),
  );
}

function timeOf(event: HistoryEvent | undefined): number {
  const { seconds, nanos } = event?.eventTime ?? {};
  return Number(seconds ?? 0) * 1_000 + (nanos ?? 0) / 1_000_000;
}

/** Attempts after the first are actions too; the history shows only the last attempt's number. */
function retries(events: readonly HistoryEvent[]): number {
  const attempts = events.map((event) => event.activityTaskStartedEventAttributes?.attempt ?? 1);
  return attempts.reduce((sum, attempt) => sum + Math.max(0, attempt - 1), 0);
}
