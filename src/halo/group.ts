/** Cuts people into groups in which nobody's outcome depends on another's, so that a group may be written in any order. Pure. */
import type { MappedPerson } from '../mapping/types.js';

export interface Grouping<T> {
  /** In order; at most `size` of them are `plan`ned to be written. */
  readonly group: readonly T[];
  /** In order; begins with those who had to wait for somebody of the group. */
  readonly rest: readonly MappedPerson[];
}

export interface GroupOptions<T> {
  readonly size: number;
  /** What two people may not have in common in one group: e-mail addresses, Halo users. */
  readonly keysOf: (person: MappedPerson) => readonly string[];
  readonly plan: (person: MappedPerson) => T;
  readonly isWrite: (planned: T) => boolean;
}

/** Two people with one key keep their order: the second waits for the next group, and whoever shares a key with the second waits too. */
export function takeGroup<T>(
  people: readonly MappedPerson[],
  { size, keysOf, plan, isWrite }: GroupOptions<T>,
): Grouping<T> {
  const taken = new Set<string>();
  const group: T[] = [];
  const waiting: MappedPerson[] = [];
  let writes = 0;
  let place = 0;
  for (; place < people.length && writes < size; place++) {
    const person = people[place];
    if (person === undefined) break;
    const keys = keysOf(person);
    const mustWait = keys.some((key) => taken.has(key));
    for (const key of keys) taken.add(key);
    if (mustWait) {
      waiting.push(person);
      continue;
    }
    const planned = plan(person);
    group.push(planned);
    if (isWrite(planned)) writes += 1;
  }
  return { group, rest: [...waiting, ...people.slice(place)] };
}
