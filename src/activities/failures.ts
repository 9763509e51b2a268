/** The one place where errors by meaning become Temporal failures: what is retried, when, and what the operator reads. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { SyncError, TransientError } from '../errors.js';

/**
 * The failure type is the error's stable code, its first detail the hint, its second what was `kept` for the workflow. Transient errors are retried by Temporal, after the server's
 * Retry-After if it gave one; all others end the run, because only an operator can mend them. An error of an unknown kind keeps its class
 * name only: its text may hold anything.
 */
export function toFailure(error: unknown, kept: Readonly<Record<string, number>> = {}): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  const told = Object.keys(kept).length === 0 ? [] : [kept];
  if (error instanceof TransientError) {
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      details: [error.hint, ...told],
      ...(error.retryAfterMs !== undefined && { nextRetryDelay: Math.ceil(error.retryAfterMs) }),
    });
  }
  if (error instanceof SyncError) {
    return ApplicationFailure.create({
      type: error.code,
      message: error.message,
      details: [error.hint, ...told],
      nonRetryable: true,
    });
  }
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return ApplicationFailure.create({
    type: 'internal',
    message: `The worker met an error of an unexpected kind (${kind}).`,
    details: ["The worker's log has the place in the code. It is tried again by itself; please report it.", ...told],
  });
}
