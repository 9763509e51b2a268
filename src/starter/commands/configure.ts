/** `configure <file>`: gives a running connection another file, after showing what differs. */
import { fileChanges } from '../../connection/file-changes.js';
import type { Connection, ConnectionFile } from '../../connection/schema.js';
import { connectionSchema } from '../../connection/schema.js';
import { assertAgreed, assertAskable } from '../agreement.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { readAgainCostLines } from '../views/cost.js';
import { configuredLines, differenceLines } from '../views/configure.js';
import { readFile } from './validate.js';

export interface ConfigureOptions {
  readonly reimport: boolean;
  readonly yes: boolean;
}

export async function configureCommand(context: Context, path: string, options: ConfigureOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { file, connection } = await readFile(path);
  assertAskable(context, 'configure', options.yes);
  const connections = await context.connections();
  if (options.reimport) await tellCosts(context, connection);
  if (!options.yes) await assertDifferencesAgreed(context, connection, options);
  const answer = await connections.configure(connection.name, file, { reimport: options.reimport });
  terminal.show(answer, configuredLines(connection.name, answer));
  terminal.next(answer.reimport ? `watch ${connection.name}` : `status ${connection.name}`);
  return EXIT.ok;
}

/** By the new file, before it is asked for. */
async function tellCosts({ terminal, connections }: Context, connection: Connection): Promise<void> {
  const status = await (await connections()).status(connection.name);
  for (const line of readAgainCostLines(connection, status)) terminal.say(line);
}

async function assertDifferencesAgreed(
  context: Context,
  connection: Connection,
  { reimport, yes }: ConfigureOptions,
): Promise<void> {
  const { name } = connection;
  const running = await (await context.connections()).fileOf(name);
  for (const line of differenceLines(fileChanges(withDefaults(running), connection))) context.terminal.say(line);
  const question = `Change ${name}${reimport ? ' and read all history again' : ''}?`;
  await assertAgreed(context, yes, { question, otherwise: 'the connection goes on as before', initial: !reimport });
}

/** Only what is written out differs from what is written out; a file of an older version may not be readable as a whole. */
export function withDefaults(file: ConnectionFile): Connection | ConnectionFile {
  const parsed = connectionSchema.safeParse(file);
  return parsed.success ? parsed.data : file;
}
