/** The flags of `init`, and what the wizard makes of them. */
import { UsageError } from '../errors.js';
import type { Mapping } from './proposal.js';

/** As commander hands them over. */
export interface InitFlags {
  readonly name?: string;
  readonly haloUrl?: string;
  readonly tenant?: string;
  readonly interval?: number;
  readonly site?: number;
  readonly idField?: string;
  readonly idColumn?: string;
  readonly emailColumn?: string;
  /** `from=to`, over the proposal; an empty `from` leaves the target out. */
  readonly map: readonly string[];
  readonly address: boolean;
  readonly reactivate: boolean;
  readonly seatgeekApiUrl?: string;
  readonly seatgeekTokenUrl?: string;
  readonly seatgeekAudience?: string;
  readonly out?: string;
  readonly overwrite: boolean;
  readonly offline: boolean;
  /** Takes the proposal where there is one. */
  readonly yes: boolean;
}

/** A mapping as a flag gives it; `from` is empty where the target is not to be mapped. Throws UsageError for what is none. */
export function mappingFrom(flag: string): Mapping {
  // An expression may hold "=", a field's name can't.
  const at = flag.lastIndexOf('=');
  const [from, to] = [flag.slice(0, Math.max(0, at)).trim(), flag.slice(at + 1).trim()];
  if (at >= 0 && to !== '') return { from, to };
  throw new UsageError(
    'map-unusable',
    `--map '${flag}' is not from=to`,
    "Write a column or an expression, an equals sign and Halo's field: --map 'loyalty_tier=CFLoyaltyTier'.",
  );
}

/** The proposal as the flags change it, each target once. */
export function mappingsWith(proposed: readonly Mapping[], flags: readonly string[]): Mapping[] {
  const byTarget = new Map(proposed.map((mapping) => [mapping.to.toLowerCase(), mapping]));
  for (const mapping of flags.map(mappingFrom)) {
    if (mapping.from === '') byTarget.delete(mapping.to.toLowerCase());
    else byTarget.set(mapping.to.toLowerCase(), mapping);
  }
  return [...byTarget.values()];
}
