/** Activity: the set-up report, line by line, green or red with what to do. Writes nothing. */
import { green, red, type CheckLine } from '../contract/check-line.js';
import { ConfigError } from '../errors.js';
import { checkHalo } from '../halo/setup/setup.js';
import { checkSeatGeek } from '../seatgeek/setup.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { checkFirstPage } from './first-page.js';
import { withHeartbeat } from './heartbeat.js';
import { checkWebhook } from './notify.js';
import type { ValidationReport } from './types.js';

const FILE = 'connection file';
const WEBHOOK = 'alerts webhook';

/** Expected errors become red lines; only an unexpected one fails the activity. */
export function validateConnection(contexts: ConnectionContexts) {
  return (config: unknown): Promise<ValidationReport> =>
    withHeartbeat(async ({ signal }) => {
      const opened = open(contexts, config);
      if ('line' in opened) return { ok: false, lines: [opened.line] };
      const { context } = opened;
      const systems = [
        green(FILE, 'The file is valid and its hosts are allowed.'),
        ...(await checkSeatGeek({
          connection: context.connection,
          http: contexts.deps.http,
          credentials: context.seatgeekCredentials,
          columns: context.mapper.columns,
          signal,
        })),
        ...(await checkHalo(context.halo, context.connection)),
      ];
      const people = systems.every((line) => line.ok) ? await checkFirstPage(context, signal) : [];
      const lines = [...systems, ...people, ...(await checkAlerts(context, contexts))];
      return { ok: lines.every((line) => line.ok), lines };
    });
}

function open(contexts: ConnectionContexts, config: unknown): { context: ConnectionContext } | { line: CheckLine } {
  try {
    return { context: contexts.open(config) };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { line: red(FILE, error) };
  }
}

/** No line without a webhook. Nothing is posted. */
async function checkAlerts({ connection }: ConnectionContext, { deps }: ConnectionContexts): Promise<CheckLine[]> {
  if (connection.alerts === undefined) return [];
  try {
    await checkWebhook(connection, deps);
    return [green(WEBHOOK, 'The webhook has an address that may be called.')];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [red(WEBHOOK, error)];
  }
}
