/** Shows a status that changes: a block that is written over in a terminal, one line per change elsewhere. All of it on stderr. */
import type { Status } from '../workflows/status.js';
import type { PageProgress } from './connections.js';
import type { Context } from './context.js';
import type { OnStatus } from './polling.js';
import { createRateMeter } from './rate.js';
import { progressBlock, progressLine, settledPeople } from './views/progress.js';

/** Runs `work`, which reports every status it sees. */
export async function withProgress<T>(
  { terminal, nowMs }: Context,
  work: (onStatus: OnStatus) => Promise<T>,
): Promise<T> {
  const block = terminal.live();
  const meter = createRateMeter();
  let lastLine = '';
  const draw = (status: Status, page: PageProgress | null): void => {
    const settled = settledPeople(status, page);
    if (settled !== null) meter.note(nowMs(), settled);
    block?.update(progressBlock(status, { nowMs: nowMs(), page, peoplePerSecond: meter.perSecond() }));
  };
  try {
    return await work((status, page) => {
      const line = progressLine(status);
      if (block !== null) draw(status, page);
      else if (line !== lastLine) terminal.say(line);
      lastLine = line;
    });
  } finally {
    block?.erase();
  }
}
