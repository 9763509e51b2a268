/** What `watch` shows while it goes on: a block in a terminal, a line elsewhere. Pure; the clock comes in. */
import type { RunReport } from '../../workflows/state.js';
import type { Status } from '../../workflows/status.js';
import { clean, count, moment } from '../text.js';
import { plural } from './run.js';

/** The block, at most five lines, without colours. */
export function progressBlock(status: Status, nowMs: number): string[] {
  const current = currentRun(status);
  return [
    `${clean(status.connection)}: ${headline(status)}`,
    ...(current === null ? [] : [`  ${progress(current)}${rateText(current, nowMs)}`, `  ${details(current)}`]),
    ...waitingLines(status),
  ];
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

function rateText(run: RunReport, nowMs: number): string {
  const rate = peoplePerSecond(run, nowMs);
  return rate === null ? '' : ` · ${rate.toFixed(1)} people/s`;
}

/** Settled people per second since the run began; null before there is anything to divide. */
export function peoplePerSecond(run: RunReport, nowMs: number): number | null {
  const endMs = run.finishedAt === null ? nowMs : Date.parse(run.finishedAt);
  const seconds = (endMs - Date.parse(run.startedAt)) / 1_000;
  const settled = run.people + run.skipped + run.rejected;
  return seconds >= 1 && settled > 0 ? settled / seconds : null;
}
