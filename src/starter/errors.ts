/** What can stop a command of the starter, by who has to do what. Everything else that is thrown is unexpected. */
import { nearest } from '../connection/nearest.js';
import { SyncError } from '../errors.js';
import { STARTER, WORKER } from './own-command.js';

/** The command was understood and can't be done. `code` is stable: scripts read it with `--json`. */
export class StarterError extends SyncError {}

/** The command was not understood, or lacks something. */
export class UsageError extends SyncError {}

/** Nobody takes what Temporal has to hand out. */
export function workerMissing(taskQueue: string, options?: ErrorOptions): StarterError {
  return new StarterError(
    'worker-missing',
    `no worker is polling the task queue ${taskQueue}`,
    `Start one with ${WORKER} (same Temporal address and namespace).`,
    options,
  );
}

/** Temporal was there when the command began. */
export function temporalGone(options?: ErrorOptions): StarterError {
  return new StarterError(
    'temporal-unreachable',
    'Temporal does not answer any more',
    'See that it runs; the connections go on as soon as it does.',
    options,
  );
}

/** What passes by itself when a worker or Temporal is restarted. */
export function isPassing(error: unknown): error is StarterError {
  return error instanceof StarterError && (error.code === 'worker-missing' || error.code === 'temporal-unreachable');
}

/** Onboarding a connection that runs. */
export function alreadyRunning(name: string, options?: ErrorOptions): StarterError {
  return new StarterError(
    'connection-exists',
    `connection '${name}' is running already`,
    `See it with: ${STARTER} status ${name}`,
    options,
  );
}

const MOST_NAMES = 20;

/** `why` follows the statement that it does not run, such as ` (it was terminated)`. */
export function connectionUnknown(name: string, running: readonly string[], why: string): StarterError {
  const more = running.length > MOST_NAMES ? ` and ${running.length - MOST_NAMES} more` : '';
  const names =
    running.length === 0 ? 'nor is any other' : `running are: ${running.slice(0, MOST_NAMES).join(', ')}${more}`;
  const near = nearest(name, running);
  const meant = near === undefined ? '' : ` — did you mean ${near}?`;
  return new StarterError(
    'connection-unknown',
    `no connection '${name}' is running${why}; ${names}${meant}`,
    `Start one with: ${STARTER} onboard <file>`,
  );
}
