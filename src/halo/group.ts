/** Cuts people into groups in which nobody's outcome depends on another's, so that a group may be written in any order. Pure. */
import type { MappedPerson } from '../mapping/types.js';

export interface Grouping<T> {
  /** In order; of each kind of write at most `size`. */
  readonly group: readonly T[];
  /** In order; begins with those who had to wait, for somebody of the group or for room in it. */
  readonly rest: readonly MappedPerson[];
}

/** Each kind goes in an array of its own. */
export type WriteKind = 'create' | 'update';

export interface GroupOptions<T> {
  readonly size: number;
  /** What two people may not have in common in one group: e-mail addresses, Halo users. */
  readonly keysOf: (person: MappedPerson) => readonly string[];
  readonly plan: (person: MappedPerson) => T;
  /** Null when nothing is to be written. */
  readonly kindOf: (planned: T) => WriteKind | null;
}

/** So many sizes of people are looked at to fill up the scarcer kind: each of them is planned anew with every group. */
const SIZES_LOOKED_AT = 10;

/** Two people with one key keep their order: the second waits for the next group, and whoever shares a key with the second waits too. */
export function takeGroup<T>(
  people: readonly MappedPerson[],
  { size, keysOf, plan, kindOf }: GroupOptions<T>,
): Grouping<T> {
  const taken = new Set<string>();
  const group: T[] = [];
  const waiting: MappedPerson[] = [];
  const room = { create: size, update: size };
  let place = 0;
  for (const person of people) {
    const isFull = room.create === 0 || room.update === 0;
    if (isFull && (place >= size * SIZES_LOOKED_AT || room.create + room.update === 0)) break;
    place += 1;
    const keys = keysOf(person);
    const planned = keys.some((key) => taken.has(key)) ? undefined : plan(person);
    for (const key of keys) taken.add(key);
    const kind = planned === undefined ? null : kindOf(planned);
    if (planned === undefined || (kind !== null && room[kind] === 0)) {
      waiting.push(person);
      continue;
    }
    group.push(planned);
    if (kind !== null) room[kind] -= 1;
  }
  return { group, rest: [...waiting, ...people.slice(place)] };
}
