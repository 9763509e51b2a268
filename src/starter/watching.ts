/** Shows a status that changes: a block that is written over in a terminal, one line per change elsewhere. All of it on stderr. */
import type { Status } from '../workflows/status.js';
import type { Context } from './context.js';
import { progressBlock, progressLine } from './views/progress.js';

/** Runs `work`, which reports every status it sees. */
export async function withProgress<T>(
  { terminal, nowMs }: Context,
  work: (onStatus: (status: Status) => void) => Promise<T>,
): Promise<T> {
  const block = terminal.live();
  let lastLine = '';
  try {
    return await work((status) => {
      const line = progressLine(status);
      if (block !== null) block.update(progressBlock(status, nowMs()));
      else if (line !== lastLine) terminal.say(line);
      lastLine = line;
    });
  } finally {
    block?.erase();
  }
}
