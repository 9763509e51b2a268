/** The commands that switch a connection on and off: flags and help. */
import type { Command } from 'commander';
import { removeCommand } from '../commands/remove.js';
import { pauseCommand, resumeCommand } from '../commands/signals.js';
import { promoteCommand } from '../commands/workers.js';
import { connectionCommand, type Run } from './run.js';

export function addSwitches(program: Command, run: Run): void {
  const note = ['--note <text>', 'why, for whoever looks at the connection next'] as const;
  connectionCommand(program, 'pause', 'switch the integrator off')
    .option(...note)
    .action((name: string, flags: { note?: string }) => run((context) => pauseCommand(context, name, flags)));
  connectionCommand(program, 'resume', 'switch the integrator on; it runs at once')
    .option(...note)
    .action((name: string, flags: { note?: string }) => run((context) => resumeCommand(context, name, flags)));
  program
    .command('promote')
    .argument('[build]', 'the build that takes over, as TEMPORAL_WORKER_BUILD_ID of its workers')
    .description('with worker versioning: have all connections go on with another build')
    .option('--unversioned', 'workers without a build take over', false)
    .action((build: string | undefined, flags: { unversioned: boolean }) =>
      run((context) => promoteCommand(context, build, flags)),
    );
  connectionCommand(program, 'remove', 'end a connection; people in Halo stay as they are')
    .option('--yes', 'do not ask', false)
    .action((name: string, flags: { yes: boolean }) => run((context) => removeCommand(context, name, flags)));
}
