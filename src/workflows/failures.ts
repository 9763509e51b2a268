/** What an activity's failure says to the operator. */
import { ActivityFailure, ApplicationFailure, TimeoutFailure } from '@temporalio/workflow';
import type { LastError } from './state.js';

/** Turns a failure that ended a run into the error on view. */
export function toLastError(error: unknown, at: string): LastError {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) {
    const hint: unknown = cause.details?.[0];
    return {
      code: cause.type ?? 'unexpected',
      message: cause.message,
      hint: typeof hint === 'string' ? hint : LOOK,
      at,
    };
  }
  if (cause instanceof TimeoutFailure) {
    return {
      code: 'worker-unresponsive',
      message: 'A worker took a step and did not answer in time.',
      hint: WORKERS,
      at,
    };
  }
  return { code: 'unexpected', message: 'The run ended with an error of an unknown kind.', hint: LOOK, at };
}

const LOOK = "See the failed activity in this workflow's history and the worker's log.";
const WORKERS = 'Check that workers run and are not overloaded; the next run goes on from the last settled page.';
