/** What `watch` shows while it goes on: a block in a terminal, a line elsewhere. Pure; the clock comes in. */
import { COUNT_TITLES, countEntries, type CountName } from '../../contract/counts.js';
import type { RunReport } from '../../workflows/run-report.js';
import type { Status } from '../../workflows/status.js';
import type { PageProgress } from '../connections.js';
import { nextStep } from '../next-step.js';
import { clean, count, moment, wrapped } from '../text.js';
import { plural } from './run.js';
import { STARTER } from '../own-command.js';

/** What is known beside the status. */
export interface Live {
  readonly nowMs: number;
  /** The step that writes; null when none does, or nothing is known of it. */
  readonly page: PageProgress | null;
  /** Over the last minute. */
  readonly peoplePerSecond: number | null;
}

/** No line of the block is longer: a narrow terminal shows all of it. */
const WIDTH = 60;

/** The block, a few lines of at most 60 columns, without colours. */
export function progressBlock(status: Status, live: Live): string[] {
  const current = currentRun(status);
  return [
    `${clean(status.connection)}: ${headline(status)}`,
    ...(current === null
      ? []
      : [
          `  ${[...wholeOf(status, current, live.page), ...timeLeft(status, current, live)].join(' · ')}`,
          `  ${[...speed(live), plural(current.haloRequests, 'Halo request'), `${count(current.rejected)} rejected`].join(' · ')}`,
          `  ${details(current)}`,
          ...pageLines(current, live),
        ]),
    ...waitingLines(status).flatMap((line) => wrapped(line, WIDTH - 2).map((part) => `  ${part}`)),
    ...heldLines(status),
  ];
}

/** People that the run has settled, those of the page being written included. */
export function settledPeople(status: Status, page: PageProgress | null): number | null {
  const current = currentRun(status);
  return current === null ? null : settledOf(current) + (page?.settled ?? 0);
}

function settledOf({ people, skipped, rejected }: RunReport): number {
  return people + skipped + rejected;
}

/** Everybody of the run; null before the feed was looked through, and of a sample import. */
function totalOf({ survey }: RunReport): number | null {
  return survey?.isComplete === true && survey.people > 0 ? survey.people : null;
}

/** `42 % · 2,100 of 5,000 people`, or what is known before there is a total. */
function wholeOf(status: Status, run: RunReport, page: PageProgress | null): string[] {
  const total = totalOf(run);
  const surveyed = page?.surveyed ?? (run.survey?.isComplete === false ? run.survey.events : null);
  if (total === null && surveyed !== null) return [`looking through the feed: ${plural(surveyed, 'event')}`];
  const settled = settledPeople(status, page) ?? 0;
  if (total === null) return [plural(run.events, 'event'), `${count(settled)} people`];
  // A person whose row changed meanwhile counts twice.
  const percent = Math.min(99, Math.floor((100 * settled) / total));
  return [`${percent} %`, `${count(Math.min(settled, total))} of ${count(total)} people`];
}

/** By the rate since the run began: Halo's limit lets a minute be fast and the next one stand. */
function timeLeft(status: Status, run: RunReport, { nowMs, page }: Live): string[] {
  const total = totalOf(run);
  const settled = settledPeople(status, page) ?? 0;
  const elapsed = (nowMs - Date.parse(run.startedAt)) / 1_000;
  if (total === null || settled === 0 || elapsed <= 0 || settled >= total) return [];
  return [`about ${duration(((total - settled) * elapsed) / settled)} left`];
}

function speed({ peoplePerSecond }: Live): string[] {
  return peoplePerSecond === null ? [] : [`${peoplePerSecond.toFixed(1)} people/s`];
}

function duration(seconds: number): string {
  if (seconds < 90) return `${Math.max(1, Math.round(seconds))} s`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min` : `${(seconds / 3_600).toFixed(1)} h`;
}

function pageLines(run: RunReport, { page, nowMs }: Live): string[] {
  if (page === null) return [];
  return [
    ...(page.of === null ? [] : [`  page ${run.pages}: ${count(page.settled)} of ${count(page.of)} people`]),
    ...(page.waitingUntil !== null && page.waitingUntil > nowMs
      ? [`  waits for Halo until ${timeOf(new Date(page.waitingUntil).toISOString())}`]
      : []),
  ];
}

/** `14:16:30 UTC`: it is soon. */
function timeOf(iso: string): string {
  return moment(iso).replace(/^\S+ (?=\d)/, '');
}

/** The way out of a run that the brake holds: nothing goes on until somebody decides. */
function heldLines(status: Status): string[] {
  return status.phase === 'held' ? [`  → ${STARTER} ${nextStep(status) ?? ''}`] : [];
}

/** One line; the same text as long as nothing has changed, so no rate and no clock. */
export function progressLine(status: Status): string {
  const current = currentRun(status);
  const parts = [headline(status), ...(current === null ? [] : progress(status, current)), ...waitingLines(status)];
  return `${clean(status.connection)}: ${parts.join(' · ')}`;
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

function progress(status: Status, run: RunReport): string[] {
  return [
    plural(run.pages, 'page'),
    ...wholeOf(status, run, null),
    plural(run.haloRequests, 'Halo request'),
    `${count(run.rejected)} rejected`,
  ];
}

/** What occurred; a run that has done nothing yet says so. */
function details(run: RunReport): string {
  const title = (name: CountName): string => (name === 'matchedByEmail' ? 'by e-mail' : COUNT_TITLES[name]);
  const some = countEntries(run, ['people', 'rejected', 'superseded'])
    .filter(([, people]) => people > 0)
    .map(([name, people]) => `${title(name)} ${count(people)}`);
  return some.length === 0 ? 'nobody is settled yet' : some.join(' · ');
}

/** An error that stands while a run goes on is of the run before. */
function waitingLines({ waiting, lastError, phase }: Status): string[] {
  return [
    ...(lastError === null || phase === 'syncing'
      ? []
      : [`error ${clean(lastError.code)}: ${clean(lastError.message)}`]),
    ...(waiting === null ? [] : [`waits for ${clean(waiting.for)}, until ${moment(waiting.until)}`]),
  ];
}
