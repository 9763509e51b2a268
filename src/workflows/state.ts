/**
 * The state of one connection and its transitions: pure, plain JSON, carried across continue-as-new. Fields are added with a default in
 * {@link restoreState}, never renamed: running workflows carry what an older version wrote.
 */
import type { ConnectionSettings, Counts, UpsertResult, NewerImage } from '../activities/types.js';
import type { TenantHabits } from '../halo/habits.js';
import { NO_ALERTS, type AlertState } from './announcement.js';
import type { FeedSchema } from './feed-schema.js';
import { addRejected, NO_REJECTED, type RejectedUsers } from './rejected.js';

export type Phase = 'syncing' | 'idle' | 'paused' | 'failing' | 'held' | 'cursor-expired';

export type Trigger = 'start' | 'interval' | 'sync-now' | 'resume' | 'clear-cursor' | 'approve' | 'configure';

/** A run in progress or done. `finishedAt` and `outcome` are null while it goes on. */
export interface RunReport extends Counts {
  readonly trigger: Trigger | 'import-100';
  readonly outcome: 'completed' | 'stopped' | 'failed' | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly pages: number;
  readonly events: number;
  readonly haloRequests: number;
  readonly seatgeekRequests: number;
  /** How it was learnt who is in Halo, and why so; null before it was. */
  readonly directory: string | null;
}

export interface LastError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly at: string;
  /** Time alone may cure it: it is tried again sooner than the interval. */
  readonly transient: boolean;
}

/** A reading of the feed that has not reached its end. It outlives runs that stop or fail in the middle. */
export interface Pass {
  readonly id: string;
  /** Where it began. */
  readonly from: string | null;
}

export interface State {
  readonly version: 1;
  /** Null until the connection file was checked, once, at the first start. */
  readonly settings: ConnectionSettings | null;
  readonly integrator: 'on' | 'off';
  readonly integratorNote: string | null;
  readonly cursor: string | null;
  readonly epoch: number;
  readonly pass: Pass | null;
  /** The next run's trigger; null when none is due. */
  readonly due: Trigger | null;
  readonly sampleImportAsked: boolean;
  readonly retryRejectedAsked: boolean;
  readonly run: RunReport | null;
  readonly lastRun: RunReport | null;
  readonly sampleImport: RunReport | null;
  /** Runs finished so far; the retry distance of rejected people is counted in them. */
  readonly runs: number;
  readonly rejected: RejectedUsers;
  readonly lastSyncedAt: string | null;
  readonly lastError: LastError | null;
  /** Failed runs in a row. */
  readonly failures: number;
  readonly cursorExpired: boolean;
  /** The brake holds the run that is due, until `approve`. */
  readonly held: boolean;
  /** `approve` was given: the brake lets the next run pass. */
  readonly approved: boolean;
  /** People imported so far; null until all history was imported once, and till then the brake holds nothing. */
  readonly past: number | null;
  /** People imported in the pass so far, by all of its runs. */
  readonly passPeople: number;
  /** Of people on the page at the cursor: newer images than those there, which the next run must not undo. */
  readonly newer: readonly NewerImage[];
  /** What Halo was seen to do where its documentation is silent. */
  readonly habits: TenantHabits | null;
  /** The feed's columns; null before any were seen. */
  readonly schema: FeedSchema | null;
  readonly nextRunAt: string | null;
  /** End of the last run that had events; unlike `lastSyncedAt` it stays the same through idle cycles. */
  readonly lastChangedAt: string | null;
  /** What the webhook was told, and what it is still to be told. */
  readonly alerts: AlertState;
  /** The search attributes as last set. */
  readonly published: { readonly phase: Phase; readonly rejected: number; readonly lastSyncedAt: string | null } | null;
}

