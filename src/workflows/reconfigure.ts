/** What a new connection file changes in a connection's state. Pure. */
import type { ConnectionSettings } from '../activities/types.js';
import { makeAllDue, withoutClaims } from './rejected.js';
import { isoSeconds } from './schedule.js';
import type { State } from './state.js';

export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** From the end of a run to the next, by the new file. */
  readonly waitMs: number;
}

/**
 * Takes the settings of a changed file. Whoever was rejected is due with the next run, because the change may be the cure. A connection that
 * fails, or is held by the brake, tries again at once; one that waits goes by the new interval, counted from its last run.
 */
export function reconfigure(state: State, settings: ConnectionSettings, moment: Moment): State {
  const failing = state.integrator === 'on' && state.run === null && state.lastError !== null && !state.cursorExpired;
  const isSameHalo = state.settings?.haloHost === settings.haloHost;
  return {
    ...state,
    settings,
    due: state.due ?? (failing ? 'configure' : null),
    nextRunAt: nextRunAt(state, settings, moment),
    rejected: makeAllDue(isSameHalo ? state.rejected : withoutClaims(state.rejected), state.runs),
    deactivated: isSameHalo ? state.deactivated : '',
    // What of the feed's columns was on view has been seen.
    schema: null,
    published: isSameHalo ? state.published : null,
  };
}

function nextRunAt(state: State, { intervalMs }: ConnectionSettings, { now, waitMs }: Moment): string | null {
  if (state.nextRunAt === null || state.settings?.intervalMs === intervalMs) return state.nextRunAt;
  const finishedAt = Date.parse(state.lastRun?.finishedAt ?? '') || now;
  return isoSeconds(Math.max(now, finishedAt + waitMs));
}
