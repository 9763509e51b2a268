/** `pause`, `resume`, `retry-rejected`: a signal and a line that says so. */
import type { SignalDefinition } from '@temporalio/common';
import { pauseSignal, resumeSignal, retryRejectedSignal } from '../../workflows/messages.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import type { Status } from '../../workflows/status.js';
import { isPassing, StarterError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { STARTER } from '../own-command.js';

export interface NoteOption {
  readonly note?: string;
}

export async function pauseCommand(context: Context, argument: string, options: NoteOption): Promise<ExitCode> {
  const name = await signalWithNote(context, argument, pauseSignal, options);
  await showStored(context, name, 'pause', ({ run }) =>
    run === null
      ? 'the integrator is off; the cursor stands where the last settled page left it'
      : 'the integrator is off; requests under way are seen to their end, then the run stops',
  );
  context.terminal.next(`resume ${name}`);
  return EXIT.ok;
}

export async function resumeCommand(context: Context, argument: string, options: NoteOption): Promise<ExitCode> {
  const name = await signalWithNote(context, argument, resumeSignal, options);
  await showStored(context, name, 'resume', () => 'the integrator is on and runs now');
  context.terminal.next(`watch ${name}`);
  return EXIT.ok;
}

export async function retryRejectedCommand(context: Context, argument: string): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  await assertIntegratorOn(context, name, 'the retry');
  await (await context.connections()).signal(name, retryRejectedSignal);
  context.terminal.show({ connection: name, asked: 'retry-rejected' }, [`${name}: a retry is asked for`]);
  context.terminal.next(`rejected ${name}`);
  return EXIT.ok;
}

/** Temporal keeps a signal until a worker takes it: what is shown tells the one from the other. */
async function showStored(
  { terminal, connections }: Context,
  name: string,
  asked: 'pause' | 'resume',
  done: (status: Status) => string,
): Promise<void> {
  try {
    const status = await (await connections()).status(name);
    terminal.show({ connection: name, asked, integrator: status.integrator }, [`${name}: ${done(status)}`]);
  } catch (error) {
    if (!isPassing(error)) throw error;
    terminal.show({ connection: name, asked, integrator: null }, [
      `${name}: ${asked} is stored in Temporal; no worker answers, so it takes effect as soon as one runs`,
    ]);
  }
}

/** A paused connection keeps such a request until it is resumed, which runs anyway: better say so than seem to hang. */
export async function assertIntegratorOn(context: Context, name: string, what: string): Promise<void> {
  const status = await (await context.connections()).status(name);
  if (status.integrator === 'on' || isUnchecked(status)) return;
  throw new StarterError(
    'integrator-off',
    `connection '${name}' is paused: ${what} has to wait for the integrator`,
    `Switch it on with: ${STARTER} resume ${name}`,
  );
}

/** The file of the first start is being checked: whether the integrator is to be on is not known yet. */
function isUnchecked({ phase, run }: Status): boolean {
  return phase === 'syncing' && run === null;
}

async function signalWithNote(
  context: Context,
  argument: string,
  signal: SignalDefinition<[note?: string]>,
  { note }: NoteOption,
): Promise<string> {
  const name = await connectionNameFrom(argument);
  const connections = await context.connections();
  await (note === undefined ? connections.signal(name, signal) : connections.signal(name, signal, note));
  return name;
}
