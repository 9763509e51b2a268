/** `preview <name|file>`: what the first change events of history, or the next run, would do in Halo, person by person. Writes nothing. */
import type { PreviewAnswer } from '../../activities/answers.js';
import type { NEXT_RUN } from '../../workflows/messages.js';
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { previewLines } from '../views/people.js';

/** Most change events that a preview looks at, and what it looks at unless told otherwise. */
export const PREVIEW_EVENTS = 100;

export async function previewCommand(
  context: Context,
  argument: string,
  of: number | typeof NEXT_RUN,
): Promise<ExitCode> {
  const name = await connectionNameFrom(argument);
  const answer = await previewed(context, name, of);
  const { terminal } = context;
  terminal.show(answer, previewLines(answer, terminal.colors));
  terminal.next(await nextCommand(context, name, answer));
  return previewCode(answer);
}

/** What a run waits for is asked, not told by the answer: one that would be held need not be held yet. */
async function nextCommand({ connections }: Context, name: string, { run }: PreviewAnswer): Promise<string> {
  if (run === undefined) return `import-100 ${name}`;
  const { phase, integrator } = await (await connections()).status(name);
  if (phase === 'held') return `approve ${name}`;
  return integrator === 'on' ? `sync-now ${name} --wait` : `resume ${name}`;
}

/** Asks the running connection. */
export async function previewed(
  { terminal, connections }: Context,
  name: string,
  of: number | typeof NEXT_RUN,
): Promise<PreviewAnswer> {
  const what = typeof of === 'number' ? `the first ${of} change events` : 'everybody of the next run';
  terminal.say(`${name}: looking at ${what}, without writing …`);
  return (await connections()).preview(name, of);
}

export function previewCode({ people, run }: PreviewAnswer): ExitCode {
  if (run !== undefined) return run.rejected > 0 ? EXIT.someRejected : EXIT.ok;
  return people.some(({ outcome }) => outcome === 'rejected') ? EXIT.someRejected : EXIT.ok;
}