const INITIAL: State = {
  version: 1,
  settings: null,
  integrator: 'off',
  integratorNote: null,
  cursor: null,
  epoch: 0,
  pass: null,
  due: null,
  sampleImportAsked: false,
  retryRejectedAsked: false,
  run: null,
  lastRun: null,
  sampleImport: null,
  runs: 0,
  rejected: NO_REJECTED,
  lastSyncedAt: null,
  lastError: null,
  failures: 0,
  cursorExpired: false,
  held: false,
  approved: false,
  past: null,
  passPeople: 0,
  newer: [],
  habits: null,
  schema: null,
  nextRunAt: null,
  lastChangedAt: null,
  alerts: NO_ALERTS,
  published: null,
};

/** The state to begin with: what was carried, with defaults for whatever an older version did not know. */
export function restoreState(carried: Partial<State> | undefined): State {
  return { ...INITIAL, ...carried };
}

/**
 * Takes the checked file at the first start. What signals asked for before stays asked for: a `pause` or `resume` sent together with the
 * start (both leave a note) wins over the file.
 */
export function begin(state: State, settings: ConnectionSettings): State {
  if (state.settings !== null) return { ...state, settings };
  if (state.integratorNote !== null || !settings.integratorEnabled) return { ...state, settings };
  return { ...state, settings, integrator: 'on', due: state.due ?? 'start' };
}

/** All history is due again; a page in flight belongs to the old epoch. */
export function clearCursor(state: State): State {
  return {
    ...state,
    cursor: null,
    pass: null,
    passPeople: 0,
    newer: [],
    epoch: state.epoch + 1,
    cursorExpired: false,
    held: false,
    due: 'clear-cursor',
  };
}

/** The integrator goes off; nothing is due until `resume`. */
export function pause(state: State, note: string | null): State {
  return { ...state, integrator: 'off', integratorNote: note ?? 'by signal', due: null, nextRunAt: null };
}

/** The integrator goes on and a run is due at once. */
export function resume(state: State, note: string | null): State {
  return { ...state, integrator: 'on', integratorNote: note ?? 'by signal', due: 'resume' };
}

/** A `clear-cursor` that is due is the stronger wish. */
export function syncNow(state: State): State {
  return { ...state, due: state.due ?? 'sync-now' };
}

/** Lets the run go on that the brake holds, or the next one that it would hold. */
export function approve(state: State): State {
  return { ...state, approved: true, held: false, due: state.held ? (state.due ?? 'approve') : state.due };
}

export function askSampleImport(state: State): State {
  return { ...state, sampleImportAsked: true };
}

export function askRetryRejected(state: State): State {
  return { ...state, retryRejectedAsked: true };
}

/** Whether something can be done now that the wait must end for. */
export function hasWork(state: State): boolean {
  return (
    state.sampleImportAsked ||
    state.run !== null ||
    (state.integrator === 'on' && (state.due !== null || state.retryRejectedAsked))
  );
}

/** What is asked and not yet served, by the names of the messages. */
export function pending(state: State): string[] {
  const due = state.due === null || state.due === 'interval' || state.due === 'start' ? [] : [state.due];
  return [
    ...due,
    ...(state.approved && state.due !== 'approve' && state.run === null ? ['approve'] : []),
    ...(state.sampleImportAsked ? ['import-100'] : []),
    ...(state.retryRejectedAsked ? ['retry-rejected'] : []),
  ];
}

/** A run counts as `syncing` once a page held events, so that idle cycles change nothing on view. */
export function phaseOf(state: State): Phase {
  if (state.run !== null && state.run.events > 0) return 'syncing';
  if (state.cursorExpired) return 'cursor-expired';
  if (state.integrator === 'off') return 'paused';
  if (state.held) return 'held';
  return state.lastError === null ? 'idle' : 'failing';
}

/** A run begins; `passId` names the pass if a new one begins with it. */
export function beginRun(state: State, trigger: Trigger, passId: string, now: string): State {
  return {
    ...state,
    due: null,
    held: false,
    nextRunAt: null,
    run: newRun(trigger, now),
    pass: state.pass ?? { id: passId, from: state.cursor },
  };
}

