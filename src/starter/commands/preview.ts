/** `preview <name|file>`: what the first change events of history would do in Halo, person by person. Writes nothing. */
import type { PreviewAnswer } from '../../activities/answers.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { previewLines } from '../views/people.js';

/** Most change events that a preview looks at, and what it looks at unless told otherwise. */
export const PREVIEW_EVENTS = 100;

export async function previewCommand(
  context: Context,
  argument: string,
  { events }: { events: number },
): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const answer = await previewed(context, name, events);
  const { terminal } = context;
  terminal.show(answer, previewLines(answer, terminal.colors));
  terminal.next(`import-100 ${name}`);
  return previewCode(answer);
}

/** Asks the running connection. */
export async function previewed(
  { terminal, connections }: Context,
  name: string,
  events: number,
): Promise<PreviewAnswer> {
  terminal.say(`${name}: looking at the first ${events} change events, without writing …`);
  return (await connections()).preview(name, events);
}

export function previewCode({ people }: PreviewAnswer): ExitCode {
  return people.some(({ outcome }) => outcome === 'rejected') ? EXIT.someRejected : EXIT.ok;
}
