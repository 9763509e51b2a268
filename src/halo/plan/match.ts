/** Which Halo user a person is: by stored SeatGeek ID, else by e-mail once, else a new one. Never a guess. Pure. */
import type { MappedPerson, RejectionCode } from '../../mapping/types.js';
import type { KnownUser } from '../directory/known-user.js';
import type { UserLookup } from '../directory/user-index.js';

export type Match =
  | { readonly kind: 'known'; readonly user: KnownUser; readonly by: 'id' | 'email' }
  | { readonly kind: 'create' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ambiguous'; readonly code: RejectionCode; readonly message: string };

export interface MatchPolicy {
  readonly onSharedEmail: 'reject' | 'create';
}

/** A deleted person is looked for by SeatGeek ID only: an e-mail may by now be somebody else's. `absent` is the answer for a deleted one only. */
export function matchPerson(person: MappedPerson, index: UserLookup, { onSharedEmail }: MatchPolicy): Match {
  const users = index.bySeatgeekId(person.seatgeekId);
  if (users.length > 1) return idShared(users.length);
  const user = users[0];
  if (user !== undefined) return { kind: 'known', user, by: 'id' };
  if (person.deleted) return { kind: 'absent' };
  const match = matchByEmail(person, index);
  return match.kind === 'ambiguous' && onSharedEmail === 'create' ? { kind: 'create' } : match;
}

function matchByEmail({ matchEmail }: MappedPerson, index: UserLookup): Match {
  if (matchEmail === null) return { kind: 'create' };
  const users = index.byEmail(matchEmail);
  const user = users[0];
  if (user === undefined) return { kind: 'create' };
  if (users.length > 1) return emailShared(users.length);
  return user.seatgeekId === null ? { kind: 'known', user, by: 'email' } : emailTaken(user);
}

function idShared(count: number): Match {
  const message = `${count} Halo users carry this SeatGeek ID; leave it on one of them.`;
  return { kind: 'ambiguous', code: 'id-shared', message };
}

function emailShared(count: number): Match {
  const message =
    `${count} Halo users have this person's e-mail address; write the SeatGeek ID on the right one in Halo, ` +
    'or set users.onSharedEmail to create.';
  return { kind: 'ambiguous', code: 'email-shared', message };
}

function emailTaken({ id }: KnownUser): Match {
  const message =
    `Halo user ${id} has this person's e-mail address but another SeatGeek ID; correct one of the two people, ` +
    'or set users.onSharedEmail to create.';
  return { kind: 'ambiguous', code: 'email-taken', message };
}
