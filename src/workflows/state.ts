/**
 * The state of one connection and its transitions: pure, plain JSON, carried across continue-as-new. Fields are added here and, with a reader
 * and a default, in `carried-state.ts`; they are never renamed: running workflows carry what an older version wrote.
 */
import type { ConnectionSettings, NewerImage } from '../activities/types.js';
import type { TenantHabits } from '../halo/habits.js';
import type { AlertState } from './announcement.js';
import type { FeedSchema } from './feed-schema.js';
import type { LastError, Phase } from './phase.js';
import { makeAllDue, type RejectedUsers } from './rejected.js';
import type { RunReport, Trigger } from './run-report.js';

/** A reading of the feed that has not reached its end. It outlives runs that stop or fail in the middle. */
export interface Pass {
  readonly id: string;
  /** Where it began. */
  readonly from: string | null;
}

export interface State {
  /** Of the program that wrote it. */
  readonly version: number;
  /** Of the program that read `settings` from the file: a newer one reads the file again, because it may know more settings. */
  readonly settingsVersion: number;
  /** Null until the connection file was checked, once, at the first start. */
  readonly settings: ConnectionSettings | null;
  readonly integrator: 'on' | 'off';
  readonly integratorNote: string | null;
  readonly cursor: string | null;
  readonly epoch: number;
  readonly pass: Pass | null;
  /** The task queue of the worker that has the pass in its memory; null: any worker may do the next step. */
  readonly worker: string | null;
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
  /** `personKey` of everybody whose user was made inactive because SeatGeek deleted the person, concatenated: who comes back is made active. */
  readonly deactivated: string;
  /** What Halo was seen to do where its documentation is silent. */
  readonly habits: TenantHabits | null;
  /** Epoch milliseconds: a create whose answer was lost may be under way until then. 0: none is. */
  readonly createsNotBefore: number;
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
    // Those beyond the list are met again.
    rejected: { users: state.rejected.users, beyond: 0 },
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
  return { ...state, retryRejectedAsked: true, rejected: makeAllDue(state.rejected, state.runs) };
}

/** Whether something can be done now that the wait must end for; a retry may be due as well. */
export function hasWork(state: State): boolean {
  return state.sampleImportAsked || state.run !== null || (state.integrator === 'on' && state.due !== null);
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

/** A run counts as `syncing` once a page held events, so that idle cycles change nothing on view; so does the check of the file at the first start. */
export function phaseOf(state: State): Phase {
  if (state.run !== null && state.run.pages > 0) return 'syncing';
  if (state.cursorExpired) return 'cursor-expired';
  // Before the file was checked nobody knows whether the integrator is to be on.
  if (state.integrator === 'off')
    return state.settings === null && state.integratorNote === null ? 'syncing' : 'paused';
  if (state.held) return 'held';
  return state.lastError === null ? 'idle' : 'failing';
}
