/** `clear-cursor <name>`: forgets the cursor after asking, so that the next run reads all history again. */
import { clearCursorSignal } from '../../workflows/messages.js';
import type { Status } from '../../workflows/status.js';
import { assertAgreed, assertAskable } from '../agreement.js';
import { connectionNameFrom } from '../connection-argument.js';
import { SyncError } from '../../errors.js';
import type { Connections } from '../connections.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { clean, count } from '../text.js';
import { readAgainCostLines } from '../views/cost.js';
import { runSummary } from '../views/run.js';

export async function clearCursorCommand(
  context: Context,
  argument: string,
  { yes }: { yes: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  assertAskable(context, 'clear-cursor', yes);
  const connections = await context.connections();
  const status = await connections.status(name);
  const costs = readAgainCostLines(await fileIfAny(connections, name), status);
  for (const line of [...consequences(status), ...costs]) terminal.say(line);
  await assertAgreed(context, yes, {
    question: `Clear the cursor of ${name}?`,
    otherwise: 'the cursor was not cleared',
  });
  await connections.signal(name, clearCursorSignal);
  const isOff = status.integrator === 'off';
  terminal.show({ connection: name, asked: 'clear-cursor' }, [
    `${name}: the cursor is cleared; ${isOff ? 'all history is read once the integrator is on' : 'all history is read now'}`,
  ]);
  terminal.next(isOff ? `resume ${name}` : `watch ${name}`);
  return EXIT.ok;
}

/** Null where it can't be read: the costs are not told then. */
async function fileIfAny(connections: Connections, name: string): Promise<unknown> {
  try {
    return await connections.fileOf(name);
  } catch (error) {
    if (error instanceof SyncError) return null;
    throw error;
  }
}

/** What clearing the cursor will do, in lines. */
export function consequences({ connection, integrator, lastRun }: Status): string[] {
  const when = integrator === 'on' ? 'The next run, at once,' : 'The next run, once the integrator is switched on,';
  return [
    `${when} reads every event of ${clean(connection)}'s history again; only differences are written to Halo.`,
    ...(lastRun === null || lastRun.events === 0
      ? []
      : [`The last run: ${count(lastRun.people)} people (${runSummary(lastRun)}).`]),
  ];
}
