/**
 * Reads far ahead of a first import and remembers each person's newest sequence, so that an image which a later page supersedes is not
 * written: SeatGeek is fast, Halo is slow. Only speed: nothing waits for it, and where it ends early older images are written first.
 */
import { setTimeout as pauseFor } from 'node:timers/promises';
import { readEvent, unquote } from '../mapping/row.js';
import type { PageRead } from '../seatgeek/page-reader.js';
import type { SequenceIndex } from '../seatgeek/sequence-index.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { PageName } from './types.js';

type Scouted = Pick<ConnectionContext, 'connection' | 'reader'>;

const HEAD_START_MS = 1_000;

export interface Scout {
  /** Settles when the scout has reached the end of the feed, or after a second: a small feed is then known whole before the first write. */
  readonly headStart: Promise<void>;
  /** Feed requests since this was last asked. */
  takeRequests(): number;
}

/** Reads on from `from` to the end of the feed, page by page, at its own pace. Any error ends it: the run meets the same one and says so. */
export function startScout(context: Scouted, index: SequenceIndex, from: PageName): Scout {
  let requests = 0;
  const onRequest = (): void => void (requests += 1);
  const scouting = async (): Promise<void> => {
    let cursor = from.cursor;
    for (;;) {
      const { page }: PageRead = await context.reader.read({ cursor, limit: from.limit, onRequest });
      notePage(context, index, page.rows);
      if (!page.hasMore || page.nextCursor === cursor) return;
      cursor = page.nextCursor;
    }
  };
  const ended = scouting().catch(() => undefined);
  return {
    headStart: Promise.race([ended, pauseFor(HEAD_START_MS, undefined, { ref: false })]),
    takeRequests: () => {
      const taken = requests;
      requests = 0;
      return taken;
    },
  };
}

/** An event that will be rejected does not supersede anything. */
function notePage({ connection }: Scouted, index: SequenceIndex, rows: PageRead['page']['rows']): void {
  const idColumn = unquote(connection.seatgeek.columns.id);
  for (const row of rows) {
    const event = readEvent(row, 0, idColumn);
    if (!('code' in event) && event.operation !== 'unknown') index.note(event.seatgeekId, event.sequence);
  }
}
