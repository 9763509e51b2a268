/** The one place where errors by meaning become Temporal failures: what is retried, when, and what the operator reads. */
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { SyncError, TransientError } from '../errors.js';

/** A step that has to wait longer than this ends, so that the connection shows that it waits and what for. */
const LONGEST_UNSEEN_WAIT_MS = 120_000;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600_000;

/** A file with hundreds of faults has all of them named to the starter; a history needs the first ones. */
const MAX_TEXT = 4_000;

/**
 * The failure type is the error's stable code, its first detail the hint, its second what was `kept` for the workflow. Transient errors are retried by Temporal, after the server's
 * Retry-After if it gave one; where that is longer than two minutes the failure ends the step and says in its second detail how long the
 * workflow is to wait (`workflows/failures.ts`). All others end the run, because only an operator can mend them. An error of an unknown kind keeps
 * its class name only: its text may hold anything.
 */
export function toFailure(error: unknown, kept: Readonly<Record<string, unknown>> = {}): Error {
  if (error instanceof CancelledFailure || error instanceof ApplicationFailure) return error;
  if (error instanceof SyncError) {
    const retryAfterMs = error instanceof TransientError ? boundedWait(error.retryAfterMs) : undefined;
    const isLong = retryAfterMs !== undefined && retryAfterMs > LONGEST_UNSEEN_WAIT_MS;
    return ApplicationFailure.create({
      type: error.code,
      message: error.message.slice(0, MAX_TEXT),
      details: [error.hint, ...toldOf(isLong ? { ...kept, retryAfterMs } : kept)],
      nonRetryable: isLong || !(error instanceof TransientError),
      ...(retryAfterMs !== undefined && !isLong && { nextRetryDelay: retryAfterMs }),
    });
  }
  const kind = error instanceof Error ? error.constructor.name : typeof error;
  return ApplicationFailure.create({
    type: 'internal',
    message: `The worker met an error of an unexpected kind (${kind}).`,
    details: [
      "The worker's log has the place in the code. It is tried again by itself; please report it.",
      ...toldOf(kept),
    ],
  });
}

function toldOf(kept: Readonly<Record<string, unknown>>): readonly object[] {
  return Object.keys(kept).length === 0 ? [] : [kept];
}

/** Whole milliseconds from a second to an hour; undefined for what is no time. */
function boundedWait(retryAfterMs: number | undefined): number | undefined {
  if (retryAfterMs === undefined || Number.isNaN(retryAfterMs)) return undefined;
  return Math.ceil(Math.min(Math.max(retryAfterMs, SECOND_MS), HOUR_MS));
}

/** For a step that nobody waits for, like the message of a webhook: Temporal waits however long it is asked to, an hour at most. */
export function retriedFailure(error: unknown): Error {
  if (!(error instanceof TransientError)) return toFailure(error);
  const nextRetryDelay = boundedWait(error.retryAfterMs);
  return ApplicationFailure.create({
    type: error.code,
    message: error.message.slice(0, MAX_TEXT),
    details: [error.hint],
    ...(nextRetryDelay !== undefined && { nextRetryDelay }),
  });
}
