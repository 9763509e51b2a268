/** The question before what can't be undone with a word. */
import type { Context } from './context.js';
import { StarterError, UsageError } from './errors.js';

/** Throws UsageError `needs-yes` where nobody can be asked and `--yes` is not given. To be called before anything is looked up. */
export function assertAskable({ terminal }: Context, command: string, yes: boolean): void {
  if (yes || terminal.interactive) return;
  throw new UsageError('needs-yes', `${command} asks before it acts and nobody can be asked here`, 'Add --yes.');
}

/** Throws StarterError `cancelled` with what stays as it is, unless the person, or `--yes`, agrees. */
export async function assertAgreed(
  context: Context,
  yes: boolean,
  {
    question,
    otherwise,
    initial = false,
  }: { readonly question: string; readonly otherwise: string; readonly initial?: boolean },
): Promise<void> {
  if (yes || (await context.confirm(question, { initial }))) return;
  throw new StarterError('cancelled', otherwise, 'Nothing was changed.');
}
