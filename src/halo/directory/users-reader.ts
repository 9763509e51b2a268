/** Reads lists of users page by page (`reference/halo.md` 3.2, 5.2). */
import { DriftError } from '../../errors.js';
import type { CallOptions, HaloClient, Query } from '../api/client.js';
import { IdSet } from './id-set.js';
import { userListSchema, type WireUser } from '../api/wire.js';

export interface UsersPage {
  /** How many users the query has in all, whatever the page holds. */
  readonly total: number;
  readonly users: readonly WireUser[];
}

/** Halo caps pages at this silently. */
export const PAGE_SIZE = 100;

/** Inactive users are people too; the sites' placeholders are not. */
const EVERYBODY: Query = { includeactive: true, includeinactive: true, exclude_generaluser: true, pageinate: true };

export interface UsersQuery {
  /** Ids of custom fields to show in the rows. */
  readonly customIds: readonly number[];
  readonly query?: Query;
}

export async function readUsersPage(
  client: HaloClient,
  { customIds, query }: UsersQuery,
  page: { readonly no: number; readonly size: number },
  call: CallOptions,
): Promise<UsersPage> {
  const { record_count: total, users } = await client.get(
    '/Users',
    userListSchema,
    {
      ...EVERYBODY,
      ...query,
      ...(customIds.length > 0 && { include_custom_fields: customIds.join(',') }),
      page_no: page.no,
      page_size: page.size,
    },
    call,
  );
  return { total, users };
}

/** Pages in a row that bring nobody new before the list counts as going in circles. */
const MAX_STALE_PAGES = 3;

/**
 * A list in ascending order of ids, page by page, until as many users were seen as there are or a page is empty. There is no snapshot: rows
 * may come twice. When users vanish meanwhile, later rows move forward, so the page before is read again. A failed page may be asked for again.
 */
export class UserListing {
  readonly #query: UsersQuery;
  readonly #seen = new IdSet();
  #next = 1;
  #size = PAGE_SIZE;
  #total = 0;
  #stalePages = 0;
  #ended = false;

  constructor(
    private readonly client: HaloClient,
    users: UsersQuery,
  ) {
    this.#query = { ...users, query: { order: 'id', ...users.query } };
  }

  /** The next page; null at the end. Throws DriftError when Halo serves the same users again and again. */
  async next(call: CallOptions): Promise<UsersPage | null> {
    if (this.#ended) return null;
    const no = this.#next;
    const page = await readUsersPage(this.client, this.#query, { no, size: this.#size }, call);
    this.#note(page);
    const hasShrunk = page.total < this.#total && no > 1;
    this.#total = page.total;
    // A smaller cap than ours shows on the first page; asking for what is given keeps page numbers meaning the same on both sides.
    if (no === 1 && page.users.length > 0) this.#size = Math.min(this.#size, page.users.length);
    this.#next = hasShrunk ? no - 1 : no + 1;
    this.#ended = !hasShrunk && (page.users.length === 0 || this.#seen.size >= page.total);
    return page;
  }

  #note({ users, total }: UsersPage): void {
    const before = this.#seen.size;
    for (const { id } of users) this.#seen.add(id);
    this.#stalePages = this.#seen.size === before ? this.#stalePages + 1 : 0;
    if (this.#stalePages > MAX_STALE_PAGES && users.length > 0) throw circular(this.#seen.size, total);
  }
}

/** All pages of a short list. */
export async function readAllUsers(
  client: HaloClient,
  users: UsersQuery,
  call: CallOptions,
  maxTotal = Infinity,
): Promise<WireUser[] | 'too-many'> {
  const listing = new UserListing(client, users);
  const found: WireUser[] = [];
  for (let page = await listing.next(call); page !== null; page = await listing.next(call)) {
    if (page.total > maxTotal) return 'too-many';
    found.push(...page.users);
  }
  return found;
}

/** The users with the highest ids, newest first. */
export function readNewestUsers(
  client: HaloClient,
  users: UsersQuery,
  no: number,
  call: CallOptions,
): Promise<UsersPage> {
  const newestFirst = { ...users, query: { order: 'id', orderdesc: true } };
  return readUsersPage(client, newestFirst, { no, size: PAGE_SIZE }, call);
}

function circular(seen: number, total: number): DriftError {
  return new DriftError(
    'halo-paging-stuck',
    `Halo serves the same ${seen} users page after page and says there are ${total}.`,
    'Try again later; if it stays, report it with the version of Halo.',
  );
}
