/** `import-100 <name>`: writes the first 100 change events of history to Halo, to try the mappings; the cursor does not move. */
import type { RunReport } from '../../workflows/run-report.js';
import type { Status } from '../../workflows/status.js';
import { import100Signal } from '../../workflows/messages.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, exitCodeOfRun, type ExitCode } from '../exit-codes.js';
import { isSampling, nextStep } from '../next-step.js';
import { isPassing, StarterError } from '../errors.js';
import { STARTER } from '../own-command.js';
import { pollStatus } from '../polling.js';
import { runLines } from '../views/run.js';
import { errorLines } from '../views/status.js';
import { withProgress } from '../watching.js';

export async function sampleImportCommand(
  context: Context,
  argument: string,
  { wait }: { wait: boolean },
): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  if (!wait) {
    await (await context.connections()).signal(name, import100Signal);
    terminal.show({ connection: name, asked: 'import-100' }, [`${name}: sample import asked for`]);
    terminal.next(`watch ${name}`);
    return EXIT.ok;
  }
  const status = await importSample(context, name);
  terminal.show(status.sampleImport, sampleLines(context, status));
  terminal.next(sampleCode(status) === EXIT.someRejected ? `rejected ${name}` : nextStep(status));
  return sampleCode(status);
}

/** Asks for a sample import and answers the status once it is finished, however it ended. */
export async function importSample(context: Context, name: string): Promise<Status> {
  await (await context.connections()).signal(name, import100Signal);
  context.terminal.say(`${name}: importing the first 100 change events …`);
  try {
    // The signal came before the first query: from then on the sample import is asked for, going on, or finished.
    return await withProgress(context, (onStatus) =>
      pollStatus(context, name, {
        isDone: ({ sampleImport, pending }) => sampleImport !== null && !isSampling(sampleImport, pending),
        onStatus,
      }),
    );
  } catch (error) {
    throw isPassing(error) ? stillAsked(name, error) : error;
  }
}

/** Temporal keeps the signal: who asks again would have it twice. */
function stillAsked(name: string, error: StarterError): StarterError {
  return new StarterError(
    error.code,
    `${error.message}; the sample import is asked for all the same, and begins or goes on as soon as that is put right`,
    `${error.hint} Then look on with: ${STARTER} watch ${name}`,
    { cause: error },
  );
}

export function sampleCode({ sampleImport }: Status): ExitCode {
  return exitCodeOfRun(sampleImport);
}

export function sampleLines({ terminal }: Context, status: Status): string[] {
  const report: RunReport | null = status.sampleImport;
  return [
    ...(report === null ? [] : runLines('Sample import', report, terminal.colors)),
    ...(report?.outcome === 'failed' ? errorLines(status, terminal.colors) : []),
  ];
}
