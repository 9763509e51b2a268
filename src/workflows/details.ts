/** The Markdown that the Web UI shows as a connection's current details: the whole story and the next step, without personal data. */
import { MAX_DEACTIVATED_KEYS } from '../contract/person-key.js';
import { COUNT_TITLES, eachCount } from '../contract/counts.js';
import type { ConnectionSettings } from '../activities/types.js';
import type { TenantHabits } from '../halo/habits.js';
import { habitsInWords } from './habits.js';
import { reasonOf } from '../contract/rejection-reasons.js';
import type { Phase } from './phase.js';
import type { RunReport } from './run-report.js';
import { phaseOf, type State } from './state.js';

const SHOWN_REJECTED = 10;

const NEXT_STEP: Record<Phase, string> = {
  syncing: 'Nothing to do: people are being imported.',
  idle: 'Nothing to do: the next run begins by itself. Signal `sync-now` runs at once.',
  paused: 'The integrator is off. Signal `import-100` to try the mappings, then `resume` to switch it on.',
  failing: 'See the error below. It is tried again by itself; signal `sync-now` tries at once.',
  held: 'The brake holds this run. `seatgeek-halo preview <connection> --next-run` shows what it would do; signal `approve` lets it go on.',
  'cursor-expired': 'SeatGeek no longer serves the cursor. Signal `clear-cursor` to read all history again.',
};

/** Not in the static details: Temporal shows those of the first cycle only. */
const MESSAGES =
  'Signals: `pause`, `resume`, `sync-now`, `import-100`, `clear-cursor`, `retry-rejected`, `approve`. Queries: `status`, `rejected`. ' +
  'Updates: `validate`, `configure`, `preview`, `trace`.';

/** Temporal's limit is about 20 kB (`reference/temporal.md` A.2). */
const MAX_CHARACTERS = 6_000;

/** Markdown of at most a few kilobytes. Texts come from other systems and other versions: none is taken for Markdown. */
export function detailsOf(state: State, settings: ConnectionSettings): string {
  const phase = phaseOf(state);
  return [
    `**${plain(settings.name)}**: ${plain(settings.seatgeekHost)} → ${plain(settings.haloHost)}`,
    `Phase **${phase}** · integrator **${state.integrator}**${state.integratorNote === null ? '' : ` (${plain(state.integratorNote)})`}`,
    NEXT_STEP[phase],
    ...errorLines(state),
    ...alertLines(state),
    ...reportTable(state),
    `Last synced: ${state.lastSyncedAt ?? 'never'} · next run: ${state.nextRunAt ?? 'on signal'} · epoch ${state.epoch}`,
    ...rejectedLines(state),
    ...schemaLines(state),
    ...haloLines(state),
    ...deactivatedLines(state),
    MESSAGES,
  ]
    .join('\n\n')
    .slice(0, MAX_CHARACTERS);
}

function errorLines(state: State): string[] {
  if (state.lastError === null) return [];
  const { message, hint, at } = state.lastError;
  return [`**Error** ${code(state.lastError.code)} at ${at}: ${plain(message)}`, `**What to do:** ${plain(hint)}`];
}

function alertLines({ alerts }: State): string[] {
  if (alerts.failure === null) return [];
  const { message, hint, at } = alerts.failure;
  return [`**The webhook was not told** ${code(alerts.failure.code)} at ${at}: ${plain(message)} ${plain(hint)}`];
}

/** One column per report that there is. */
function reportTable({ run, lastRun, sampleImport }: State): string[] {
  const all: [string, RunReport | null][] = [
    ['run in progress', run],
    ['last run', lastRun],
    ['sample import', sampleImport],
  ];
  const reports = all.flatMap(([title, report]) => (report === null ? [] : [{ title, ...report }]));
  if (reports.length === 0) return [];
  const row = (name: string, of: (report: RunReport & { title: string }) => string | number): string =>
    `| ${name} | ${reports.map(of).join(' | ')} |`;
  return [
    [
      // The Web UI leaves no room between columns, and takes ordinary blanks away.
      row('', ({ title }) => `\u00a0\u00a0${title}`),
      `| --- |${' ---: |'.repeat(reports.length)}`,
      row('trigger', ({ trigger }) => trigger),
      row('outcome', ({ outcome }) => outcome ?? 'going on'),
      row('pages', ({ pages }) => pages),
      row('change events', ({ events }) => events),
      row('**people**', ({ people }) => `**${people}**`),
      ...Object.values(eachCount((name) => row(COUNT_TITLES[name], (report) => report[name] ?? 0))).slice(1),
      row('Halo requests', ({ haloRequests }) => haloRequests),
      row('SeatGeek requests', ({ seatgeekRequests }) => seatgeekRequests),
    ].join('\n'),
  ];
}

function rejectedLines(state: State): string[] {
  const { users, beyond } = state.rejected;
  if (users.length === 0) return [];
  const table = [
    '| SeatGeek ID | why | attempts |',
    '| --- | --- | ---: |',
    ...users.slice(0, SHOWN_REJECTED).map((user) => {
      const gone = user.pageGone ? ' (no longer on its page of the feed)' : '';
      return `| ${code(user.seatgeekId)} | ${plain(user.code)}: ${plain(user.message)}${gone} | ${user.attempts} |`;
    }),
  ];
  const more = users.length + beyond - Math.min(users.length, SHOWN_REJECTED);
  return [
    `**Rejected people** (query \`rejected\` lists them; each is retried by itself):`,
    table.join('\n') + (more > 0 ? `\n\n… and ${more} more` : ''),
    ...[...new Set(users.slice(0, SHOWN_REJECTED).map((user) => user.code))].map(
      (reason) => `${code(reason)}: ${reasonOf(reason).hint}`,
    ),
  ];
}

function schemaLines({ schema }: State): string[] {
  const { newColumns = [], changedTypes = [] } = schema ?? {};
  const names = (list: readonly string[]): string => list.map(code).join(', ');
  return [
    ...(changedTypes.length === 0
      ? []
      : [
          `**Mapped columns have changed their type:** ${names(changedTypes)}. Look at a \`preview\`; \`configure\` takes the note away.`,
        ]),
    ...(newColumns.length === 0 ? [] : [`New columns in the feed, not mapped: ${names(newColumns)}.`]),
  ];
}

function haloLines({ run, lastRun, habits }: State): string[] {
  const directory = (run ?? lastRun)?.directory ?? null;
  return [
    ...(directory === null ? [] : [`Who is in Halo: ${plain(directory)}.`]),
    ...(habits === null ? [] : [`Seen of this Halo: ${wordsOf(habits)}.`]),
  ];
}

/** Who is no longer in that list, and comes back, stays inactive. */
function deactivatedLines({ deactivated }: State): string[] {
  if (deactivated.length < MAX_DEACTIVATED_KEYS) return [];
  return [
    'More people were made inactive than the connection remembers: of those who come back, whoever was deleted before the last 2,000 stays inactive until somebody activates them in Halo.',
  ];
}

/** Only activities check what they carry with the state; another version may have written it in another shape. */
function wordsOf(habits: TenantHabits): string {
  try {
    return plain(habitsInWords(habits).join('; '));
  } catch {
    return 'what another version of the program wrote';
  }
}

/** Keeps outside text within a span of code. */
function code(text: string): string {
  return `\`${text.replaceAll(/[|`<>[\]\\\s]+/g, ' ').trim()}\``;
}

/** Keeps outside text from being read as Markdown. */
function plain(text: string): string {
  return text
    .replaceAll(/[|`*_<>[\]\\]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
