/** What the groups of commands share. */
import type { Context } from '../context.js';
import type { ExitCode } from '../exit-codes.js';

/** Runs one command and keeps its exit code. */
export type Run = (command: (context: Context) => Promise<ExitCode>) => Promise<void>;

/** For an option that may be given again. */
export function collected(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

export const NAME = '<name>';
export const NAME_HELP = "the connection's name, or the path of its .json file";
