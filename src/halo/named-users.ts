/** Who is who in the answer to an array of users: any shape, any order (`reference/halo.md` 3.5). Pure. */
import { foldEmail } from '../mapping/email.js';
import { toKnownUser, type KnownUser } from './known-user.js';
import { isBlank } from './blank.js';
import type { Targets } from './targets.js';
import { writtenUsersSchema, type WireUser } from './wire.js';
import type { PlannedWrite } from './writer.js';

/** Ids of the users that an answer shows; none when it can't be read. */
export function answeredIds(answer: unknown): Set<number> {
  return new Set(answeredUsers(answer).map(({ id }) => id));
}

/**
 * Halo's ids of the new users that the answer names: by SeatGeek ID; where a row shows none, by e-mail; where it shows neither, by a name
 * that nobody else in the array has.
 */
export function namedUsers(
  answer: unknown,
  writes: readonly PlannedWrite[],
  targets: Targets,
): ReadonlyMap<PlannedWrite, number> {
  const rows = answeredUsers(answer).map((wire) => toKnownUser(wire, targets, 'details', 0));
  const keys = [idKeys, emailKeys, nameKeys(targets)];
  const named = new Map<PlannedWrite, number>();
  for (const { ofRow, ofWrite } of keys) {
    const left = writes.filter((write) => !named.has(write));
    const byKey = uniqueBy(left, ofWrite);
    for (const [key, row] of uniqueBy(rows, ofRow)) {
      const write = byKey.get(key);
      if (write !== undefined) named.set(write, row.id);
    }
  }
  return named;
}

interface Keys {
  readonly ofRow: (row: KnownUser) => string | null;
  readonly ofWrite: (write: PlannedWrite) => string | null;
}

const idKeys: Keys = { ofRow: ({ seatgeekId }) => seatgeekId, ofWrite: ({ person }) => person.seatgeekId };

const emailKeys: Keys = {
  ofRow: ({ seatgeekId, email }) => (seatgeekId === null ? email : null),
  ofWrite: ({ payload }) => foldEmail(payload['emailaddress']),
};

function nameKeys(targets: Targets): Keys {
  return {
    ofRow: ({ seatgeekId, email, values }) =>
      seatgeekId === null && email === null ? nameKey(values[targets.name]) : null,
    ofWrite: ({ payload }) => nameKey(payload['name']),
  };
}

function nameKey(name: unknown): string | null {
  return typeof name !== 'string' || isBlank(name.trim()) ? null : name.trim();
}

/** Items whose key nobody else has. */
function uniqueBy<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T> {
  const unique = new Map<string, T>();
  const doubled = new Set<string>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null) continue;
    if (unique.has(key)) doubled.add(key);
    unique.set(key, item);
  }
  for (const key of doubled) unique.delete(key);
  return unique;
}

function answeredUsers(answer: unknown): readonly WireUser[] {
  const parsed = writtenUsersSchema.safeParse(answer);
  return parsed.success ? parsed.data : [];
}
