/** When the next run is due. Pure. */
import { personKey } from './rejected.js';

const MINUTE_MS = 60_000;

export interface Wait {
  readonly name: string;
  readonly intervalMs: number;
  /** Runs finished so far. */
  readonly runs: number;
  /** Failed runs in a row, and whether time alone may cure the last one's error. */
  readonly failures: number;
  readonly isTransient: boolean;
}

/**
 * Milliseconds until the next run: the interval, or 1, 2, 4 … minutes after an error that time alone may cure. The first wait of a
 * connection is a part of the interval that its name decides, so that many connections started together do not all run at the same
 * moment ever after.
 */
export function waitMs({ name, intervalMs, runs, failures, isTransient }: Wait): number {
  if (failures > 0 && isTransient) {
    return Math.min(intervalMs, MINUTE_MS * 2 ** Math.min(failures - 1, 10));
  }
  return runs <= 1 ? Math.ceil(intervalMs * firstShare(name)) : intervalMs;
}

/** Between a tenth and the whole of the interval. */
function firstShare(name: string): number {
  return 0.1 + 0.9 * (Number.parseInt(personKey(name), 16) / 0xffffffff);
}

/** ISO 8601 in whole seconds. */
export function isoSeconds(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(/\.\d+Z$/, 'Z');
}
