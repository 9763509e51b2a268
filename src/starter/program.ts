/** The command line: commands, flags and help. Each action answers an exit code through `run`. */
import { Command } from 'commander';
import { clearCursorCommand } from './commands/clear-cursor.js';
import { listCommand, rejectedCommand, statusCommand } from './commands/inspect.js';
import { onboardCommand } from './commands/onboard.js';
import { sampleImportCommand } from './commands/sample-import.js';
import { pauseCommand, resumeCommand, retryRejectedCommand } from './commands/signals.js';
import { validateCommand } from './commands/validate.js';
import { syncNowCommand, watchCommand } from './commands/watch.js';
import type { Context } from './context.js';
import { UsageError } from './errors.js';
import type { ExitCode } from './exit-codes.js';

/** Runs one command and keeps its exit code. */
export type Run = (command: (context: Context) => Promise<ExitCode>) => Promise<void>;

export interface ProgramOptions {
  readonly version: string;
  readonly run: Run;
}

const EXAMPLES = `Examples:
  npm run starter -- validate connections/arena.json     check file, credentials and set-up
  npm run starter -- onboard connections/arena.json      check, start, try 100, switch on
  npm run starter -- watch arena                         live progress
  npm run starter -- status arena --json                 for scripts
`;

const AFTER = `
<name> is a connection's name or the path of its .json file.
Temporal is found as the Temporal CLI finds it: TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY,
or a profile of temporal.toml (TEMPORAL_PROFILE). NO_COLOR switches colours off.
Exit codes: 0 all good, 1 failed, 2 usage or config, 3 finished with some people rejected.`;

/** Commander throws CommanderError for help, version and usage errors instead of ending the process. */
export function createProgram({ version, run }: ProgramOptions): Command {
  const program = new Command('starter')
    .description('Onboards SeatGeek to Halo connections on Temporal and looks after them.')
    .version(version)
    .option('--json', 'one JSON document on stdout; asks nothing')
    .exitOverride()
    .showHelpAfterError('(--help shows commands and flags)')
    .addHelpText('before', EXAMPLES)
    .addHelpText('after', AFTER);
  addOnboarding(program, run);
  addImports(program, run);
  addSwitches(program, run);
  addViews(program, run);
  return program;
}

const NAME = '<name>';
const NAME_HELP = "the connection's name, or the path of its .json file";

function addOnboarding(program: Command, run: Run): void {
  program
    .command('validate')
    .argument('<file>', 'the connection file')
    .description('check the file, then both credentials and the set-up; writes nothing')
    .action((file: string) => run((context) => validateCommand(context, file)));
  program
    .command('onboard')
    .argument('<file>', 'the connection file')
    .description('validate, start, offer the sample import, offer to switch on')
    .option('--import-100', 'import the first 100 change events without asking', false)
    .option('--resume', 'switch the integrator on without asking', false)
    .option('--yes', 'answer every question with yes', false)
    .option('--skip-validate', 'start without asking both systems first', false)
    .addHelpText(
      'before',
      `Examples:
  npm run starter -- onboard connections/arena.json
  npm run starter -- onboard connections/arena.json --import-100 --resume --json
`,
    )
    .action((file: string, flags: { import100: boolean; resume: boolean; yes: boolean; skipValidate: boolean }) =>
      run((context) => onboardCommand(context, file, flags)),
    );
}

function addImports(program: Command, run: Run): void {
  program
    .command('import-100')
    .argument(NAME, NAME_HELP)
    .description('import the first 100 change events of history; the cursor does not move')
    .option('--no-wait', 'only ask for it')
    .action((name: string, flags: { wait: boolean }) => run((context) => sampleImportCommand(context, name, flags)));
  program
    .command('sync-now')
    .argument(NAME, NAME_HELP)
    .description('run now, without waiting for the interval')
    .option('--wait', 'show the progress until the run is finished', false)
    .action((name: string, flags: { wait: boolean }) => run((context) => syncNowCommand(context, name, flags)));
  program
    .command('retry-rejected')
    .argument(NAME, NAME_HELP)
    .description('try the rejected people again now')
    .action((name: string) => run((context) => retryRejectedCommand(context, name)));
  program
    .command('clear-cursor')
    .argument(NAME, NAME_HELP)
    .description('forget the cursor: all history is read again, only differences are written')
    .option('--yes', 'do not ask', false)
    .action((name: string, flags: { yes: boolean }) => run((context) => clearCursorCommand(context, name, flags)));
}

function addSwitches(program: Command, run: Run): void {
  const note = ['--note <text>', 'why, for whoever looks at the connection next'] as const;
  program
    .command('pause')
    .argument(NAME, NAME_HELP)
    .description('switch the integrator off')
    .option(...note)
    .action((name: string, flags: { note?: string }) => run((context) => pauseCommand(context, name, flags)));
  program
    .command('resume')
    .argument(NAME, NAME_HELP)
    .description('switch the integrator on; it runs at once')
    .option(...note)
    .action((name: string, flags: { note?: string }) => run((context) => resumeCommand(context, name, flags)));
}

function addViews(program: Command, run: Run): void {
  program
    .command('list')
    .description('the running connections')
    .action(() => run((context) => listCommand(context)));
  program
    .command('status')
    .argument(NAME, NAME_HELP)
    .description('all about one connection; --json is exactly what the query "status" answers')
    .action((name: string) => run((context) => statusCommand(context, name)));
  program
    .command('watch')
    .argument(NAME, NAME_HELP)
    .description('live progress until nothing goes on any more')
    .option('--follow', 'go on until Ctrl-C', false)
    .action((name: string, flags: { follow: boolean }, command: Command) => {
      if (flags.follow && command.optsWithGlobals<{ json?: boolean }>().json === true) throw endless();
      return run((context) => watchCommand(context, name, flags));
    });
  program
    .command('rejected')
    .argument(NAME, NAME_HELP)
    .description('the rejected people: ids and reasons')
    .action((name: string) => run((context) => rejectedCommand(context, name)));
}

function endless(): UsageError {
  return new UsageError(
    'flags-contradict',
    '--follow never ends and --json answers at the end',
    'Leave one of them out.',
  );
}
