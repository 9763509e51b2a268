/** How the state of a connection changes in the course of a run. Pure. */
import type { PageName, PageResult, UpsertRequest, UpsertResult } from '../activities/types.js';
import { LONGEST_SETTLING_MS } from '../contract/lost-creates.js';
import { keysOf, MAX_DEACTIVATED_KEYS } from '../contract/person-key.js';
import type { Kept } from './failures.js';
import { habitsOf } from './habits.js';
import type { LastError } from './phase.js';
import { addRejected, claimsOf, type Moment } from './rejected.js';
import { addCounts, newRun, type Trigger } from './run-report.js';
import type { State } from './state.js';

/** A run begins; `passId` names the pass if a new one begins with it. */
export function beginRun(state: State, trigger: Trigger, passId: string, now: string): State {
  return {
    ...state,
    due: null,
    held: false,
    nextRunAt: null,
    run: newRun(trigger, now),
    worker: state.pass === null ? null : state.worker,
    pass: state.pass ?? { id: passId, from: state.cursor },
  };
}

/** Counts the reading of a page, once. A page that holds events is what turns the phase to `syncing`; its events count when they are settled. */
export function notePageRead(state: State, events: number, seatgeekRequests: number): State {
  if (state.run === null) return state;
  const run = { ...state.run, seatgeekRequests: state.run.seatgeekRequests + seatgeekRequests };
  const isNew = events > 0 && run.survey?.isComplete !== false;
  return { ...state, run: isNew ? { ...run, pages: run.pages + 1 } : run };
}

/** An empty page: nothing to settle, but the cursor may have moved. */
export function settleEmptyPage(state: State, nextCursor: string | null): State {
  return { ...state, cursor: nextCursor ?? state.cursor };
}

/** When a step ended, and whether it is of the epoch that the connection is in. */
export interface StepEnd {
  readonly now: string;
  readonly nowMs: number;
  readonly isCurrent: boolean;
}

/** What a step says of its page and of those that it went on with; of an older epoch the cursor does not count. */
export function settleStep(state: State, page: PageName, result: UpsertResult, end: StepEnd): State {
  const settle = end.isCurrent ? settlePage : notePageWritten;
  return (result.following ?? []).reduce(
    (before, next) => {
      const read = notePageRead(before, next.events, 0);
      return settle(noteUnwritten(read, next, end.nowMs), next.page, next, end.now);
    },
    settle(state, page, result, end.now),
  );
}

/** A page that could not be written may have been begun. */
function noteUnwritten(state: State, { createsNotBefore = 0 }: PageResult, nowMs: number): State {
  return createsNotBefore > 0 ? noteLostCreates(state, createsNotBefore, nowMs) : state;
}

/** Everything before `settledCursor` is settled. A page of an older epoch never gets here. */
export function settlePage(state: State, page: PageName, result: PageResult, now: string): State {
  const noted = notePageWritten(state, page, result, now);
  const passPeople = state.passPeople + result.counts.people;
  return { ...noted, passPeople, cursor: result.settledCursor ?? state.cursor, newer: result.newer ?? [] };
}

/** What became of the people of a page, of whatever epoch, and what was learnt on the way. */
export function notePageWritten(state: State, page: PageName, result: PageResult, now: string): State {
  const run = state.run === null ? null : addCounts(state.run, result);
  return { ...noteWritten(state, page, result, { now, runs: state.runs + 1 }), run };
}

/** What any written page tells: of its people, and of Halo. */
export function noteWritten(state: State, page: PageName, result: PageResult, moment: Moment): State {
  return {
    ...state,
    habits: result.habits ?? state.habits,
    deactivated: result.deactivated ?? state.deactivated,
    rejected: addRejected(state.rejected, page, result, moment),
  };
}

/** What a worker is told of earlier runs with every page. */
export function knownOf(state: State): Pick<UpsertRequest, 'habits' | 'claims' | 'deactivated' | 'createsNotBefore'> {
  const { deactivated, createsNotBefore } = state;
  return {
    ...habitsOf(state),
    ...claimsOf(state.rejected),
    ...(deactivated !== '' && { deactivated }),
    ...(createsNotBefore > 0 && { createsNotBefore }),
  };
}

/** What the brake holds a run against; nothing after `approve`. */
export function brakeOf(state: State): Pick<UpsertRequest, 'past' | 'firstImport'> {
  return state.approved ? {} : importedBefore(state);
}

/** Where the feed was empty so far, the first import is still to come. */
export function importedBefore({ past }: Pick<State, 'past'>): Pick<UpsertRequest, 'past' | 'firstImport'> {
  return past === null || past === 0 ? { firstImport: true } : { past };
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

/** A pass over all history counts everybody anew, unless the feed was empty; any other adds those it created. */
function pastAfter({ pass, past, passPeople, run }: State): number | null {
  if (pass?.from === null) return passPeople > 0 ? passPeople : (past ?? 0);
  return past === null ? null : past + (run?.created ?? 0);
}

/** A signal ended the run between pages; the cursor stands at the last settled page. */
export function stopRun(state: State, now: string): State {
  return endRun(state, 'stopped', now);
}

/**
 * A step ended without its result: creates of it may be under way until then (epoch milliseconds). No request lives longer than the longest settling time
 * from now: what says so comes of a clock that is ahead, or of somebody's hand, and each step would wait for it again.
 */
export function noteLostCreates(state: State, createsNotBefore: number, nowMs: number): State {
  const latest = nowMs + LONGEST_SETTLING_MS;
  return { ...state, createsNotBefore: Math.min(Math.max(state.createsNotBefore, createsNotBefore), latest) };
}

/** What a step that ended without its result tells all the same; what it used counts in the report of what it belonged to. */
export function noteKept(
  state: State,
  of: 'run' | 'sampleImport' | null,
  { createsNotBefore, haloRequests, deactivated, habits }: Kept,
  nowMs: number,
): State {
  const noted = {
    ...noteLostCreates(state, createsNotBefore, nowMs),
    deactivated: withKeys(state.deactivated, deactivated),
    habits: habits ?? state.habits,
  };
  const report = of === null ? null : state[of];
  if (of === null || report === null) return noted;
  return { ...noted, [of]: { ...report, haloRequests: report.haloRequests + haloRequests } };
}

function withKeys(carried: string, more: string): string {
  if (more === '') return carried;
  return [...new Set([...keysOf(carried), ...keysOf(more)])].join('').slice(-MAX_DEACTIVATED_KEYS);
}

/** An expected error ended the run; it is on view and the cursor stands at the last settled page. */
export function failRun(state: State, error: LastError, now: string): State {
  return {
    ...endRun(state, 'failed', now),
    lastError: error,
    failures: state.failures + 1,
    // Unless it was asked to wait, another worker may do better.
    worker: error.retryAfterMs === undefined ? null : state.worker,
    cursorExpired: error.code === 'cursor-expired',
    held: error.code === 'brake-held',
  };
}

function endRun(state: State, outcome: 'completed' | 'stopped' | 'failed', now: string): State {
  const lastRun = state.run === null ? state.lastRun : { ...state.run, outcome, finishedAt: now };
  return { ...state, run: null, lastRun, runs: state.runs + 1 };
}
