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
}

/** Fewer on a page of the list are read alone: nothing is spared. */
const MIN_ON_PAGE = 2;

/** The rows that could be had cheaply, and perhaps others; whoever is left is read alone. Throws what stops everybody. */
export async function readRowsAgain(
  rows: readonly OldRow[],
  { search, listing }: ReadAgainOptions,
  call: CallOptions,
): Promise<WireUser[]> {
  const found: WireUser[] = [];
  const read = async (ask: () => Promise<readonly WireUser[]>): Promise<void> => {
    try {
      found.push(...(await ask()));
    } catch (error) {
      // Reading each alone tells whose matter it is.
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
    }
  };
  const ids = rows.flatMap(({ seatgeekId }) => seatgeekId ?? []);
  const emails = rows.flatMap(({ email }) => email ?? []);
  const { idField } = search;
  if (search.byId === 'many' && ids.length > 0) await read(() => search.find(idField, ids, 'many', call));
  if (search.byEmail === 'many' && emails.length > 0) await read(() => search.find(emailField, emails, 'many', call));
  const seen = new Set(found.map(({ id }) => id));
  const left = rows.map(({ userId }) => userId).filter((id) => !seen.has(id));
  for (const [no, { length }] of pagesOf(left, listing))
    if (length >= MIN_ON_PAGE) await read(async () => (await listing?.rowsOf(no, call)) ?? []);
  return found;
}

function pagesOf(ids: readonly number[], listing: UserListing | null): Map<number, number[]> {
  const pages = new Map<number, number[]>();
  for (const id of ids) {
    const no = listing?.pageOf(id) ?? null;
    if (no !== null) pages.set(no, [...(pages.get(no) ?? []), id]);
  }
  return pages;
}
