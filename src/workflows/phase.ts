/** What a connection is at, and the error that keeps it from going on. */

export const PHASES = ['syncing', 'idle', 'paused', 'failing', 'held', 'cursor-expired'] as const;

export type Phase = (typeof PHASES)[number];

export interface LastError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly at: string;
  /** Time alone may cure it: it is tried again sooner than the interval. */
  readonly transient: boolean;
  /** So long the other system asked to be left alone; left out when it named no time. */
  readonly retryAfterMs?: number;
}
