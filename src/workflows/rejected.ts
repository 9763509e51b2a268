/** The people whom Halo or a rule refused: ids, codes and the page where each stands, bounded, never personal data. Pure. */
import type { EmailClaim, PageName, UpsertRequest, PageResult } from '../activities/types.js';
import { foldId, keysOf, MAX_BEYOND_KEYS, personKey } from '../contract/person-key.js';

export interface RejectedUser {
  readonly seatgeekId: string;
  /** One of `RejectionCode`, or what a newer version knows. */
  readonly code: string;
  readonly message: string;
  /** The page to read again for a retry. */
  readonly page: PageName;
  readonly attempts: number;
  readonly firstSeenAt: string;
  readonly lastTriedAt: string;
  /** Retried once this many runs are done. */
  readonly retryAtRun: number;
  /** The last retry did not find the person on the page, or the page's cursor is no longer served. */
  readonly pageGone: boolean;
  /** See `Rejection.claims`. */
  readonly claims?: number;
}

export interface RejectedUsers {
  readonly users: readonly RejectedUser[];
  /** Rejected people beyond what is kept; `clear-cursor` reads them again. */
  readonly beyond: number;
  /** `personKey` of as many of them as can be carried, concatenated: they are not counted twice, nor once they are settled. */
  readonly beyondKeys?: string;
  /** `personKey` of the cursor of the page that the last of them stood on whose keys are not known: a page that is read again does not count them twice. */
  readonly unknownOn?: string;
}

export const NO_REJECTED: RejectedUsers = { users: [], beyond: 0 };

/** Keeps carried state within 256 KB: an entry is about 400 bytes, cursors may be long. */
const MAX_USERS = 400;
const MAX_BYTES = 160_000;
const MAX_MESSAGE = 200;

/** What an event asks for is not known: it has no image of the person. */
const UNKNOWN = 'operation-unknown';

/** Runs to wait after so many attempts: 1, 2, 4 … 64. */
const retryDistance = (attempts: number): number => 2 ** Math.min(attempts - 1, 6);

export interface Moment {
  readonly now: string;
  readonly runs: number;
}

/** A page's outcome: who is settled leaves the list, who is refused joins it or has one more attempt. */
export function addRejected(
  list: RejectedUsers,
  page: PageName,
  result: PageResult,
  { now, runs }: Moment,
): RejectedUsers {
  const { rejectedBeyond = 0, beyondKeys = '', furtherPages = [] } = result;
  if (result.rejected.length + result.resolved.length + rejectedBeyond === 0) return list;
  const users = new Map(list.users.map((user) => [foldId(user.seatgeekId), user]));
  for (const id of result.resolved) users.delete(foldId(id));
  for (const { seatgeekId, code, message, claims, page: further } of result.rejected) {
    const before = users.get(foldId(seatgeekId));
    // There is nothing on that page to try again, and on the other there is.
    if (code === UNKNOWN && before !== undefined && before.code !== UNKNOWN) continue;
    const attempts = (before?.attempts ?? 0) + 1;
    users.set(foldId(seatgeekId), {
      seatgeekId,
      code,
      message: message.slice(0, MAX_MESSAGE),
      page: (further === undefined ? undefined : furtherPages[further]) ?? page,
      attempts,
      firstSeenAt: before?.firstSeenAt ?? now,
      lastTriedAt: now,
      retryAtRun: runs + retryDistance(attempts),
      pageGone: false,
      ...(claims !== undefined && { claims }),
    });
  }
  const settled = new Set([...result.resolved, ...result.rejected.map(({ seatgeekId }) => seatgeekId)].map(personKey));
  const listed = new Set([...users.keys()].map(personKey));
  const carried = keysOf(list.beyondKeys);
  const told = keysOf(beyondKeys);
  // Of those whose keys are not known nobody can say what became.
  const before = list.beyond - carried.length;
  const added = rejectedBeyond - told.length;
  const unknownOn = added > 0 ? personKey(page.cursor ?? '') : list.unknownOn;
  const isReadAgain = unknownOn === list.unknownOn;
  return boundRejected([...users.values()], {
    unknown: isReadAgain ? Math.max(before, added) : before + added,
    unknownOn,
    keys: [...carried.filter((key) => !settled.has(key)), ...told.filter((key) => !listed.has(key))],
  });
}

interface Beyond {
  readonly unknown: number;
  readonly unknownOn?: string | undefined;
  readonly keys: readonly string[];
}