export function newRun(trigger: RunReport['trigger'], now: string): RunReport {
  return {
    trigger,
    outcome: null,
    startedAt: now,
    finishedAt: null,
    pages: 0,
    events: 0,
    people: 0,
    created: 0,
    matchedByEmail: 0,
    updated: 0,
    unchanged: 0,
    deactivated: 0,
    skipped: 0,
    rejected: 0,
    haloRequests: 0,
    seatgeekRequests: 0,
    directory: null,
  };
}

/** Counts the reading of a page. A page that holds events is what turns the phase to `syncing`. */
export function notePageRead(state: State, events: number, seatgeekRequests: number): State {
  if (state.run === null) return state;
  const run = { ...state.run, seatgeekRequests: state.run.seatgeekRequests + seatgeekRequests };
  return { ...state, run: events === 0 ? run : { ...run, pages: run.pages + 1, events: run.events + events } };
}

/** An empty page: nothing to settle, but the cursor may have moved. */
export function settleEmptyPage(state: State, nextCursor: string | null): State {
  return { ...state, cursor: nextCursor ?? state.cursor };
}

/** Everything before `settledCursor` is settled. A page of an older epoch never gets here. */
export function settlePage(
  state: State,
  page: { cursor: string | null; limit: number },
  result: UpsertResult,
  now: string,
): State {
  return {
    ...state,
    cursor: result.settledCursor ?? state.cursor,
    run: state.run === null ? null : addCounts(state.run, result),
    passPeople: state.passPeople + result.counts.people,
    newer: result.newer ?? [],
    habits: result.habits ?? state.habits,
    rejected: addRejected(state.rejected, page, result, { now, runs: state.runs + 1 }),
  };
}

export function addCounts(
  run: RunReport,
  { counts, haloRequests, seatgeekRequests, directory }: UpsertResult,
): RunReport {
  return {
    ...run,
    people: run.people + counts.people,
    created: run.created + counts.created,
    matchedByEmail: run.matchedByEmail + counts.matchedByEmail,
    updated: run.updated + counts.updated,
    unchanged: run.unchanged + counts.unchanged,
    deactivated: run.deactivated + counts.deactivated,
    skipped: run.skipped + counts.skipped,
    rejected: run.rejected + counts.rejected,
    haloRequests: run.haloRequests + haloRequests,
    seatgeekRequests: run.seatgeekRequests + seatgeekRequests,
    directory: directory ?? run.directory,
  };
}

/** The feed has no more. */
export function completeRun(state: State, now: string): State {
  return {
    ...endRun(state, 'completed', now),
    pass: null,
    passPeople: 0,
    past: pastAfter(state),
    approved: false,
    lastChangedAt: state.lastChangedAt === null || (state.run?.events ?? 0) > 0 ? now : state.lastChangedAt,
    lastSyncedAt: now,
    lastError: null,
    failures: 0,
    cursorExpired: false,
  };
}

/** A pass over all history counts everybody anew; any other adds those it created. */
function pastAfter({ pass, past, passPeople, run }: State): number | null {
  if (pass?.from === null) return passPeople;
  return past === null ? null : past + (run?.created ?? 0);
}

/** A signal ended the run between pages; the cursor stands at the last settled page. */
export function stopRun(state: State, now: string): State {
  return endRun(state, 'stopped', now);
}

/** An expected error ended the run; it is on view and the cursor stands at the last settled page. */
export function failRun(state: State, error: LastError, now: string): State {
  return {
    ...endRun(state, 'failed', now),
    lastError: error,
    failures: state.failures + 1,
    cursorExpired: error.code === 'cursor-expired',
    held: error.code === 'brake-held',
  };
}

function endRun(state: State, outcome: 'completed' | 'stopped' | 'failed', now: string): State {
  const lastRun = state.run === null ? state.lastRun : { ...state.run, outcome, finishedAt: now };
  return { ...state, run: null, lastRun, runs: state.runs + 1 };
}
