/**
 * Users of whom a list told too long ago are read again many at a time: an agent may have edited them since, and reading each alone costs a
 * request. A search for many is the cheapest; else whoever stands on one page of the list with others is read with them.
 */
import { SyncError } from '../../errors.js';
import type { CallOptions } from '../api/client.js';
import type { WireUser } from '../api/wire.js';
import { emailField } from './known-user.js';
import type { UserListing } from './user-listing.js';
import type { UserSearch } from './user-search.js';

/** A user and what it is found by. */
export interface OldRow {
  readonly userId: number;
  readonly seatgeekId: string | null;
  /** Folded; null for whoever is found by SeatGeek ID. */
  readonly email: string | null;
}

export interface ReadAgainOptions {
  readonly search: UserSearch;
  /** Null where nobody was listed. */
  readonly listing: UserListing | null;
  /** Takes rows as they come: many answers take long, and each row is as old as its answer. */
  readonly take: (users: readonly WireUser[]) => void;
}

/** For so many it is found out whether a search finds them: else each may take a request. */
const WORTH_PROBING = 20;
/** Fewer on a page of the list are read alone: nothing is spared. */
const MIN_ON_PAGE = 2;
/** After so many failures it is left be: each may take minutes. */
const MAX_FAILURES = 3;

/** Has the rows taken that can be had cheaply, and perhaps others; whoever is left is read alone. Throws what stops everybody. */
export async function readRowsAgain(
  rows: readonly OldRow[],
  { search, listing, take }: ReadAgainOptions,
  call: CallOptions,
): Promise<void> {
  const seen = new Set<number>();
  const note = (users: readonly WireUser[]): void => {
    for (const { id } of users) seen.add(id);
    take(users);
  };
  let failures = 0;
  const read = async (ask: () => Promise<void>): Promise<void> => {
    if (failures >= MAX_FAILURES) return;
    try {
      await ask();
    } catch (error) {
      // Reading each alone tells whose matter it is.
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
      failures += 1;
    }
  };
  const ids = rows.flatMap(({ seatgeekId }) => seatgeekId ?? []);
  const emails = rows.flatMap(({ email }) => email ?? []);
  for (const [field, values] of [
    [search.idField, ids],
    [emailField, emails],
  ] as const) {
    const isWorthProbing = values.length >= WORTH_PROBING;
    const support = isWorthProbing ? await search.learnSupport(field, call) : search.supportOf(field);
    if (support === 'many') await read(() => search.find(field, values, 'many', call, note));
  }
  if (listing === null) return;
  const left = rows.flatMap(({ userId }) => (seen.has(userId) ? [] : (listing.pageOf(userId) ?? [])));
  for (const no of new Set(left)) {
    const count = left.filter((one) => one === no).length;
    if (count >= MIN_ON_PAGE) await read(async () => note(await listing.rowsOf(no, call)));
  }
}
