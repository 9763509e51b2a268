/**
 * The contract between the workflow and its activities. Everything here is stored by Temporal: cursors, counts, ids and codes only.
 * Names of activities and fields are in histories; they are added to, never renamed.
 */
import type { TenantHabits } from '../halo/habits.js';
import type { Rejection } from '../mapping/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import type { Asker } from '../sealing.js';
import type { CheckLine } from '../contract/check-line.js';
import type { ConfigureAnswer, PreviewReply, TraceReply } from './answers.js';

/** Names a page: the cursor it begins at and the size asked for. */
export interface PageName {
  readonly cursor: string | null;
  readonly limit: number;
}

/** Groups the pages of one run, so that the worker keeps what the run learnt. */
export interface RunName {
  /** What a worker learnt about Halo is kept for this run. */
  readonly id: string;
  /** What a worker learnt about the order of images is kept for this pass: one reading of the feed up to its end, in one or more runs. */
  readonly pass: string;
  /** Where the pass began: from here the feed is looked through before anything is written. */
  readonly from: string | null;
}

export interface FetchRequest {
  readonly config: ConnectionFile;
  readonly run: RunName;
  readonly page: PageName;
  /** The page before said that there is more. Left out: it did not, or there was none. */
  readonly isMorePromised?: boolean;
  /** Hash of the feed's columns as the connection knows them, blank for none: the answer says them if they are others. Left out: not asked. */
  readonly knownColumns?: string;
}

/** One column of the feed. */
export interface FeedColumn {
  readonly name: string;
  /** Null where the feed does not say. */
  readonly type: string | null;
  /** A mapping reads it. */
  readonly mapped: boolean;
}

export interface FeedColumns {
  readonly hash: string;
  readonly list: readonly FeedColumn[];
}

/** What a worker answers of where it is. */
export interface AtWorker {
  /** The task queue of the worker that did the step, where the run's memory is now. Left out by a worker that polls none of its own. */
  readonly worker?: string;
}

export interface FetchResult extends AtWorker {
  readonly page: PageName;
  readonly nextCursor: string | null;
  readonly hasMore: boolean;
  readonly events: number;
  readonly seatgeekRequests: number;
  readonly columns?: FeedColumns;
}

export interface MapRequest {
  readonly config: ConnectionFile;
  readonly run: RunName;
  readonly page: PageName;
}

export interface MapResult extends AtWorker {
  readonly people: number;
  readonly rejected: number;
  readonly seatgeekRequests: number;
}

/** A person's SeatGeek ID and the sequence of the newest image. */
export type NewerImage = readonly [seatgeekId: string, sequence: string];

/** A rejected person's SeatGeek ID (blank: somebody beyond the list) and `Rejection.claims`. */
export type EmailClaim = readonly [seatgeekId: string, userId: number];

export interface UpsertRequest {
  readonly config: ConnectionFile;
  readonly run: RunName;
  readonly page: PageName;
  /** The first `takeEvents` rows only (sample import). */
  readonly takeEvents?: number;
  /** Further pages may be written along: the asker knows where their people stand (`furtherPages`). Left out by an older workflow. */
  readonly takesFurther?: boolean;
  /** The pages that follow may be written as well while that is quick, each with a result of its own (`following`). Left out by an older workflow. */
  readonly goesOn?: boolean;
  /** These people only (retry of rejected people). */
  readonly only?: readonly string[];
  /** Those of `only` who are listed for an event without an image: none on the page is theirs to try again. Left out: none are, or by an older workflow. */
  readonly withoutImage?: readonly string[];
  /** `personKey` of every person in the list of rejected, concatenated: the answer names those of them that this page settles. */
  readonly watch?: string;
  /** People whom the connection has imported so far: the run is held before it creates or deactivates far more. Left out: it is not. */
  readonly past?: number;
  /** Nothing was imported so far: the run is held before it gives users of other IDs' owners to its people. Left out, as `past` is: `approve` was signalled. */
  readonly firstImport?: boolean;
  /** Newer images than some on this page, known from an earlier run. */
  readonly newer?: readonly NewerImage[];
  /** Rejected people who claim a Halo user's e-mail address along with others. Left out: none do. */
  readonly claims?: readonly EmailClaim[];
  /** With `takeEvents` or `only`: the whole feed is looked through first, and images that are not the newest are left out. */
  readonly newestOnly?: boolean;
  /** `personKey` of everybody whose user this connection made inactive because SeatGeek deleted the person, concatenated. */
  readonly deactivated?: string;
  /** Epoch milliseconds: a create whose answer was lost may be under way until then. Left out: none is. */
  readonly createsNotBefore?: number;
  /** Epoch milliseconds by which an attempt on another worker had ended without a word of its creates. Left out: there was none. */
  readonly movedAt?: number;
  /** What the connection's Halo was seen to do; a worker that has seen nothing yet goes by it. */
  readonly habits?: TenantHabits;
}

/** Counts of one page or one run. `people` are those who are right in Halo now; with skipped, rejected and superseded they add up to the events. */
export interface Counts {
  readonly people: number;
  readonly created: number;
  readonly matchedByEmail: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly deactivated: number;
  readonly skipped: number;
  readonly rejected: number;
  /** Events left out for a newer image of the same person. Left out by an older worker. */
  readonly superseded?: number;
}

