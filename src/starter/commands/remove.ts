/** `remove <name>`: ends a connection after asking. Nothing in Halo changes. */
import { pauseSignal } from '../../workflows/messages.js';
import type { Status } from '../../workflows/status.js';
import { assertAgreed, assertAskable } from '../agreement.js';
import { connectionNameFrom, connectionPath } from '../connection-argument.js';
import type { Connections } from '../connections.js';
import type { Context } from '../context.js';
import { isPassing } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { STARTER } from '../own-command.js';
import { clean, count } from '../text.js';

export async function removeCommand(context: Context, argument: string, { yes }: { yes: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  assertAskable(context, 'remove', yes);
  const connections = await context.connections();
  const status = await statusIfAny(connections, name);
  for (const line of whatRemains(name, status)) terminal.say(line);
  await assertAgreed(context, yes, { question: `Remove ${name}?`, otherwise: 'the connection goes on' });
  await endInOrder(context, connections, name);
  terminal.show({ connection: name, removed: true }, [`${name}: removed; nothing in Halo was changed`]);
  terminal.next(`onboard ${connectionPath(argument)}`);
  return EXIT.ok;
}

/** Pauses first, so that a page being written is settled and not left in the middle. */
export async function endInOrder({ pause }: Context, connections: Connections, name: string): Promise<void> {
  await connections.signal(name, pauseSignal, 'is being removed');
  for (let looks = 0; looks < MOST_LOOKS; looks += 1) {
    const status = await statusIfAny(connections, name);
    if (status === null || status.run === null) break;
    await pause(LOOK_MS);
  }
  await connections.end(name, 'removed');
}

/** A page under Halo's limit may take minutes; whoever removes need not wait longer: what was sent is in Halo, and is found there again. */
const MOST_LOOKS = 60;
const LOOK_MS = 1_000;

/** Null where no worker answers: a connection can be removed all the same. */
async function statusIfAny(connections: Connections, name: string): Promise<Status | null> {
  try {
    return await connections.status(name);
  } catch (error) {
    if (isPassing(error)) return null;
    throw error;
  }
}

function whatRemains(name: string, status: Status | null): string[] {
  const memory =
    status === null || status.rejectedUsers === 0
      ? "Its cursor and the brake's memory"
      : `Its cursor, the brake's memory and ${count(status.rejectedUsers)} rejected people`;
  return [
    `Removing ${clean(name)} ends its workflow in Temporal: no more runs. People in Halo stay as they are, with their SeatGeek IDs.`,
    `${memory} go with it, and stay readable for the namespace's retention.`,
    `To come back: ${STARTER} onboard <file>`,
    'It offers to go on from the cursor. From the start, only what differs is written.',
  ];
}
