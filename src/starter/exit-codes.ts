/** The exit codes, documented in `--help`: 0 all good, 1 failed, 2 usage or config, 3 finished with some rejected. Pure. */
import { ConfigError } from '../errors.js';
import type { RunReport } from '../workflows/run-report.js';
import type { Status } from '../workflows/status.js';
import { UsageError } from './errors.js';

export const EXIT = { ok: 0, failed: 1, usage: 2, someRejected: 3 } as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Temporal not answering is an outage rather than a mistake in a file. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof ConfigError && error.code === 'temporal-unreachable') return EXIT.failed;
  return error instanceof ConfigError || error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** A finished run or sample import. None at all is nothing wrong. */
export function exitCodeOfRun(run: RunReport | null): ExitCode {
  if (run === null) return EXIT.ok;
  if (run.outcome === 'failed' || run.outcome === 'stopped') return EXIT.failed;
  return run.rejected > 0 ? EXIT.someRejected : EXIT.ok;
}

/**
 * What `watch` ends with. `began` tells whether a run was seen going on or being finished: its end counts. A run that was over before the
 * first look is known by the people it left in the list of rejected; that a connection stands paused all along is no failure.
 */
export function exitCodeOfStatus(status: Status, began: boolean): ExitCode {
  if (status.phase === 'failing' || status.phase === 'cursor-expired' || status.phase === 'held') return EXIT.failed;
  if (began) return exitCodeOfRun(status.lastRun);
  return status.rejectedUsers > 0 ? EXIT.someRejected : EXIT.ok;
}
