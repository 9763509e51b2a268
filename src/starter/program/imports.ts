/** The commands that import: flags and help. */
import { InvalidArgumentError, type Command } from 'commander';
import { approveCommand } from '../commands/approve.js';
import { clearCursorCommand } from '../commands/clear-cursor.js';
import { PREVIEW_EVENTS, previewCommand } from '../commands/preview.js';
import { sampleImportCommand } from '../commands/sample-import.js';
import { retryRejectedCommand } from '../commands/signals.js';
import { syncNowCommand } from '../commands/watch.js';
import { NEXT_RUN } from '../../workflows/messages.js';
import { UsageError } from '../errors.js';
import { connectionCommand, type Run } from './run.js';

export function addImports(program: Command, run: Run): void {
  connectionCommand(program, 'preview', 'what an import would do, person by person; writes nothing')
    .argument('[events]', `change events of history to look at, 1 to 100 (${PREVIEW_EVENTS})`, events)
    .option('--next-run', 'of the next or the held run: in numbers, and its first 100 people', false)
    .action((name: string, count: number | undefined, flags: { nextRun: boolean }) => {
      if (flags.nextRun && count !== undefined) throw contradiction();
      return run((context) => previewCommand(context, name, flags.nextRun ? NEXT_RUN : (count ?? PREVIEW_EVENTS)));
    });
  connectionCommand(program, 'import-100', 'import the first 100 change events of history; the cursor does not move')
    .option('--no-wait', 'only ask for it')
    .action((name: string, flags: { wait: boolean }) => run((context) => sampleImportCommand(context, name, flags)));
  connectionCommand(program, 'sync-now', 'run now, without waiting for the interval')
    .option('--wait', 'show the progress until the run is finished', false)
    .action((name: string, flags: { wait: boolean }) => run((context) => syncNowCommand(context, name, flags)));
  connectionCommand(program, 'retry-rejected', 'try the rejected people again now').action((name: string) =>
    run((context) => retryRejectedCommand(context, name)),
  );
  connectionCommand(
    program,
    'clear-cursor',
    'forget the cursor: all history is read again, only differences are written',
  )
    .option('--yes', 'do not ask', false)
    .action((name: string, flags: { yes: boolean }) => run((context) => clearCursorCommand(context, name, flags)));
  connectionCommand(program, 'approve', 'let a run go on that the brake holds')
    .option('--yes', 'do not ask', false)
    .action((name: string, flags: { yes: boolean }) => run((context) => approveCommand(context, name, flags)));
}

function contradiction(): UsageError {
  return new UsageError(
    'flags-contradict',
    '--next-run is of the whole run, and a number of events of the start of history',
    'Leave one of them out.',
  );
}

function events(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= PREVIEW_EVENTS) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 100.');
}
