/** What the rest of the program sees of Halo: people go in, one outcome per person comes out. */
import type { Identity, MappedPerson, Rejection } from '../mapping/types.js';

/** What became of one person. `matchedByEmail` and `deactivated` are not counted as `updated` as well. */
export type Outcome = 'created' | 'matchedByEmail' | 'updated' | 'unchanged' | 'deactivated' | 'skipped' | 'rejected';

export interface PersonOutcome {
  readonly seatgeekId: string;
  readonly outcome: Outcome;
  /** Only with `rejected`. */
  readonly rejection?: Rejection;
}

/** What the survey of the feed knows beyond the page at hand. E-mail addresses are folded as `MappedPerson.matchEmail`. */
export interface FeedKnowledge {
  /** Whether several living people of the feed come with this e-mail address. */
  isEmailShared(email: string): boolean;
  /** Whether somebody else, rejected earlier, claims this Halo user by the e-mail address, as far as it is known. */
  isClaimedByOthers(claim: Claim): boolean;
  /** Whether this program made the person's user inactive because SeatGeek deleted the person, in this run or an earlier one. */
  wasDeactivated(seatgeekId: string): boolean;
}

export const NOTHING_KNOWN: FeedKnowledge = {
  isEmailShared: () => false,
  isClaimedByOthers: () => false,
  wasDeactivated: () => false,
};

/** A person of the feed, and the Halo user whose e-mail address it comes with. */
export interface Claim {
  readonly seatgeekId: string;
  readonly email: string;
  readonly userId: number;
}

export interface WriteOptions {
  /** Nothing by default. */
  readonly feed?: FeedKnowledge | undefined;
  /**
   * Everybody here has changed in SeatGeek since the last run: what a list row does not show is sent along in the array rather than looked up,
   * where that is safe. Otherwise it is compared first. False by default.
   */
  readonly haveChanged?: boolean | undefined;
  /** Stops before the next request; a request under way is finished, because Halo may already have acted on it. */
  readonly signal?: AbortSignal | undefined;
  /** Called after every settled person and while waiting for the rate limit, so that the caller can heartbeat. */
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
  /** Called for everybody whose user was made inactive, or may have been where the answer was lost: the call may fail afterwards. */
  readonly onDeactivated?: ((seatgeekId: string) => void) | undefined;
  /** Called once for each API request that is sent, with the time (epoch ms). */
  readonly onRequest?: ((at: number) => void) | undefined;
  /**
   * Another process may have written people of this run since the last call: what is known of the newest users is no longer enough to create by.
   * False by default.
   */
  readonly othersMayHaveWritten?: boolean | undefined;
}

export interface WriteProgress {
  readonly settled: number;
  /** Epoch milliseconds until which Halo's limit makes us wait; null when not waiting. */
  readonly waitingUntil: number | null;
}

/**
 * `deactivate`: also by a mapped field.
 * `take`: the user is matched by e-mail.
 * Of users found by ID, `stranger`: another name and e-mail address, as far as there are both; `overwrite`: one of them; `known`: neither.
 * `other`: nothing of the kind.
 */
export type Forecast = 'create' | 'take' | 'deactivate' | 'overwrite' | 'stranger' | 'known' | 'other';

/** What `write` would make of a person, as far as that is known without reading the user; `unread` where only the user's details tell. */
export type Outlook = Outcome | 'unread';

/**
 * One run's view of one Halo: directory, matching, diff and writer. It keeps what it learnt (who is where) between pages of the run.
 * `write` may be called again with people already written: they come out `unchanged`.
 */
export interface HaloRun {
  /**
   * Writes the people of a page, in order. Each person gets exactly one outcome.
   * Throws TransientError, CredentialsRefusedError, DriftError, ConfigError (site or field missing) for what concerns everybody; people
   * settled before that stay settled in Halo.
   */
  write(people: readonly MappedPerson[], options?: WriteOptions): Promise<readonly PersonOutcome[]>;
  /**
   * Says what `write` would make of people who are not written yet, as far as matching and the fields that every list shows tell. Writes
   * nothing. Throws as `write` does.
   */
  forecast(people: readonly MappedPerson[], options?: WriteOptions): Promise<readonly Forecast[]>;
  /** The same in the words of outcomes. What the people before in the same run would change is not foreseen. Throws as `write` does. */
  outlook(people: readonly MappedPerson[], options?: WriteOptions): Promise<readonly Outlook[]>;
  /** The SeatGeek IDs, as given, that users in Halo carry. Throws as `write` does. */
  carriedIds(people: readonly Identity[], options?: WriteOptions): Promise<ReadonlySet<string>>;
  /** Users that Halo shows, as last told; asks where it was not told yet. Throws as `write` does. */
  countUsers(options?: WriteOptions): Promise<number>;
  /** The same without asking; null before it was told. */
  readonly usersShown: number | null;
  /** Memory that what the run has learnt takes, about. */
  readonly bytes: number;
  /** How the run learnt who is in Halo, and why so; null before it did. Counts only. */
  readonly directory: string | null;
  /** Halo API requests sent for this run so far, refused ones included, token requests not. */
  readonly requests: number;
}
