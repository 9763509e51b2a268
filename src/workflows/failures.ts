/** What an activity's failure says to the operator. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { LastError } from './phase.js';

/** Turns a failure that ended a run into the error on view. What Temporal may retry is transient (`activities/failures.ts`). */
export function toLastError(error: unknown, at: string): LastError {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const hint: unknown = cause.details?.[0];
    return {
      code: cause.type ?? 'unexpected',
      message: cause.message,
      hint: typeof hint === 'string' ? hint : LOOK,
      at,
      transient: cause.nonRetryable !== true,
    };
  }
  if (cause instanceof TimeoutFailure) {
    const message = 'A worker took a step and did not answer in time.';
    return { code: 'worker-unresponsive', message, hint: WORKERS, at, transient: true };
  }
  const message = 'The run ended with an error of an unknown kind.';
  return { code: 'unexpected', message, hint: LOOK, at, transient: false };
}

const LOOK = "See the failed activity in this workflow's history and the worker's log.";
const WORKERS = 'Check that workers run and are not overloaded; the next run goes on from the last settled page.';
