/** `status`, `rejected` and `list`: look, change nothing. */
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { nextStep } from '../next-step.js';
import { listLines } from '../views/list.js';
import { rejectedLines } from '../views/rejected.js';
import { statusLines } from '../views/status.js';

/** With `--json` exactly what the query `status` answers. */
export async function statusCommand({ terminal, connections }: Context, argument: string): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const status = await (await connections()).status(name);
  terminal.show(status, statusLines(status, terminal.colors));
  terminal.next(nextStep(status));
  return EXIT.ok;
}

export async function rejectedCommand({ terminal, connections }: Context, argument: string): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const users = await (await connections()).rejected(name);
  terminal.show(users, rejectedLines(users, terminal.colors));
  terminal.next(users.length === 0 ? null : `retry-rejected ${name}`);
  return EXIT.ok;
}

export async function listCommand({ terminal, connections }: Context): Promise<ExitCode> {
  const rows = await (await connections()).list();
  terminal.show(rows, listLines(rows, terminal.colors));
  const [first] = rows;
  terminal.next(first === undefined ? 'onboard <file>' : `status ${first.connection}`);
  return EXIT.ok;
}
