/** The activities as the workflow calls them: time limits, retries, and the summaries that the Web UI shows. */
import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { AlertActivities } from '../activities/notify.js';
import type { DiscoveryActivities } from '../contract/discovery.js';
import type { ConnectionActivities } from '../activities/types.js';

/**
 * Four attempts bridge a short hiccup; a longer outage gives control back, so that the phase and the error are on view and the next
 * cycle tries again. A worker that dies is noticed after `heartbeatTimeout`.
 */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '1m', maximumAttempts: 4 } as const;
/** A worker that is replaced costs an attempt. */
const RETRY_WRITING = { ...RETRY, maximumAttempts: 8 } as const;

/** Of a step given to one worker: when that one is not heard of any more, nobody else may take the step from its queue. */
const TO_ONE_WORKER = { nonRetryableErrorTypes: ['TemporalTimeout:Heartbeat'] };
export const RETRY_AT_WORKER = {
  read: { ...RETRY, ...TO_ONE_WORKER },
  write: { ...RETRY_WRITING, ...TO_ONE_WORKER },
};

/** Reading is free of side effects: it is abandoned at once when it is no longer wanted. */
export const reading = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '30m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: RETRY,
});

/**
 * Under Halo's limit a page of 1,000 people may take long, hence the generous limit; heartbeats tell whether it lives. A cancelled write is
 * waited for, because a request under way must be seen to its end.
 */
export const writing = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '12h',
  // Twice as long as a worker writes without a word from Temporal (`activities/fence.ts`).
  heartbeatTimeout: '20s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: RETRY_WRITING,
});

/** The file is checked without any I/O but the worker's settings. */
export const checking = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '1m',
  retry: { ...RETRY, maximumAttempts: Infinity },
  summary: 'check the connection file',
});

/** The same for somebody who waits for the answer. */
export const checkingWithin = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '2m',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: { ...RETRY, maximumAttempts: Infinity },
});

/** Asks both systems; writes nothing. */
export const validating = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  retry: RETRY,
  summary: 'validate credentials and set-up',
});

/** Answers that hold people: Halo's limit may have them wait as long as a page. They are abandoned with their workflow. */
export const answering = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '20m',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: RETRY,
});

/** The same where everybody of a run is looked for in Halo. */
export const answeringLong = proxyActivities<ConnectionActivities>({
  startToCloseTimeout: '6h',
  heartbeatTimeout: '15s',
  cancellationType: ActivityCancellationType.TRY_CANCEL,
  retry: RETRY,
});

/**
 * Tells a webhook. Its outage may last, so attempts go on for as long as the connection waits; one attempt takes seconds, and a cancelled one
 * is waited for, because its message may be out.
 */
export const notifying = proxyActivities<AlertActivities>({
  startToCloseTimeout: '15s',
  scheduleToCloseTimeout: '24h',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '2s', backoffCoefficient: 2, maximumInterval: '5m' },
});

/** Asks both systems what there is to choose from; writes nothing. */
export const discovering = proxyActivities<DiscoveryActivities>({
  startToCloseTimeout: '5m',
  heartbeatTimeout: '15s',
  retry: RETRY,
  summary: 'look at columns, fields and sites',
});
