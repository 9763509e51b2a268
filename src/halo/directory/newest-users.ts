/**
 * The newest users, from the highest id down. There is no snapshot (`reference/halo.md` 5.2): whoever is created meanwhile moves all rows back, so
 * that some are read twice; whoever is deleted moves those below forward, over the border of a page, and then the total is lower.
 */
import type { CallOptions, HaloClient } from '../api/client.js';
import { circular, tooFew, unsteady } from './list-errors.js';
import { PAGE_SIZE, type UsersQuery } from './users-reader.js';
import { readWholePage, type WholePage } from './whole-page.js';

/** Times that rows move forward before the list counts as one that can't be read. */
const MAX_GAPS = 10;
/** Pages in a row that reach no further down before the list counts as going in circles. */
const MAX_STALE_PAGES = 3;

export interface NumberedPage extends WholePage {
  readonly no: number;
}

/** The first page of the users with the highest ids, newest first. */
export function readNewestUsers(
  client: HaloClient,
  users: UsersQuery,
  call: CallOptions,
  page = { no: 1, size: PAGE_SIZE },
): Promise<WholePage> {
  return readWholePage(client, { ...users, query: { order: 'id', orderdesc: true } }, page, call);
}

/**
 * Pages of the newest users, down to one with an id up to `known` with nobody passed over; only the first where that is null. Throws DriftError when
 * Halo serves the same users again and again or nobody before its list ends, TransientError when users vanish faster than they can be read.
 */
export async function* readDown(
  client: HaloClient,
  users: UsersQuery,
  known: number | null,
  call: CallOptions,
): AsyncGenerator<NumberedPage> {
  let [rowsRead, size, cap, total, lowest, gaps, stalePages] = [0, PAGE_SIZE, PAGE_SIZE, 0, Infinity, 0, 0];
  for (;;) {
    const no = Math.floor(rowsRead / size) + 1;
    const page = await readNewestUsers(client, users, call, { no, size });
    yield { ...page, no };
    // As they stand now: at most so many as are missing from the total have moved forward.
    rowsRead = Math.max(0, rowsRead - Math.max(0, total - page.total));
    const hasGrown = page.total > total;
    total = page.total;
    const first = (no - 1) * size;
    if (rowsRead < first) {
      if (++gaps > MAX_GAPS) throw unsteady();
      lowest = Infinity;
      continue;
    }
    const rows = page.users.length + page.unshown.length;
    const low = page.users.reduce((least, { id }) => Math.min(least, id), Infinity);
    if (known === null || low <= known || (rows === 0 && rowsRead >= total)) return;
    stalePages = low < lowest || hasGrown ? 0 : stalePages + 1;
    if (stalePages > MAX_STALE_PAGES) throw rows === 0 ? tooFew(rowsRead, total) : circular(rows, total);
    lowest = Math.min(lowest, low);
    rowsRead = Math.max(rowsRead, first + rows);
    const isLast = rowsRead >= total;
    // Asking for what is given keeps page numbers meaning the same on both sides. How short the last page is says nothing of that.
    if (!isLast && rows > 0 && rows < size) cap = rows;
    size = cap;
    // Behind the last may stand rows that are not counted.
    if (isLast) for (size = Math.min(cap, rows); rowsRead % size > 0; size -= 1);
  }
}
