/** `approve <name>`: lets a run go on that the brake holds. */
import { approveSignal } from '../../workflows/messages.js';
import { assertAgreed, assertAskable } from '../agreement.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { StarterError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import type { Status } from '../../workflows/status.js';
import { errorLines } from '../views/status.js';
import { STARTER } from '../own-command.js';

/** Throws StarterError `not-held` when nothing waits for it: an approval in store would let the next accident pass. */
export async function approveCommand(context: Context, argument: string, { yes }: { yes: boolean }): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  assertAskable(context, 'approve', yes);
  const connections = await context.connections();
  const status = await connections.status(name);
  if (status.phase !== 'held') throw notHeld(name, status);
  for (const line of errorLines(status, terminal.colors)) terminal.say(line);
  await assertAgreed(context, yes, { question: `Let the run of ${name} go on?`, otherwise: 'the run is still held' });
  await connections.signal(name, approveSignal);
  terminal.show({ connection: name, asked: 'approve' }, [`${name}: the run is approved and goes on`]);
  terminal.next(`watch ${name}`);
  return EXIT.ok;
}

/** A sample import that the brake refused, and a run that was held before a pause, come to it again with the next run. */
function notHeld(name: string, { phase, integrator, lastError }: Status): StarterError {
  const comesAgain = lastError?.code === 'brake-held' && integrator === 'off';
  return new StarterError(
    'not-held',
    `no run of '${name}' is held: its phase is ${phase}`,
    comesAgain
      ? `Switch it on, so that its run is held; then approve it: ${STARTER} resume ${name}`
      : `See it with: ${STARTER} status ${name}`,
  );
}
