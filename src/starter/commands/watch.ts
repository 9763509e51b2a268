/** `watch <name>` and `sync-now <name>`: live progress until nothing goes on any more. */
import { syncNowSignal } from '../../workflows/messages.js';
import type { Status } from '../../workflows/status.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, exitCodeOfStatus, type ExitCode } from '../exit-codes.js';
import { isUnderWay, nextStep } from '../next-step.js';
import { pollStatus } from '../polling.js';
import { runLines } from '../views/run.js';
import { errorLines, headLine } from '../views/status.js';
import { withProgress } from '../watching.js';
import { assertIntegratorOn } from './signals.js';

export async function watchCommand(
  context: Context,
  argument: string,
  { follow }: { follow: boolean },
): Promise<ExitCode> {
  return watch(context, await connectionNameFrom(argument), { follow });
}

export async function syncNowCommand(
  context: Context,
  argument: string,
  { wait }: { wait: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  const connections = await context.connections();
  await assertIntegratorOn(context, name, 'a run');
  await connections.signal(name, syncNowSignal);
  if (wait) return watch(context, name, { follow: false, expectRun: true });
  terminal.show({ connection: name, asked: 'sync-now' }, [`${name}: a run is asked for`]);
  terminal.next(`watch ${name}`);
  return EXIT.ok;
}

interface WatchOptions {
  readonly follow: boolean;
  /** A run was asked for just now: the last run's end counts even if it was never seen going on. */
  readonly expectRun?: boolean;
}

async function watch(context: Context, name: string, { follow, expectRun = false }: WatchOptions): Promise<ExitCode> {
  const { terminal } = context;
  let began = expectRun;
  const status = await withProgress(context, (onStatus) =>
    pollStatus(context, name, {
      isDone: (seen) => !follow && !isUnderWay(seen),
      onStatus: (seen, page) => {
        began ||= isUnderWay(seen);
        onStatus(seen, page);
      },
    }),
  );
  terminal.show(status, endLines(context, status));
  terminal.next(nextStep(status));
  return exitCodeOfStatus(status, began);
}

function endLines({ terminal }: Context, status: Status): string[] {
  return [
    headLine(status, terminal.colors),
    ...(status.lastRun === null ? [] : runLines('Last run', status.lastRun, terminal.colors)),
    ...errorLines(status, terminal.colors),
  ];
}