/** The first of them, as many as can be carried; the others are only counted. Those come last whom no retry can reach. */
export function boundRejected(users: readonly RejectedUser[], { unknown, unknownOn, keys }: Beyond): RejectedUsers {
  const kept: RejectedUser[] = [];
  const cut: string[] = [];
  let bytes = 0;
  for (const user of [...users.filter(({ pageGone }) => !pageGone), ...users.filter(({ pageGone }) => pageGone)]) {
    bytes += utf8Length(JSON.stringify(user));
    if (kept.length < MAX_USERS && bytes <= MAX_BYTES) kept.push(user);
    else cut.push(personKey(user.seatgeekId));
  }
  const all = [...new Set([...keys, ...cut])];
  const list = {
    users: kept,
    beyond: all.length + unknown,
    ...(unknown > 0 && unknownOn !== undefined && { unknownOn }),
  };
  return all.length === 0 ? list : { ...list, beyondKeys: all.slice(0, MAX_BEYOND_KEYS).join('') };
}

/** Each half of a surrogate pair counts as three, which is never too few. */
function utf8Length(text: string): number {
  let bytes = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) bytes += unit > 0x7ff ? 2 : 1;
  }
  return bytes;
}

/** A page to read again, and the people on it to try again. */
export interface Retry {
  readonly page: PageName;
  readonly seatgeekIds: readonly string[];
  /** Those of them whose image on the page may be older than one written since. */
  readonly withoutImage: readonly string[];
}

/** Retries due after `runs` runs, page by page, at most `maxPages` pages at a time. */
export function dueRetries(list: RejectedUsers, runs: number, maxPages: number): readonly Retry[] {
  const pages = new Map<string, { page: PageName; seatgeekIds: string[]; withoutImage: string[] }>();
  for (const user of list.users) {
    if (user.retryAtRun > runs) continue;
    const key = JSON.stringify([user.page.cursor, user.page.limit]);
    const retry = pages.get(key) ?? { page: user.page, seatgeekIds: [], withoutImage: [] };
    retry.seatgeekIds.push(user.seatgeekId);
    if (user.code === UNKNOWN) retry.withoutImage.push(user.seatgeekId);
    pages.set(key, retry);
  }
  return [...pages.values()].slice(0, maxPages);
}

/** Everybody is tried again with the next round: what they were rejected for may be mended. */
export function makeAllDue(list: RejectedUsers, runs: number): RejectedUsers {
  return { ...list, users: list.users.map((user) => ({ ...user, retryAtRun: Math.min(user.retryAtRun, runs) })) };
}

/** Who claims a Halo user along with others. Those beyond the list may claim anybody. */
export function claimsOf({ users, beyond }: RejectedUsers): Pick<UpsertRequest, 'claims'> {
  const claims = users.flatMap(({ seatgeekId, claims: userId }): EmailClaim[] =>
    userId === undefined ? [] : [[seatgeekId, userId]],
  );
  if (claims.length === 0) return {};
  return { claims: beyond > 0 ? [...claims, ['', 0]] : claims };
}

/** For another Halo, where the IDs of users are others. */
export function withoutClaims(list: RejectedUsers): RejectedUsers {
  return { ...list, users: list.users.map(withoutClaim) };
}

function withoutClaim(user: RejectedUser): RejectedUser {
  const rest: { -readonly [K in keyof RejectedUser]: RejectedUser[K] } = { ...user };
  delete rest.claims;
  return rest;
}

/** These were not found where they stood: they stay on view and say so. */
export function notePageGone(list: RejectedUsers, seatgeekIds: readonly string[], moment: Moment): RejectedUsers {
  return putOff(list, seatgeekIds, moment, { pageGone: true });
}

/** Where these stand could not be read, or not be written: their next turn comes later. */
export function noteUntried(list: RejectedUsers, seatgeekIds: readonly string[], moment: Moment): RejectedUsers {
  return putOff(list, seatgeekIds, moment, {});
}

function putOff(
  list: RejectedUsers,
  seatgeekIds: readonly string[],
  { now, runs }: Moment,
  change: Partial<RejectedUser>,
): RejectedUsers {
  const those = new Set(seatgeekIds);
  const users = list.users.map((user) => {
    const attempts = user.attempts + 1;
    if (!those.has(user.seatgeekId)) return user;
    return { ...user, attempts, lastTriedAt: now, retryAtRun: runs + retryDistance(attempts), ...change };
  });
  return { ...list, users };
}

/** Everybody in the list and beyond it, in the short form. */
export function watchList({ users, beyondKeys = '' }: RejectedUsers): string {
  return users.map((user) => personKey(user.seatgeekId)).join('') + beyondKeys;
}
