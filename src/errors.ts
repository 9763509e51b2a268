/**
 * Errors by meaning: one class for each thing a caller does differently. Texts say what happened and what to do, with ids and counts
 * only: no bodies, names, e-mail addresses, tokens or secrets ever stand in them. `activities/failures.ts` alone turns them into
 * Temporal failures.
 */

/** The two systems this program talks to. */
export type System = 'seatgeek' | 'halo';

/** Base of every expected error. `code` is stable and documented; `hint` is the way out, in one sentence. */
export abstract class SyncError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly hint: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Nobody has to act: an outage, a timeout, a rate limit. The same step may be tried again, `retryAfterMs` later if the server said so. */
export class TransientError extends SyncError {
  readonly retryAfterMs: number | undefined;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & { retryAfterMs?: number | undefined; hint?: string } = {},
  ) {
    super(code, message, options.hint ?? 'It is tried again by itself.', options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The operator has to act on credentials or rights. `setting` names the key of the connection file that is refused. */
export class CredentialsRefusedError extends SyncError {
  constructor(
    code: string,
    message: string,
    hint: string,
    readonly setting: string,
    options?: ErrorOptions,
  ) {
    super(code, message, hint, options);
  }
}

/** The cursor is too old or not understood. Only the operator may start over (`clear-cursor`). */
export class CursorExpiredError extends SyncError {}

/** The run would create or deactivate far more people than the connection's past suggests. Nothing was written; the operator lets it go on. */
export class BrakeError extends SyncError {}

/** A mapped column or field has vanished, or an answer no longer has the shape it must have. Nothing is written until somebody looks. */
export class DriftError extends SyncError {}

/** The connection file, a secret or a host is not acceptable. `place` is the path in the file, or the name of the variable. */
export class ConfigError extends SyncError {
  constructor(
    code: string,
    message: string,
    hint: string,
    readonly place: string,
    options?: ErrorOptions,
  ) {
    super(code, message, hint, options);
  }
}

/** Halo refuses this one person; everybody else goes on. The message holds Halo's reason without the person's values. */
export class BadRecordError extends SyncError {}

/** The system's code of an error, like `ENOENT`; empty where it has none. */
export function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** What the signal was aborted with, as an error. */
export function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
