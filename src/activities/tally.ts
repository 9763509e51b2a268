/** Counts of a page from its outcomes. Pure. */
import type { PersonOutcome } from '../halo/types.js';
import { eachCount } from '../contract/counts.js';
import type { Counts } from './types.js';

/** `people` are those who are right in Halo now; `superseded` are the events that were left out. */
export function tally(outcomes: readonly PersonOutcome[], superseded: number): Counts {
  const counts = eachCount((name) => outcomes.filter(({ outcome }) => outcome === name).length);
  return { ...counts, people: outcomes.length - counts.skipped - counts.rejected, superseded };
}
