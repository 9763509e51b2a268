/** Who is who in the answer to an array of users: any shape, any order (`reference/halo.md` 3.5). Pure. */
import { foldEmail } from '../../mapping/email.js';
import { emailField, seatgeekIdField } from '../directory/known-user.js';
import { isBlank } from '../fields/blank.js';
import type { Targets } from '../fields/targets.js';
import { writtenUsersSchema, type WireUser } from '../api/wire.js';
import type { PlannedWrite } from './writer.js';

/** The users that an answer shows; none when it can't be read. */
export function answeredUsers(answer: unknown): readonly WireUser[] {
  const parsed = writtenUsersSchema.safeParse(answer);
  return parsed.success ? parsed.data : [];
}

/**
 * Halo's ids of the new users that the answer names: by SeatGeek ID; where a row shows none, by e-mail; where it shows neither, by a name
 * that nobody else in the array has.
 */
export function namedUsers(
  rows: readonly WireUser[],
  writes: readonly PlannedWrite[],
  targets: Targets,
): ReadonlyMap<PlannedWrite, number> {
  const named = new Map<PlannedWrite, number>();
  for (const { ofRow, ofWrite } of keysOf(targets)) {
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
  readonly ofRow: (row: WireUser) => string | null;
  readonly ofWrite: (write: PlannedWrite) => string | null;
}

/** In the order in which they are tried; a row that shows the key before is not looked at by the next. */
function keysOf(targets: Targets): readonly Keys[] {
  const { valueOf: idOf } = seatgeekIdField(targets);
  const { valueOf: emailOf } = emailField;
  return [
    { ofRow: idOf, ofWrite: ({ person }) => person.seatgeekId },
    {
      ofRow: (row) => (idOf(row) === null ? emailOf(row) : null),
      ofWrite: ({ payload }) => foldEmail(payload['emailaddress']),
    },
    {
      ofRow: (row) => (idOf(row) === null && emailOf(row) === null ? nameKey(row.name) : null),
      ofWrite: ({ payload }) => nameKey(payload['name']),
    },
  ];
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
