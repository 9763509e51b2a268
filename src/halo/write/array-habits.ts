/**
 * What a Halo was seen to do with arrays of users (`reference/halo.md` 3.5, 8.1: not documented). Learnt from answers and from reading
 * back. Nothing here is needed to be right: a wrong habit costs requests, never a person.
 */

/** Whom the answer to an array names, held against what was really written: everybody, or only one or nobody while all were written. */
export type Naming = 'unknown' | 'all' | 'few';

export interface ArrayHabits {
  /** Most users that one array may hold. 1: Halo takes, or heeds, only one. */
  limit: number;
  createsNamed: Naming;
  /** `alone`: Halo heeds only one update of an array. */
  updatesNamed: Naming | 'alone';
  /** What an array gets that holds somebody bad: a refusal, or an acceptance that leaves the bad one out. */
  badOnes: 'unknown' | 'refused' | 'left-out';
  /** False: new users and changes can't stand in one array. */
  takesMixed: boolean;
  /** A refused array left nothing behind though its first user was fine; else those before the bad one may be there. */
  refusesWhole: boolean;
}

export function createArrayHabits(): ArrayHabits {
  return {
    limit: Infinity,
    createsNamed: 'unknown',
    updatesNamed: 'unknown',
    badOnes: 'unknown',
    takesMixed: true,
    refusesWhole: false,
  };
}

/** What is held against Halo anew now and then: it may have changed. */
export type ArrayFact = 'createsNamed' | 'updatesNamed' | 'badOnes';

/** So long after a process has seen it a fact counts as true. */
const PROVEN_MS = 3_600_000;

/**
 * What is known of arrays and was last seen to be true too long ago, or by another process; the first arrays of a run show it. `provenAt`: when
 * this process saw it, by fact, in epoch milliseconds.
 */
export function unprovenFacts(
  { createsNamed, updatesNamed, badOnes }: Pick<ArrayHabits, ArrayFact>,
  provenAt: ReadonlyMap<ArrayFact, number>,
  now: number,
): Set<ArrayFact> {
  const known: ArrayFact[] = [];
  if (createsNamed !== 'unknown') known.push('createsNamed');
  if (updatesNamed !== 'unknown' && updatesNamed !== 'alone') known.push('updatesNamed');
  // Where they count as left out nobody is lost.
  if (badOnes === 'refused') known.push('badOnes');
  return new Set(known.filter((fact) => now - (provenAt.get(fact) ?? -Infinity) > PROVEN_MS));
}
