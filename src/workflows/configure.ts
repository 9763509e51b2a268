/** The update `configure`: a new connection file takes the place of the running one. */
import { condition } from '@temporalio/workflow';
import type { ConfigureAnswer } from '../activities/answers.js';
import type { ConnectionFile } from '../connection/schema.js';
import { checkingWithin } from './activities.js';
import { unwrapped } from './answers.js';
import { checkConfigureArguments, refusal } from './arguments.js';
import { waitMs } from './schedule.js';
import type { Session } from './session.js';
import { clearCursor, type State } from './state.js';
import { reconfigure } from './reconfigure.js';

export interface ConfigureOptions {
  /** Read all history again, as `clear-cursor` does. */
  readonly reimport?: boolean;
}

/** Throws when this can not be taken now. */
export function checkConfigure(session: Session, file: unknown, options: unknown): void {
  if (session.state.settings === null)
    throw refusal('the file of the first start is being checked: send configure again when status has an answer');
  checkConfigureArguments(session.settings.name, file, options);
  if (session.isConfiguring)
    throw refusal('another configure is being checked: send this one again when it has answered');
}

/**
 * Checks the file and takes it: whatever is going on with the old one is ended and begun again. A file that is not acceptable, or that no worker
 * checks within two minutes, fails the update, and the connection goes on unchanged.
 */
export async function configure(
  session: Session,
  file: ConnectionFile,
  options?: ConfigureOptions | null,
): Promise<ConfigureAnswer> {
  const reimport = options?.reimport ?? false;
  session.isConfiguring = true;
  try {
    // Only in histories of old: by now `checkConfigure` refuses what comes before.
    await condition(() => session.state.settings !== null);
    const request = { running: session.config, file, reimport };
    const summary = 'check the new connection file';
    const { settings, answer } = await unwrapped(
      checkingWithin.configureConnection.executeWithOptions({ summary }, [request]),
    );
    session.config = file;
    if (answer.changes.length > 0) {
      session.apply((state) =>
        reconfigure(state, settings, { now: Date.now(), waitMs: waitOf(state, settings.intervalMs) }),
      );
    }
    if (reimport) session.apply(clearCursor);
    session.interrupt(['read', 'write', 'sample', 'retry'], reimport ? ['write'] : []);
    return answer;
  } finally {
    session.isConfiguring = false;
  }
}

function waitOf({ settings, runs, failures, lastError }: State, intervalMs: number): number {
  const { transient: isTransient = false, retryAfterMs } = lastError ?? {};
  return waitMs({ name: settings?.name ?? '', intervalMs, runs, failures, isTransient, retryAfterMs });
}
