/** What a trace says, in plain sentences. They may hold the person's values: the answer is sealed. Pure. */
import type { FoundPerson, ImagePlace } from '../mapping/find-person.js';
import type { HaloValue, MappedPerson, Rejection } from '../mapping/types.js';
import { reasonOf } from '../contract/rejection-reasons.js';
import type { TraceStep } from './answers.js';
import type { PreviewedPerson, ValueChange } from '../contract/previewed-person.js';
import type { KnownRejection } from './types.js';

/** Whether the newest image lies before the connection's cursor. */
export type Reached = 'yes' | 'no' | 'unknown';

const SHOWN_PLACES = 5;

export function absentStep(pages: number, isWholeFeed: boolean): TraceStep {
  const end = isWholeFeed ? 'from its start to its end' : 'until time was up, not to its end';
  const read = `${count(pages, 'page')} ${pages === 1 ? 'was' : 'were'} read`;
  return { step: 'feed', ok: false, text: `The feed has nobody like that; ${read} ${end}.` };
}

export function feedStep(found: FoundPerson, others: readonly string[]): TraceStep {
  const shown = found.places.slice(-SHOWN_PLACES).map(placeText);
  const before = found.images > shown.length ? `the last ${shown.length} of them ` : '';
  const shared =
    others.length === 0 ? '' : ` The address also stands with ${others.join(', ')}; traced is who has it last.`;
  const end = found.isWholeFeed ? '' : ' Time was up before the end of the feed: newer images may follow.';
  return {
    step: 'feed',
    ok: true,
    text: `The feed has ${count(found.images, 'image')} of the person, ${before}at ${shown.join('; ')}.${shared}${end}`,
  };
}

export function mappingStep(person: MappedPerson): TraceStep {
  if (person.deleted) return { step: 'mapping', ok: true, text: 'The newest image is a delete; nothing is mapped.' };
  const fields = person.fields.map(
    ({ to, value, when }) => `${to} = ${show(value)}${when === 'create' ? ' (new users only)' : ''}`,
  );
  const lines = Object.entries(person.address ?? {}).map(([line, value]) => `address.${line} = ${show(value)}`);
  return { step: 'mapping', ok: true, text: `The newest image maps to ${[...fields, ...lines].join(', ')}.` };
}

export function rejectedMappingStep({ code, message }: Rejection): TraceStep {
  return { step: 'mapping', ok: false, text: `${reasonOf(code).sentence} (${code}: ${message})` };
}

export function matchStep({ matchedBy, haloUserId, outcome, rejection }: PreviewedPerson): TraceStep {
  if (matchedBy !== null)
    return {
      step: 'match',
      ok: true,
      text: `Halo user ${haloUserId ?? '?'} is the person, found by ${matchedBy === 'id' ? 'SeatGeek ID' : 'e-mail address'}.`,
    };
  if (outcome === 'rejected')
    return { step: 'match', ok: false, text: rejection?.message ?? 'No Halo user was chosen.' };
  const text =
    outcome === 'skip'
      ? 'Halo has nobody with this SeatGeek ID, and a delete creates nobody.'
      : 'Halo has nobody with this SeatGeek ID or e-mail address.';
  return { step: 'match', ok: true, text };
}

export function differenceStep({ outcome, changes }: PreviewedPerson): TraceStep[] {
  if (outcome === 'rejected' || outcome === 'skip') return [];
  if (outcome === 'unchanged') return [{ step: 'difference', ok: true, text: 'Halo has all of it already.' }];
  const text = outcome === 'create' ? 'A new user would get' : 'Halo differs in';
  return [{ step: 'difference', ok: true, text: `${text} ${changes.map(changeText).join('; ')}.` }];
}

/** Written or why not. `rejection` is the connection's own entry on the person. */
export function outcomeStep(
  person: PreviewedPerson | null,
  reached: Reached,
  rejection: KnownRejection | undefined,
): TraceStep {
  const text = outcomeText(person, reached, rejection);
  return {
    step: 'outcome',
    ok: reached === 'yes' && (person?.outcome === 'unchanged' || person?.outcome === 'skip'),
    text,
  };
}

function outcomeText(person: PreviewedPerson | null, reached: Reached, known: KnownRejection | undefined): string {
  if (reached === 'no')
    return "Not reached yet: the newest image stands after the connection's cursor, and the next run writes it as above.";
  if (known !== undefined) return rejectionText(known);
  const code = person?.rejection?.code;
  if (code !== undefined) return `It would be rejected (${code}). ${reasonOf(code).hint}`;
  if (person === null) return 'It would be rejected by the mapping.';
  switch (person.outcome) {
    case 'unchanged':
      return 'Written, or never different: Halo and SeatGeek agree.';
    case 'skip':
      return 'Nothing is to be written.';
    case 'create':
      return `The cursor is past the newest image and Halo has no such user: somebody took it away in Halo, or the mapping was changed since. ${AGAIN}`;
    default:
      return `The cursor is past the newest image and Halo differs: somebody changed it in Halo, or the mapping was changed since. ${AGAIN}`;
  }
}

const AGAIN = "It is written with the person's next change, or when clear-cursor reads all history again.";

function rejectionText({ code, message, attempts, firstSeenAt, inRuns }: KnownRejection): string {
  const next = inRuns <= 1 ? 'with the next run' : `in ${inRuns} runs`;
  return (
    `Rejected since ${firstSeenAt}, tried ${count(attempts, 'time')} (${code}: ${message}). ${reasonOf(code).hint} ` +
    `It is tried again ${next}, and at once on retry-rejected.`
  );
}

function placeText({ page, position, operation, sequence }: ImagePlace): string {
  return `page ${page}, event ${position} (${operation}${sequence === null ? '' : `, sequence ${sequence}`})`;
}

function changeText({ field, before, after }: ValueChange): string {
  return before === null ? `${field} ${show(after)}` : `${field} ${show(before)} → ${show(after)}`;
}

function show(value: HaloValue): string {
  return value === null || value === '' ? 'blank' : JSON.stringify(value);
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
