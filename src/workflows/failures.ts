/** What an activity's failure says to the operator. */
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  TimeoutFailure,
} from '@temporalio/workflow';
import type { TenantHabits } from '../halo/habits.js';
import { readHabits } from './habits.js';
import type { LastError } from './phase.js';
import { isObject } from '../json.js';
import { MAX_DEACTIVATED_KEYS } from '../contract/person-key.js';
import { text, whole } from './shape.js';

/**
 * The failure of a step that is an outcome of it, to be shown. Whatever else is thrown is a bug of ours or the end of the workflow: it is thrown on, so that
 * the workflow task fails, is logged, and heals with the next deployment.
 */
export function asOutcome(error: unknown): ActivityFailure {
  if (error instanceof ActivityFailure && !CancellationScope.current().consideredCancelled) return error;
  throw error;
}

/** Turns a failure that ended a step into the error on view. What Temporal may retry is transient. */
export function toLastError({ cause }: ActivityFailure, at: string): LastError {
  if (cause instanceof ApplicationFailure) {
    const [hint, wait]: readonly unknown[] = cause.details ?? [];
    const retryAfterMs = retryAfterIn(wait);
    return {
      code: (cause.type ?? 'unexpected').slice(0, 100),
      message: cause.message.slice(0, 500),
      hint: (typeof hint === 'string' ? hint : LOOK).slice(0, 500),
      at,
      transient: cause.nonRetryable !== true || retryAfterMs !== undefined,
      ...(retryAfterMs !== undefined && { retryAfterMs }),
    };
  }
  if (cause instanceof TimeoutFailure || cause instanceof CancelledFailure) {
    const message = 'A worker took a step and did not answer in time.';
    return { code: 'worker-unresponsive', message, hint: WORKERS, at, transient: true };
  }
  const message = 'The run ended with an error of an unknown kind.';
  return { code: 'unexpected', message, hint: LOOK, at, transient: false };
}

/** So long a request may be under way that a worker sent before it died. */
const SETTLING_MS = 120_000;

/** What a step that ended without a result tells all the same. */
export interface Kept {
  /** Until when creates of it may be under way, in epoch milliseconds; 0: what became of them is known. */
  readonly createsNotBefore: number;
  /** Halo requests that it sent. */
  readonly haloRequests: number;
  /** Whom it made inactive: `personKey` of everybody, concatenated. */
  readonly deactivated: string;
  /** As results have them; null: they are what the request said. */
  readonly habits: TenantHabits | null;
}

/** As `activities/heartbeat.ts` gives it to failures, cancellations and heartbeats. */
export function keptOf({ cause }: ActivityFailure, nowMs: number): Kept {
  if (cause instanceof TimeoutFailure)
    return { ...keptIn(cause.lastHeartbeatDetails), createsNotBefore: nowMs + SETTLING_MS };
  const details = cause instanceof ApplicationFailure || cause instanceof CancelledFailure ? cause.details : undefined;
  const [, kept]: readonly unknown[] = details ?? [];
  return keptIn(kept);
}

/** What one of these holds. */
export function keptIn(told: unknown): Kept {
  const kept = isObject(told) ? told : {};
  return {
    createsNotBefore: whole()(kept['createsNotBefore']) ?? 0,
    haloRequests: whole()(kept['haloRequests']) ?? 0,
    deactivated: text(MAX_DEACTIVATED_KEYS)(kept['deactivated']) ?? '',
    habits: readHabits(kept['habits']) ?? null,
  };
}

/** As `activities/failures.ts` writes it behind the hint: Temporal must not try the step again, but time alone may cure it. */
function retryAfterIn(wait: unknown): number | undefined {
  return isObject(wait) ? whole()(wait['retryAfterMs']) : undefined;
}

const LOOK = "See the failed activity in this workflow's history and the worker's log.";
const WORKERS = 'Check that workers run and are not overloaded; the next run goes on from the last settled page.';
