/** The final state of a world's Halo, held against the oracle, which shares nothing with the program. */
import { compare, expectedHaloUsers } from '../oracle/index.js';
import type { World } from './world.js';

/** One line per difference; empty when Halo is person by person and field by field as the feed says. */
export function finalDifferences({ sandbox, usersBefore }: World): string[] {
  const idColumn = sandbox.options.seatgeek.idColumn;
  return compare(sandbox, expectedHaloUsers({ rows: sandbox.seatgeek.feed.rows(), before: usersBefore, idColumn }));
}
