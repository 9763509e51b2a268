/** Cuts people into groups in which nobody's outcome depends on another's, so that a group may be written in any order. Pure. */
import type { MappedPerson } from '../../mapping/types.js';

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

/**
 * So many sizes of people are looked at to fill up the scarcer kind; each of them is planned anew with every group. Those of it who did not fill
 * an array wait at the front, so that they gather from group to group.
 */
const SIZES_LOOKED_AT = 3;

interface Candidate<T> {
  readonly person: MappedPerson;
  /** Undefined for somebody who has to wait for another. */
  readonly planned: T | undefined;
  readonly kind: WriteKind | null;
  /** The array of this kind is full. */
  readonly isTooMany: boolean;
}

/**
 * Two people with one key keep their order: the second waits for the next group, and whoever shares a key with the second waits too. A kind
 * that does not fill its array waits as a whole as long as another group follows for the sake of the other kind.
 */
export function takeGroup<T>(people: readonly MappedPerson[], options: GroupOptions<T>): Grouping<T> {
  const { candidates, room } = lookAhead(people, options);
  const goesOn = candidates.length < people.length || candidates.some(({ isTooMany }) => isTooMany);
  const group: T[] = [];
  const waiting: MappedPerson[] = [];
  for (const { person, planned, kind, isTooMany } of candidates) {
    const isShort = kind !== null && goesOn && room[kind] > 0;
    if (planned === undefined || isTooMany || isShort) waiting.push(person);
    else group.push(planned);
  }
  return { group, rest: [...waiting, ...people.slice(candidates.length)] };
}

/** Stops once a kind is full and the other is full too or too rare. */
function lookAhead<T>(
  people: readonly MappedPerson[],
  { size, keysOf, plan, kindOf }: GroupOptions<T>,
): { candidates: Candidate<T>[]; room: Readonly<Record<WriteKind, number>> } {
  const taken = new Set<string>();
  const candidates: Candidate<T>[] = [];
  const room = { create: size, update: size };
  for (const person of people) {
    const isFull = room.create === 0 || room.update === 0;
    if (isFull && (candidates.length >= size * SIZES_LOOKED_AT || room.create + room.update === 0)) break;
    const keys = keysOf(person);
    const planned = keys.some((key) => taken.has(key)) ? undefined : plan(person);
    for (const key of keys) taken.add(key);
    const kind = planned === undefined ? null : kindOf(planned);
    const isTooMany = kind !== null && room[kind] === 0;
    candidates.push({ person, planned, kind, isTooMany });
    if (kind !== null && !isTooMany) room[kind] -= 1;
  }
  return { candidates, room };
}
