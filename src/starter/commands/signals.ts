/** `pause`, `resume`, `retry-rejected`: a signal and a line that says so. */
import type { SignalDefinition } from '@temporalio/common';
import { pauseSignal, resumeSignal, retryRejectedSignal } from '../../workflows/messages.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { StarterError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { STARTER } from '../own-command.js';

export interface NoteOption {
  readonly note?: string;
}

export async function pauseCommand(context: Context, argument: string, options: NoteOption): Promise<ExitCode> {
  const name = await signalWithNote(context, argument, pauseSignal, options);
  context.terminal.show({ connection: name, asked: 'pause' }, [
    `${name}: the integrator is switched off; people written so far stay, the cursor stands where the last settled page left it`,
  ]);
  context.terminal.next(`resume ${name}`);
  return EXIT.ok;
}

export async function resumeCommand(context: Context, argument: string, options: NoteOption): Promise<ExitCode> {
  const name = await signalWithNote(context, argument, resumeSignal, options);
  context.terminal.show({ connection: name, asked: 'resume' }, [`${name}: the integrator is switched on and runs now`]);
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

/** A paused connection keeps such a request until it is resumed, which runs anyway: better say so than seem to hang. */
export async function assertIntegratorOn(context: Context, name: string, what: string): Promise<void> {
  const status = await (await context.connections()).status(name);
  if (status.integrator === 'on') return;
  throw new StarterError(
    'integrator-off',
    `connection '${name}' is paused: ${what} has to wait for the integrator`,
    `Switch it on with: ${STARTER} resume ${name}`,
  );
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
