/** Counts of a page from its outcomes. Pure. */
import type { Outcome, PersonOutcome } from '../halo/types.js';
import type { Counts } from './types.js';

/** `people` are those who are right in Halo now; `superseded` are the events that were left out. */
export function tally(outcomes: readonly PersonOutcome[], superseded: number): Counts {
  const count = (outcome: Outcome): number => outcomes.filter((person) => person.outcome === outcome).length;
  const [created, matchedByEmail, updated] = [count('created'), count('matchedByEmail'), count('updated')];
  const [unchanged, deactivated] = [count('unchanged'), count('deactivated')];
  return {
    people: created + matchedByEmail + updated + unchanged + deactivated,
    created,
    matchedByEmail,
    updated,
    unchanged,
    deactivated,
    skipped: count('skipped'),
    rejected: count('rejected'),
    superseded,
  };
}
