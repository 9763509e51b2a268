/** A run's or a sample import's counts as lines. Pure. */
import { COUNT_TITLES, countEntries } from '../../contract/counts.js';
import type { RunReport } from '../../workflows/run-report.js';
import { clean, count, moment, table, type Cell, type Colors } from '../text.js';

/** The counts, one a line, under a heading; outcomes that did not occur are left out. */
export function runLines(title: string, run: RunReport, colors: Colors): string[] {
  const rows = countEntries(run)
    .filter(([name, people]) => people > 0 || name === 'people')
    .map(([name, people]): Cell[] => [
      { text: `  ${COUNT_TITLES[name]}` },
      { text: count(people), align: 'right', paint: name === 'rejected' ? colors.yellow : undefined },
    ]);
  return [`${colors.bold(title)}: ${runSummary(run)}`, ...table(rows), `  ${requests(run)}`];
}

/** `resume, completed 2026-11-23 14:15:02 UTC, 10 pages, 5,000 events`. */
export function runSummary(run: RunReport): string {
  const state =
    run.outcome === null || run.finishedAt === null
      ? `going on since ${moment(run.startedAt)}`
      : `${clean(run.outcome)} ${moment(run.finishedAt)}`;
  return `${clean(run.trigger)}, ${state}, ${plural(run.pages, 'page')}, ${plural(run.events, 'event')}`;
}

function requests(run: RunReport): string {
  return `${plural(run.haloRequests, 'request')} to Halo, ${count(run.seatgeekRequests)} to SeatGeek`;
}

export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}
