/** Reads users: one with details, or lists page by page (`reference/halo.md` 3.2, 3.3, 5.2). Each is marked with when it was asked for. */
import type { CallOptions, HaloClient, Query } from '../api/client.js';
import { userListSchema, userSchema, type WireUser } from '../api/wire.js';

export interface UsersPage {
  /** How many users the query has in all, whatever the page holds. */
  readonly total: number;
  readonly users: readonly WireUser[];
}

/** Halo caps pages at this silently. */
export const PAGE_SIZE = 100;

/** Inactive users are people too; the sites' placeholders are not. */
const EVERYBODY: Query = { includeactive: true, includeinactive: true, exclude_generaluser: true, pageinate: true };

/** What rows show only where it is asked for. */
export interface RowFields {
  /** Ids of custom fields. */
  readonly customIds: readonly number[];
  /** Whether `notes` is wanted. */
  readonly withNotes?: boolean;
}

export interface UsersQuery extends RowFields {
  readonly query?: Query;
}

export async function readUsersPage(
  client: HaloClient,
  { customIds, withNotes = false, query }: UsersQuery,
  page: { readonly no: number; readonly size: number },
  call: CallOptions,
): Promise<UsersPage> {
  const all = {
    ...EVERYBODY,
    ...query,
    ...(customIds.length > 0 && { include_custom_fields: customIds.join(',') }),
    ...(withNotes && { includenotes: true }),
    page_no: page.no,
    page_size: page.size,
  };
  const asked = timed(call);
  const { record_count: total, users } = await client.get('/Users', userListSchema, all, asked.call);
  for (const user of users) user.askedAt = asked.askedAt();
  return { total, users };
}

/** `GET /Users/{id}`. Throws as `HaloClient.get` does. */
export async function readUser(client: HaloClient, id: number, call: CallOptions): Promise<WireUser> {
  const asked = timed(call);
  const user = await client.get(`/Users/${id}`, userSchema, { includedetails: true }, asked.call);
  user.askedAt = asked.askedAt();
  return user;
}

/** An answer may have been made as early as its request was sent, and somebody may have changed the user before it came. */
function timed(call: CallOptions): { readonly call: CallOptions; readonly askedAt: () => number | undefined } {
  let askedAt: number | undefined;
  const onRequest = (at: number): void => {
    askedAt = at;
    call.onRequest?.(at);
  };
  return { call: { ...call, onRequest }, askedAt: () => askedAt };
}

/** All pages of a short list; null where it has more than `maxTotal`, or fewer than it says. */
export async function readAllUsers(
  client: HaloClient,
  users: UsersQuery,
  call: CallOptions,
  maxTotal: number,
): Promise<WireUser[] | null> {
  const byId = { ...users, query: { order: 'id', ...users.query } };
  const found = new Map<number, WireUser>();
  for (let no = 1, size = PAGE_SIZE; ; no += 1) {
    const page = await readUsersPage(client, byId, { no, size }, call);
    if (page.total > maxTotal) return null;
    const before = found.size;
    for (const user of page.users) found.set(user.id, user);
    if (found.size >= page.total) return [...found.values()];
    if (found.size === before) return null;
    // Asking for what is given keeps page numbers meaning the same on both sides.
    if (no === 1) size = Math.min(size, page.users.length);
  }
}
