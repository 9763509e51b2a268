/** Every value of every switch of Halo's dialect, alone; and whom one of them lets Halo refuse. */
import type { PersonOutcome } from '../../../src/halo/types.js';
import { isHopeless } from '../../world/hopeless-dialects.js';
import { HALO_DIALECT, type HaloDialect } from '../../../src/sandbox/dialects.js';

export const SINGLE: readonly (readonly [string, Partial<HaloDialect>])[] = Object.entries(HALO_DIALECT).flatMap(
  ([name, { values }]) =>
    values
      .filter((value) => !isHopeless(name, value))
      .map((value): [string, Partial<HaloDialect>] => [`${name}: ${String(value)}`, { [name]: value }]),
);

/** The oracle takes texts without an @ for no e-mail address; a Halo that wants them unique does not. */
export function withoutExcused(differences: readonly string[], settled: readonly PersonOutcome[]): string[] {
  const refused = settled.filter(({ rejection }) => rejection?.message.includes('> already exists'));
  const excused = refused.map(({ seatgeekId }) => `${seatgeekId}: is missing in Halo`);
  return differences.filter((line) => !excused.includes(line));
}
