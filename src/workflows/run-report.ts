/** What a run has done so far. Pure. */
import type { Counts, SurveyProgress, PageResult } from '../activities/types.js';
import { eachCount } from '../contract/counts.js';

export const TRIGGERS = ['start', 'interval', 'sync-now', 'resume', 'clear-cursor', 'approve', 'configure'] as const;

/** What a run was begun for. */
export type Trigger = (typeof TRIGGERS)[number];

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
  /** How far the feed was looked through before writing; in the end the total of events and people. */
  readonly survey?: SurveyProgress | null;
}

export function newRun(trigger: RunReport['trigger'], now: string): RunReport {
  return {
    trigger,
    outcome: null,
    startedAt: now,
    finishedAt: null,
    pages: 0,
    events: 0,
    ...eachCount(() => 0),
    haloRequests: 0,
    seatgeekRequests: 0,
    directory: null,
    survey: null,
  };
}

export function addCounts(
  run: RunReport,
  { events, counts, haloRequests, seatgeekRequests, directory, survey }: PageResult,
): RunReport {
  return {
    ...run,
    events: run.events + events,
    ...eachCount((name) => (run[name] ?? 0) + (counts[name] ?? 0)),
    haloRequests: run.haloRequests + haloRequests,
    seatgeekRequests: run.seatgeekRequests + seatgeekRequests,
    directory: directory ?? run.directory,
    survey: survey ?? run.survey ?? null,
  };
}
