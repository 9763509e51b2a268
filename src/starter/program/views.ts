/** The commands that look and change nothing: flags and help. */
import type { Command } from 'commander';
import { listCommand, rejectedCommand, statusCommand, type RejectedOptions } from '../commands/inspect.js';
import { openCommand } from '../commands/open.js';
import { traceCommand } from '../commands/trace.js';
import { watchCommand } from '../commands/watch.js';
import { workersCommand } from '../commands/workers.js';
import { UsageError } from '../errors.js';
import { collected, connectionCommand, type Run } from './run.js';

export function addViews(program: Command, run: Run): void {
  program
    .command('list')
    .description('the running connections')
    .action(() => run((context) => listCommand(context)));
  program
    .command('workers')
    .description('the builds of the workers, and which connections run on which')
    .action(() => run((context) => workersCommand(context)));
  connectionCommand(
    program,
    'status',
    'all about one connection; --json is exactly what the query "status" answers',
  ).action((name: string) => run((context) => statusCommand(context, name)));
  connectionCommand(program, 'watch', 'live progress until nothing goes on any more')
    .option('--follow', 'go on until Ctrl-C', false)
    .action((name: string, flags: { follow: boolean }, command: Command) => {
      if (flags.follow && command.optsWithGlobals<{ json?: boolean }>().json === true) throw endless();
      return run((context) => watchCommand(context, name, flags));
    });
  connectionCommand(program, 'rejected', 'the rejected people: ids, reasons and what to do')
    .option('--code <code>', 'only people with this code; may be given again', collected, [])
    .option('--csv', 'comma-separated values, with a header', false)
    .action((name: string, flags: RejectedOptions) => run((context) => rejectedCommand(context, name, flags)));
  connectionCommand(program, 'open', 'the page of the Web UI that tells the story of a connection')
    .option('--print', 'only print the link', false)
    .action((name: string, flags: { print: boolean }) => run((context) => openCommand(context, name, flags)));
  connectionCommand(program, 'trace', "one person's way from the feed to Halo, step by step; writes nothing")
    .argument('<whom>', 'a SeatGeek ID or an e-mail address; an address leaves this machine as a hash only')
    .action((name: string, whom: string) => run((context) => traceCommand(context, name, whom)));
}

function endless(): UsageError {
  return new UsageError(
    'flags-contradict',
    '--follow never ends and --json answers at the end',
    'Leave one of them out.',
  );
}
