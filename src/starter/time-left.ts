/**
 * How long a run may still take. SeatGeek's feed tells no total, and Halo's users are no measure of it, so usually nobody can know. The one
 * honest measure is a reading of all history that was completed before: while all history is read again, as many events may be expected. Pure.
 */
import type { RunReport } from '../workflows/run-report.js';
import type { Status } from '../workflows/status.js';

/** Runs that began at the start of history, whatever else they were. */
const WHOLE: ReadonlySet<RunReport['trigger']> = new Set(['start', 'resume', 'clear-cursor']);

/** Seconds; null when it can't be known. */
export function secondsLeft({ run, lastRun }: Pick<Status, 'run' | 'lastRun'>, nowMs: number): number | null {
  if (run?.trigger !== 'clear-cursor' || lastRun?.outcome !== 'completed' || !WHOLE.has(lastRun.trigger)) return null;
  const elapsed = (nowMs - Date.parse(run.startedAt)) / 1_000;
  if (run.events === 0 || elapsed <= 0 || lastRun.events <= run.events) return null;
  return ((lastRun.events - run.events) * elapsed) / run.events;
}
