/** `status`, `rejected` and `list`: look, change nothing. */
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { nextStep } from '../next-step.js';
import { listLines } from '../views/list.js';
import { nearest } from '../../connection/nearest.js';
import { REJECTION_REASONS } from '../../contract/rejection-reasons.js';
import { UsageError } from '../errors.js';
import { clean } from '../text.js';
import { rejectedCsv, rejectedLines } from '../views/rejected.js';
import { statusLines } from '../views/status.js';

/** With `--json` exactly what the query `status` answers. */
export async function statusCommand({ terminal, connections }: Context, argument: string): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const status = await (await connections()).status(name);
  terminal.show(status, statusLines(status, terminal.colors));
  terminal.next(nextStep(status));
  return EXIT.ok;
}

export interface RejectedOptions {
  /** Only people with these codes. */
  readonly code: readonly string[];
  readonly csv: boolean;
}

export async function rejectedCommand(
  { terminal, connections }: Context,
  argument: string,
  { code, csv }: RejectedOptions,
): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  for (const one of code) assertKnownCode(one);
  const all = await (await connections()).rejected(name);
  const users = code.length === 0 ? all : all.filter((user) => code.includes(user.code));
  if (csv) terminal.showExact(users, rejectedCsv(users));
  else terminal.show(users, rejectedLines(users, terminal.colors));
  terminal.next(users.length === 0 ? null : `retry-rejected ${name}`);
  return EXIT.ok;
}

function assertKnownCode(code: string): void {
  const known = Object.keys(REJECTION_REASONS);
  if (known.includes(code)) return;
  const near = nearest(code, known);
  throw new UsageError(
    'code-unknown',
    `there is no code '${clean(code)}'${near === undefined ? '' : ` — did you mean ${near}?`}`,
    `The codes are ${known.join(', ')}.`,
  );
}

export async function listCommand({ terminal, connections }: Context): Promise<ExitCode> {
  const rows = await (await connections()).list();
  terminal.show(rows, listLines(rows, terminal.colors));
  const [first] = rows;
  terminal.next(first === undefined ? 'onboard <file>' : `status ${first.connection}`);
  return EXIT.ok;
}
