/** What the groups of commands share. */
import type { Command } from 'commander';
import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';

/** Runs one command and keeps its exit code. */
export type Run = (command: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** For an option that may be given again. */
export function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** A command about one connection. */
export function connectionCommand(program: Command, command: string, description: string): Command {
  return program
    .command(command)
    .argument('<name>', "the connection's name, or the path of its .json file")
    .description(description);
}
