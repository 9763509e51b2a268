/** Questions in a terminal. They stand on stderr, so that stdout has results only. */
import { confirm as ask, isCancel } from '@clack/prompts';
import { StarterError } from './errors.js';

/** `initial` is the answer of somebody who only presses Enter. Throws StarterError `cancelled` on Ctrl-C or Escape. */
export async function confirm(question: string, { initial }: { initial: boolean }): Promise<boolean> {
  const answer = await ask({ message: question, initialValue: initial, output: process.stderr });
  if (isCancel(answer)) throw new StarterError('cancelled', 'broken off', 'What was done so far stays done.');
  return answer;
}
