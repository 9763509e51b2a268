/** `validate <file>`: the file here, then credentials and set-up by a worker. Writes nothing to Halo. */
import type { ValidationReport } from '../../activities/types.js';
import { checkConnection } from '../../connection/check.js';
import { loadConnectionFile } from '../../connection/load.js';
import type { Connection, ConnectionFile } from '../../connection/schema.js';
import { connectionPath } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { reportLines } from '../views/report.js';

export interface CheckedFile {
  /** As it is on disk: this is what goes to Temporal. */
  readonly file: ConnectionFile;
  /** With every default. */
  readonly connection: Connection;
}

/** A connection's name stands for its usual file. Throws ConfigError with every problem and its place. Which hosts are allowed is the worker's business. */
export async function readFile(argument: string): Promise<CheckedFile> {
  const file = await loadConnectionFile(connectionPath(argument));
  return { file, connection: checkConnection(file) };
}

export async function validateCommand(context: Context, path: string): Promise<ExitCode> {
  const checked = await readFile(path);
  const report = await validateSetUp(context, checked);
  const { terminal } = context;
  terminal.show(report, reportLines(report, terminal.colors));
  if (report.ok) terminal.next(await nextOf(context, checked.connection.name, path));
  return report.ok ? EXIT.ok : EXIT.failed;
}

async function nextOf(context: Context, name: string, path: string): Promise<string> {
  const isRunning = await (await context.connections()).isRunning(name);
  return isRunning ? `status ${name}` : `onboard ${path}`;
}

/** Has a worker ask both systems. */
export async function validateSetUp(context: Context, { file, connection }: CheckedFile): Promise<ValidationReport> {
  context.terminal.say(`checking ${connection.name}: credentials, feed, fields and site …`);
  return (await context.connections()).validate(connection.name, file);
}
