/** `workers` and `promote`: which builds there are, who runs on which, and which one takes over. */
import type { Context } from '../context.js';
import { UsageError } from '../errors.js';
import { EXIT, type ExitCode } from '../exit-codes.js';
import { workersLines } from '../views/workers.js';

export async function workersCommand({ terminal, connections }: Context): Promise<ExitCode> {
  const builds = await (await connections()).builds();
  terminal.show(builds, workersLines(builds, terminal.colors));
  const waiting = builds.find(({ isCurrent, workers, build }) => !isCurrent && workers > 0 && build !== null);
  terminal.next(waiting === undefined ? null : `promote ${waiting.build}`);
  return EXIT.ok;
}

export async function promoteCommand(
  { terminal, connections }: Context,
  build: string | undefined,
  { unversioned }: { readonly unversioned: boolean },
): Promise<ExitCode> {
  if ((build === undefined) !== unversioned)
    throw new UsageError('build-missing', 'promote takes a build, or --unversioned', 'See the builds with: workers');
  const promotion = await (await connections()).promote(build ?? null);
  const { before, woken } = promotion;
  const name = (one: string | null): string => one ?? 'workers without a build';
  const what =
    before === promotion.build
      ? `${name(promotion.build)} was the current build already`
      : `${name(promotion.build)} takes over from ${name(before)}`;
  const moving =
    woken.length === 0
      ? 'every connection runs on it'
      : `${woken.length} connections move to it as soon as nothing is open: ${woken.slice(0, 10).join(', ')}${woken.length > 10 ? ', …' : ''}`;
  terminal.show(promotion, [what, moving]);
  terminal.next('workers');
  return EXIT.ok;
}