/** How far the feed was read ahead of writing. */
export interface SurveyProgress {
  /** Events looked through, from where the pass began. */
  readonly events: number;
  readonly people: number;
  /** The end of the feed was reached. */
  readonly isComplete: boolean;
}

export interface RejectedRef extends Rejection {
  /** Place in `furtherPages` of the page on which the person stands; left out: on the one that the request named. */
  readonly page?: number;
}

/** Of a step: what it says of the page that the request named, and of the pages that it went on with, in order. */
export interface UpsertResult extends AtWorker, PageResult {
  readonly following?: readonly FollowingResult[];
}

/** Of a page that a step went on with. */
export interface FollowingResult extends PageResult {
  readonly page: PageName;
}

/** What became of a page. */
export interface PageResult {
  /** Everything before this cursor is settled. */
  readonly settledCursor: string | null;
  readonly hasMore: boolean;
  readonly events: number;
  readonly counts: Counts;
  /** At most 400; those beyond are counted only. */
  readonly rejected: readonly RejectedRef[];
  /** Pages that were written along with the one that the request named; only where somebody rejected stands on one. A cursor may be long. */
  readonly furtherPages?: readonly PageName[];
  readonly rejectedBeyond?: number;
  /** `personKey` of those beyond, concatenated, as many as the list can carry. */
  readonly beyondKeys?: string;
  /** People of the watch list that this page settled otherwise than by rejecting them, and names of `only` that no row without an ID has any more. */
  readonly resolved: readonly string[];
  /** People of `only` that are not on the page any more. */
  readonly missing: readonly string[];
  readonly haloRequests: number;
  readonly seatgeekRequests: number;
  /**
   * Only when the feed ends without a new cursor, so that the next run reads this page again: of whom it has images that are older than one
   * on an earlier page.
   */
  readonly newer?: readonly NewerImage[];
  /** What the survey of the feed has found; while it is not complete, nothing of the page is settled. */
  readonly survey?: SurveyProgress;
  /** The list to be sent with the next request, of all pages of the step; left out when it is the same. */
  readonly deactivated?: string;
  /** Epoch milliseconds: of a page that could not be written, until when creates may be under way of which nobody knows what became. */
  readonly createsNotBefore?: number;
  /** How the run learnt who is in Halo, and why so. */
  readonly directory?: string;
  /** What Halo was seen to do; left out when it is what the request said. */
  readonly habits?: TenantHabits;
}

export interface ValidationReport {
  readonly ok: boolean;
  readonly lines: readonly CheckLine[];
}

/** What the workflow needs of a checked connection file. */
export interface ConnectionSettings {
  readonly name: string;
  readonly seatgeekHost: string;
  /** Host and path: what names a Halo. */
  readonly haloHost: string;
  readonly pageSize: number;
  readonly integratorEnabled: boolean;
  readonly intervalMs: number;
}

export interface PreviewRequest {
  readonly config: ConnectionFile;
  /** Change events from the start of history. */
  readonly events: number;
  readonly habits?: TenantHabits;
  /** To whom the answer is sealed; left out: it names nobody's values. */
  readonly asker?: Asker;
}

/** The run that is next, or held: read from where everything is settled to the end of the feed. */
export interface PreviewRunRequest extends Pick<
  UpsertRequest,
  'newer' | 'deactivated' | 'claims' | 'habits' | 'past' | 'firstImport'
> {
  readonly config: ConnectionFile;
  readonly cursor: string | null;
  /** As in PreviewRequest. */
  readonly asker?: Asker;
}

/** What the workflow knows of a rejected person that a trace may be about. */
export interface KnownRejection {
  readonly seatgeekId: string;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
  readonly firstSeenAt: string;
  /** Runs until it is tried again; 0: with the next one. */
  readonly inRuns: number;
}

export interface TraceRequest {
  readonly config: ConnectionFile;
  /** A SeatGeek ID, or `email:<salt>:<hash>` (`workflows/arguments.ts`). */
  readonly person: string;
  /** Everything before it is settled; null: nothing is. */
  readonly cursor: string | null;
  readonly rejected: readonly KnownRejection[];
  /** As in UpsertRequest. */
  readonly claims?: readonly EmailClaim[];
  readonly habits?: TenantHabits;
  /** As in PreviewRequest. */
  readonly asker?: Asker;
}

export interface ConfigureRequest {
  /** The file that is running, and the one that is to take its place. */
  readonly running: ConnectionFile;
  readonly file: unknown;
  readonly reimport: boolean;
}

export interface ConfigureResult {
  readonly settings: ConnectionSettings;
  readonly answer: ConfigureAnswer;
}

export interface ConnectionActivities {
  /** Parses the file; throws a non-retryable ConfigError failure naming the place. */
  readConnection(config: unknown): Promise<ConnectionSettings>;
  fetchChangeEvents(request: FetchRequest): Promise<FetchResult>;
  mapUsers(request: MapRequest): Promise<MapResult>;
  upsertUsers(request: UpsertRequest): Promise<UpsertResult>;
  validateConnection(config: unknown): Promise<ValidationReport>;
  previewUsers(request: PreviewRequest): Promise<PreviewReply>;
  previewRun(request: PreviewRunRequest): Promise<PreviewReply>;
  traceUser(request: TraceRequest): Promise<TraceReply>;
  /** Checks the file as `readConnection` does and says what it changes. Speaks to nobody. */
  configureConnection(request: ConfigureRequest): Promise<ConfigureResult>;
}
