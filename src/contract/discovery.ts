/**
 * What the workflow `discover` answers. Everything here is stored by Temporal: names of columns, fields and sites, no people. Fields are
 * added, never renamed.
 */
import type { CheckLine } from './check-line.js';

export interface DiscoveryOptions {
  /** Sites whose name holds this text; without it the first ones. */
  readonly site?: string;
}

/** A column of the feed; `type` as SeatGeek's table definition gives it, null where it gives none. */
export interface DiscoveredColumn {
  readonly name: string;
  readonly type: string | null;
}

export interface DiscoveredField {
  readonly id: number;
  /** As a connection file names it: `CFLoyaltyTier`. */
  readonly name: string;
  /** As people see it in Halo. */
  readonly label: string;
}

export interface DiscoveredSite {
  readonly id: number;
  readonly name: string;
  readonly client: string;
}

export interface Discovery {
  /** Every line is green. */
  readonly ok: boolean;
  /** Credentials and what could be read, in the manner of a set-up report. */
  readonly lines: readonly CheckLine[];
  /** Null when the feed could not be read. */
  readonly columns: readonly DiscoveredColumn[] | null;
  /** Custom fields for users; null when Halo could not be read. */
  readonly customFields: readonly DiscoveredField[] | null;
  /** Active sites, at most a hundred; null when Halo could not be read. */
  readonly sites: readonly DiscoveredSite[] | null;
  /** How many sites fit in all. */
  readonly sitesInAll: number;
}

export interface DiscoveryActivities {
  discoverSetUp(endpoints: unknown, options?: DiscoveryOptions): Promise<Discovery>;
}
