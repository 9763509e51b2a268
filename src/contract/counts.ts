/** The one list of what a page or a run counts, for whoever adds, carries, checks or shows it. With `people`, the last three add up to the events. Pure. */
import type { Counts } from '../activities/types.js';

export type CountName = keyof Counts;

/** Something of each count, in the order in which they are shown. */
export function eachCount<T>(of: (name: CountName) => T): Record<CountName, T> {
  return {
    people: of('people'),
    created: of('created'),
    matchedByEmail: of('matchedByEmail'),
    updated: of('updated'),
    unchanged: of('unchanged'),
    deactivated: of('deactivated'),
    skipped: of('skipped'),
    rejected: of('rejected'),
    superseded: of('superseded'),
  };
}

export const COUNT_TITLES: Readonly<Record<CountName, string>> = {
  people: 'people',
  created: 'created',
  matchedByEmail: 'matched by e-mail',
  updated: 'updated',
  unchanged: 'unchanged',
  deactivated: 'deactivated',
  skipped: 'skipped',
  rejected: 'rejected',
  superseded: 'older images',
};

/** Names and numbers, as lines of a table. */
export function countEntries(counts: Counts, leftOut: readonly CountName[] = []): [CountName, number][] {
  const all = Object.values(eachCount((name): [CountName, number] => [name, counts[name] ?? 0]));
  return all.filter(([name]) => !leftOut.includes(name));
}
