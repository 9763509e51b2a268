/** The command line: commands, flags and help. Each action answers an exit code through `run`. */
import { Command } from 'commander';
import { addImports } from './program/imports.js';
import { addOnboarding } from './program/onboarding.js';
import type { Run } from './program/run.js';
import { addSwitches } from './program/switches.js';
import { addViews } from './program/views.js';
import { STARTER } from './own-command.js';

export interface ProgramOptions {
  readonly version: string;
  readonly run: Run;
}

const EXAMPLES = `Examples:
  ${STARTER} init                                write a connection file, step by step
  ${STARTER} validate connections/arena.json     check file, credentials and set-up
  ${STARTER} onboard connections/arena.json      check, start, try, switch on
  ${STARTER} watch arena                         live progress
  ${STARTER} status arena --json                 for scripts
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
