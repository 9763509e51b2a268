/** The update `configure`: a new connection file takes the place of the running one. */
import { condition } from '@temporalio/workflow';
import type { ConfigureAnswer } from '../activities/answers.js';
import type { ConnectionFile } from '../connection/schema.js';
import { checking } from './activities.js';
import { refusal, unwrapped } from './answers.js';
import { waitMs } from './schedule.js';
import type { Session } from './session.js';
import { clearCursor, type State } from './state.js';
import { reconfigure } from './reconfigure.js';

export interface ConfigureOptions {
  /** Read all history again, as `clear-cursor` does. */
  readonly reimport?: boolean;
}

/** `connection/file-size.ts` has the same bound, in bytes; the worker checks that one. */
const MAX_CHARACTERS = 256 * 1_024;

/** Throws when the argument can not be a file of this connection. What is wrong inside a file is found by the worker, place by place. */
export function checkConfigure(session: Session, file: unknown, options?: ConfigureOptions): void {
  if (!isObject(file)) throw refusal('configure takes the connection file as one JSON object');
  if (JSON.stringify(file).length > MAX_CHARACTERS)
    throw refusal('the connection file is larger than 256 KB: shorten the mappings');
  if (file['name'] !== session.config.name)
    throw refusal(`name: must be that of this connection, ${session.config.name}; another connection is onboarded`);
  if (options !== undefined && !isOptions(options))
    throw refusal('the second argument of configure, if any, is {"reimport": true} or {"reimport": false}');
  if (session.isConfiguring)
    throw refusal('another configure is being checked: send this one again when it has answered');
}

/**
 * Checks the file and takes it: steps begun after this use it, a page read ahead with the old one is dropped. A file that is not acceptable fails
 * the update with every place named, and the connection goes on unchanged.
 */
export async function configure(
  session: Session,
  file: ConnectionFile,
  { reimport = false }: ConfigureOptions = {},
): Promise<ConfigureAnswer> {
  session.isConfiguring = true;
  try {
    await condition(() => session.state.settings !== null);
    const request = { running: session.config, file, reimport };
    const summary = 'check the new connection file';
    const { settings, answer } = await unwrapped(
      checking.configureConnection.executeWithOptions({ summary }, [request]),
    );
    session.config = file;
    if (answer.changes.length > 0) {
      session.apply((state) =>
        reconfigure(state, settings, { now: Date.now(), waitMs: waitOf(state, settings.intervalMs) }),
      );
    }
    if (reimport) {
      session.apply(clearCursor);
      session.interruptPage?.();
    }
    return answer;
  } finally {
    session.isConfiguring = false;
  }
}

function waitOf({ settings, runs, failures, lastError }: State, intervalMs: number): number {
  const isTransient = lastError?.transient ?? false;
  return waitMs({ name: settings?.name ?? '', intervalMs, runs, failures, isTransient });
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOptions(value: unknown): boolean {
  if (!isObject(value) || Object.keys(value).some((key) => key !== 'reimport')) return false;
  return value['reimport'] === undefined || typeof value['reimport'] === 'boolean';
}
