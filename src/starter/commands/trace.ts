/** `trace <name> <whom>`: one person's way from the feed to Halo, step by step. Writes nothing. */
import { connectionNameFrom } from '../connection-argument.js';
import type { Context } from '../context.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { traceLines } from '../views/trace.js';
import { tracedPerson } from '../traced-person.js';

export async function traceCommand(context: Context, argument: string, whom: string): Promise<ExitCode> {
  const { terminal } = context;
  const name = await connectionNameFrom(argument);
  const asked = tracedPerson(whom);
  terminal.say(`${name}: looking for the person in the feed and in Halo, without writing …`);
  const answer = await (await context.connections()).trace(name, asked);
  terminal.show(answer, traceLines(answer, terminal.colors));
  if (answer.person === null) return EXIT.failed;
  if (answer.person.outcome !== 'rejected') return EXIT.ok;
  terminal.next(`retry-rejected ${name}`);
  return EXIT.someRejected;
}
