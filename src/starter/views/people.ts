/** People as `preview` and `trace` show them: what would happen to each, field by field. Pure. */
import type { PreviewAnswer, RunOutlook } from '../../activities/answers.js';
import { PREVIEW_OUTCOMES, type PreviewedPerson, type ValueChange } from '../../contract/previewed-person.js';
import { clean, count, table, type Cell, type Colors, type Paint } from '../text.js';
import { plural } from './run.js';

/** One block a person, then the counts. */
export function previewLines(answer: PreviewAnswer, colors: Colors): string[] {
  return [
    ...answer.people.flatMap((person) => personLines(person, colors)),
    ...(answer.people.length === 0 ? [] : ['']),
    ...(answer.run === undefined
      ? [`${plural(answer.events, 'change event')}, ${count(answer.people.length)} people: ${totals(answer.people)}`]
      : runOutlookLines(answer.run, answer.people.length)),
    `nothing was written; ${plural(answer.haloRequests, 'request')} to Halo, ${count(answer.seatgeekRequests)} to SeatGeek`,
  ];
}

/** The whole run in numbers, and how many of its people are shown above. */
function runOutlookLines(run: RunOutlook, shown: number): string[] {
  const counts: [number, string][] = [
    [run.created, 'created'],
    [run.matchedByEmail, 'matched by e-mail'],
    [run.updated, 'updated'],
    [run.deactivated, 'deactivated'],
    [run.unchanged, 'unchanged'],
    [run.unread, 'known when Halo is read'],
    [run.skipped, 'skipped'],
    [run.rejected, 'rejected'],
  ];
  const present = counts.filter(([people]) => people > 0).map(([people, word]) => `${count(people)} ${word}`);
  return [
    `the run: ${plural(run.events, 'change event')}, ${count(run.people)} people`,
    `  ${present.length === 0 ? 'nothing to do' : present.join(', ')}`,
    ...(shown === 0 ? [] : [`  shown: the first ${count(shown)} for whom it would do something`]),
    ...(run.brake === null ? [] : [`  the brake: ${clean(run.brake)}`]),
  ];
}

/** A line that says what would happen and why it is this user, then the fields that would change. */
export function personLines(person: PreviewedPerson, colors: Colors): string[] {
  const { outcome, seatgeekId, name, rejection } = person;
  const head = [
    WORDS[outcome].paint(colors)(WORDS[outcome].text),
    clean(seatgeekId),
    clean(name ?? ''),
    matchText(person),
  ];
  return [
    head.filter((part) => part !== '').join('  '),
    ...(rejection === null ? [] : [`    ${clean(rejection.code)}: ${clean(rejection.message)}`]),
    ...table(person.changes.map((change) => changeRow(change, colors))),
  ];
}

const WORDS: Record<PreviewedPerson['outcome'], { text: string; paint: (colors: Colors) => Paint }> = {
  create: { text: 'create   ', paint: ({ green }) => green },
  update: { text: 'update   ', paint: ({ cyan }) => cyan },
  unchanged: { text: 'unchanged', paint: ({ dim }) => dim },
  skip: { text: 'skip     ', paint: ({ dim }) => dim },
  rejected: { text: 'rejected ', paint: ({ yellow }) => yellow },
};

function matchText({ matchedBy, haloUserId }: PreviewedPerson): string {
  if (haloUserId === null) return '';
  const by = { id: ', by SeatGeek ID', email: ', by e-mail', none: '' }[matchedBy ?? 'none'];
  return `(Halo user ${haloUserId}${by})`;
}

function changeRow({ field, before, after }: ValueChange, colors: Colors): Cell[] {
  const isUnseen = seenAs(before) === seenAs(after);
  const text = isUnseen ? unseenText : valueText;
  return [{ text: `    ${clean(field)}` }, { text: text(before), paint: colors.dim }, { text: `→ ${text(after)}` }];
}

/** Two texts that are seen as one are the same here. */
function seenAs(value: ValueChange['before']): string {
  return valueText(value).normalize('NFC').replaceAll(/\p{Z}/gu, ' ');
}

/** What nobody sees, like a blank at the end, made visible: else a change would seem to be none. */
function unseenText(value: ValueChange['before']): string {
  return JSON.stringify(value).replaceAll(
    /[^\P{Z} ]|[\p{Cc}\p{Cf}\p{M}]/gu,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function valueText(value: ValueChange['before']): string {
  if (value === null || value === '') return '(empty)';
  return clean(String(value));
}

function totals(people: readonly PreviewedPerson[]): string {
  const present = PREVIEW_OUTCOMES.flatMap((outcome) => {
    const times = people.filter((person) => person.outcome === outcome).length;
    return times === 0 ? [] : [`${count(times)} ${outcome}`];
  });
  return present.length === 0 ? 'none' : present.join(', ');
}
