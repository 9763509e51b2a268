/** What `watch` shows while it goes on: a block in a terminal, a line elsewhere. Pure; the clock comes in. */
import type { RunReport } from '../../workflows/run-report.js';
import type { Status } from '../../workflows/status.js';
import type { PageProgress } from '../connections.js';
import { nextStep } from '../next-step.js';
import { clean, count, moment } from '../text.js';
import { secondsLeft } from '../time-left.js';
import { plural } from './run.js';
import { STARTER } from '../own-command.js';

/** What is known beside the status. */
export interface Live {
  readonly nowMs: number;
  /** The page being written; null when none is, or nothing is known of it. */
  readonly page: PageProgress | null;
  /** Over the last minute. */
  readonly peoplePerSecond: number | null;
}

/** The block, at most seven lines, without colours. */
export function progressBlock(status: Status, live: Live): string[] {
  const current = currentRun(status);
  return [
    `${clean(status.connection)}: ${headline(status)}`,
    ...(current === null
      ? []
      : [`  ${progress(current)}`, `  ${details(current)}`, `  ${speed(status, live)}`, ...pageLines(live)]),
    ...waitingLines(status),
    ...heldLines(status),
  ];
}

/** People that the run has settled, those of the page being written included. */
export function settledPeople(status: Status, page: PageProgress | null): number | null {
  const current = currentRun(status);
  return current === null ? null : current.people + current.skipped + current.rejected + (page?.settled ?? 0);
}

function speed(status: Status, { peoplePerSecond, nowMs }: Live): string {
  const rate = peoplePerSecond === null ? '' : `${peoplePerSecond.toFixed(1)} people/s in the last minute · `;
  const seconds = secondsLeft(status, nowMs);
  if (seconds === null) return `${rate}time left: unknown, the feed tells no total`;
  return `${rate}about ${duration(seconds)} left, if it is as long as the last reading of all history`;
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function pageLines({ page, nowMs }: Live): string[] {
  if (page === null) return [];
  const waits =
    page.waitingUntil !== null && page.waitingUntil > nowMs
      ? ` · waiting for Halo's limit until ${moment(new Date(page.waitingUntil).toISOString())}`
      : '';
  return [`  this page: ${count(page.settled)} of ${count(page.of)} people${waits}`];
}

/** The way out of a run that the brake holds: nothing goes on until somebody decides. */
function heldLines(status: Status): string[] {
  return status.phase === 'held' ? [`  → ${STARTER} ${nextStep(status) ?? ''}`] : [];
}

/** One line; the same text as long as nothing has changed, so no rate and no clock. */
export function progressLine(status: Status): string {
  const current = currentRun(status);
  const parts = [headline(status), ...(current === null ? [] : [progress(current)]), ...waitingLines(status)];
  return `${clean(status.connection)}: ${parts.map((part) => part.trim()).join(' · ')}`;
}

/** What goes on: the run, or the sample import while there is no run; else null. */
function currentRun({ run, sampleImport }: Status): RunReport | null {
  if (run !== null) return run;
  return sampleImport !== null && sampleImport.finishedAt === null ? sampleImport : null;
}

function headline(status: Status): string {
  const asked = status.pending.length === 0 ? '' : `, asked for: ${status.pending.map(clean).join(', ')}`;
  const sampling = status.run === null && currentRun(status) !== null ? ', sample import going on' : '';
  return `${clean(status.phase)}${sampling}${asked}`;
}

function progress(run: RunReport): string {
  return [
    plural(run.pages, 'page'),
    plural(run.events, 'event'),
    `${count(run.people)} people`,
    plural(run.haloRequests, 'Halo request'),
    `${count(run.rejected)} rejected`,
  ].join(' · ');
}

function details(run: RunReport): string {
  return [
    `created ${count(run.created)}`,
    `by e-mail ${count(run.matchedByEmail)}`,
    `updated ${count(run.updated)}`,
    `unchanged ${count(run.unchanged)}`,
    `deactivated ${count(run.deactivated)}`,
    `skipped ${count(run.skipped)}`,
  ].join(' · ');
}

function waitingLines({ waiting, lastError }: Status): string[] {
  return [
    ...(lastError === null ? [] : [`  error ${clean(lastError.code)}: ${clean(lastError.message)}`]),
    ...(waiting === null ? [] : [`  waiting for ${clean(waiting.for)}, until ${moment(waiting.until)}`]),
  ];
}
