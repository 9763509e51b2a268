/** Which Halo user a person is: by stored SeatGeek ID, else by e-mail once, else a new one. Never a guess. Pure. */
import type { MappedPerson, Rejection } from '../../mapping/types.js';
import { isHidden } from '../directory/match-key.js';
import type { KnownUser } from '../directory/known-user.js';
import { MOST_ALIKE, type UserLookup } from '../directory/user-index.js';
import type { Targets } from '../fields/targets.js';
import type { Claim, FeedKnowledge } from '../types.js';
import { isSameValue } from './same-value.js';

/** Older rows are read again before anybody takes their user by e-mail, or their other custom fields are sent back. */
export const MAX_ROW_AGE_MS = 15 * 60_000;

export type Match =
  | { readonly kind: 'known'; readonly user: KnownUser; readonly by: 'id' | 'email' }
  /** The user has the e-mail as far as its hash tells, or had it when it was read: it must be read before anything is concluded. */
  | { readonly kind: 'unread'; readonly user: KnownUser }
  | { readonly kind: 'create' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly reason: Omit<Rejection, 'seatgeekId'> };

export interface MatchContext {
  readonly index: UserLookup;
  readonly targets: Targets;
  readonly users: { readonly onSharedEmail: 'reject' | 'create' };
  readonly feed: FeedKnowledge;
  /** See `WritesOfOthers`. */
  readonly isOld: (user: KnownUser) => boolean;
}

/** A deleted person is looked for by SeatGeek ID only: an e-mail may by now be somebody else's. `absent` is the answer for a deleted one only. */
export function matchPerson(person: MappedPerson, context: MatchContext): Match {
  const users = context.index.bySeatgeekId(person.seatgeekId);
  if (users.length > 1) return idShared(users.length);
  const user = users[0];
  if (user !== undefined) return { kind: 'known', user, by: 'id' };
  if (person.deleted) return { kind: 'absent' };
  const match = matchByEmail(person, context);
  return match.kind === 'ambiguous' && context.users.onSharedEmail === 'create' ? { kind: 'create' } : match;
}

/** Of several users with the e-mail the only active one is meant. */
function matchByEmail(person: MappedPerson, context: MatchContext): Match {
  const { matchEmail, seatgeekId } = person;
  if (matchEmail === null) return { kind: 'create' };
  const who = { seatgeekId, email: matchEmail };
  const users = context.index.byEmail(matchEmail);
  const [first, ...others] = users;
  if (first === undefined) return { kind: 'create' };
  if (users.length > MOST_ALIKE) return emailShared(users.length);
  const active = users.filter((user) => !isInactive(user, context));
  const [only] = active;
  if (active.length > 1) return emailShared(active.length);
  if (only !== undefined) return only.seatgeekId === null ? take(only, who, context) : emailTaken(only);
  return amongInactive(first, others, who, context);
}

/** Whom this program switched off, because its person was deleted, may become the next person with its e-mail. */
function amongInactive(first: KnownUser, others: readonly KnownUser[], who: Claimant, context: MatchContext): Match {
  const users = [first, ...others];
  const unread = users.find(({ seatgeekId }) => isHidden(seatgeekId));
  if (unread !== undefined) return { kind: 'unread', user: unread };
  const [left, ...more] = users.filter(({ seatgeekId }) => wasDeactivated(seatgeekId, context));
  if (left !== undefined && more.length === 0) return take(left, who, context);
  if (users.length > 1) return emailShared(users.length);
  return first.seatgeekId === null ? take(first, who, context) : emailTaken(first);
}

type Claimant = Omit<Claim, 'userId'>;

/** An agent or another connection may have given the user to somebody else since it was read. */
function take(user: KnownUser, who: Claimant, { feed, isOld }: MatchContext): Match {
  if (feed.isEmailShared(who.email) || feed.isClaimedByOthers({ ...who, userId: user.id })) return emailClaimed(user);
  return isOld(user) ? { kind: 'unread', user } : { kind: 'known', user, by: 'email' };
}

/** Whether this program switched the user off because its person was deleted: only then it switches the user on again. */
export function wasDeactivated(seatgeekId: string | null, { feed }: Pick<MatchContext, 'feed'>): boolean {
  return seatgeekId !== null && feed.wasDeactivated(seatgeekId);
}

export function isInactive(user: KnownUser, { targets }: Pick<MatchContext, 'targets'>): boolean {
  return isSameValue(user.values[targets.inactive], true);
}

function idShared(count: number): Match {
  const message = `${howMany(count)} Halo users carry this SeatGeek ID; leave it on one of them.`;
  return { kind: 'ambiguous', reason: { code: 'id-shared', message } };
}

function howMany(users: number): string {
  return users > MOST_ALIKE ? `More than ${MOST_ALIKE}` : String(users);
}

function emailShared(count: number): Match {
  const message =
    `${howMany(count)} Halo users have this person's e-mail address; write the SeatGeek ID on the right one in Halo, ` +
    'or set users.onSharedEmail to create.';
  return { kind: 'ambiguous', reason: { code: 'email-shared', message } };
}

function emailClaimed({ id }: KnownUser): Match {
  const message =
    `Halo user ${id} has this person's e-mail address, and several people of SeatGeek come with it; write the SeatGeek ID of the ` +
    'right one on the user in Halo, or set users.onSharedEmail to create.';
  return { kind: 'ambiguous', reason: { code: 'email-shared', message, claims: id } };
}

function emailTaken({ id }: KnownUser): Match {
  const message =
    `Halo user ${id} has this person's e-mail address but another SeatGeek ID; correct one of the two people, ` +
    'or set users.onSharedEmail to create.';
  return { kind: 'ambiguous', reason: { code: 'email-taken', message } };
}
