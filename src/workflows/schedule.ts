/** When the next run is due. Pure. */
import { personKey } from '../contract/person-key.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** No timer is longer, so that every connection continues as new and meets new code and new keys. */
export const DAY_MS = 24 * HOUR_MS;

/** The longest interval of a connection file, 10,080 minutes. */
export const MAX_WAIT_MS = 7 * DAY_MS;

/** The longest wait that another system may ask for. */
const MAX_RETRY_AFTER_MS = HOUR_MS;

/** A timer that fires so much later than it was due tells of an outage of ours. */
const LATE_MS = MINUTE_MS;

export interface Wait {
  readonly name: string;
  readonly intervalMs: number;
  /** Runs finished so far. */
  readonly runs: number;
  /** Failed runs in a row, and what the last one's error says about trying again. */
  readonly failures: number;
  readonly isTransient: boolean;
  readonly retryAfterMs?: number | undefined;
}

/**
 * Milliseconds until the next run: the interval; after an error that time alone may cure as long as the other system asked for, an hour at most,
 * or 1, 2, 4 … minutes. The first wait of a connection is a part of the interval that its name decides, and every retry is up to a quarter longer by name,
 * so that many connections do not all run at the same moment.
 */
export function waitMs({ name, intervalMs, runs, failures, isTransient, retryAfterMs }: Wait): number {
  if (failures > 0 && isTransient) {
    const backoffMs = Math.min(intervalMs, MINUTE_MS * 2 ** Math.min(failures - 1, 10));
    const askedMs =
      retryAfterMs === undefined ? backoffMs : Math.min(Math.max(retryAfterMs, 1_000), MAX_RETRY_AFTER_MS);
    return Math.ceil(askedMs * (1 + shareOf(name) / 4));
  }
  return runs <= 1 ? offsetMs(name, intervalMs) : intervalMs;
}

/** Between a tenth and the whole of the interval. */
function offsetMs(name: string, intervalMs: number): number {
  return Math.ceil(intervalMs * (0.1 + 0.9 * shareOf(name)));
}

/**
 * How much longer to wait when the timer of a run fired at `now` though it was due at `dueAt`: nothing when it was in time. After an outage all
 * timers fire at once, and their connections begin spread over the interval, a quarter of an hour at most.
 */
export function spreadMs(name: string, intervalMs: number, dueAt: number, now: number): number {
  if (now - dueAt < LATE_MS) return 0;
  return Math.ceil(Math.min(intervalMs, 15 * MINUTE_MS) * shareOf(name));
}

/** Between nothing and one, by name. */
function shareOf(name: string): number {
  return Number.parseInt(personKey(name), 16) / 0xffffffff;
}

/** ISO 8601 in whole seconds. */
export function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
