/**
 * Halo's refusals as text: one sentence from any of its shapes (`reference/halo.md` 5.3), without personal data. Nobody can list what a
 * message may quote, so beside the values that are known, whatever is no word of Halo's own, no name of a field and no short number is hidden.
 */
import { isObject, readJson, type JsonObject } from '../../json.js';
import { userFieldType } from '../fields/user-fields.js';
import { OWN_WORDS } from './own-words.js';

/** Longest reason kept, in characters. */
const MAX_REASON = 200;
/** No pattern looks at more of a text: it may be as long as an answer. */
const MAX_READ = 2_000;

/** A value that must not be shown and the name shown in its place. */
export interface HiddenValue {
  readonly field: string;
  readonly value: string;
}

/** The reason in an answer's body: the first message member of a JSON object, else the joined messages of a binding map, else the text. */
export function errorText(body: string): string {
  const parsed = readJson(body);
  const reason = typeof parsed === 'string' ? parsed : isObject(parsed) ? fromObject(parsed) : undefined;
  const text = (reason ?? body).slice(0, MAX_READ);
  return squeeze(isMarkup(text) ? 'no readable reason' : decodeEntities(text)) || 'no reason given';
}

const MESSAGE_KEYS = ['message', 'errormessage', 'error_description', 'error'];

function fromObject(object: JsonObject): string | undefined {
  const byKey = new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of MESSAGE_KEYS) {
    const value = byKey.get(key);
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return fromBindingMap(object);
}

/** `{"[0].site_id": ["Could not convert …"]}` becomes `site_id: Could not convert …`. */
function fromBindingMap(object: JsonObject): string | undefined {
  const lines = Object.entries(object).flatMap(([path, value]) => {
    const messages: unknown[] = Array.isArray(value) ? value : [value];
    const texts = messages.filter((message) => typeof message === 'string');
    return texts.length === 0 ? [] : [`${fieldOf(path)}${texts.join(' ')}`];
  });
  return lines.length === 0 ? undefined : lines.join('; ');
}

/** A key that is no path of a field may be anything, also what was sent. */
function fieldOf(path: string): string {
  const field = path.slice(0, 100).replace(/^\[\d+\]\.?/, '');
  return /^[a-z_][a-z0-9_.[\]]*$/.test(field) ? `${field}: ` : '';
}

/**
 * Replaces the values of the person by the names of their fields, in any letter case, then whatever else may be personal, and cuts the text.
 * Values of up to three characters are replaced only where they stand alone.
 */
export function redact(reason: string, hidden: readonly HiddenValue[] = []): string {
  // Angle brackets are for what takes the place of a value.
  const text = reason.slice(0, MAX_READ).replace(/<(?!…>)|(?<!<…)>/g, ' ');
  const folded = fold(text);
  const longestFirst = hidden
    .map(({ field, value }) => ({ field, value: squeeze(value.slice(0, MAX_READ)) }))
    .filter(({ value }) => value !== '' && folded.includes(fold(value)))
    .sort((a, b) => b.value.length - a.value.length);
  const general = hideOthers(longestFirst.reduce((kept, { field, value }) => hide(kept, field, value), text));
  return general.length <= MAX_REASON ? general : `${general.slice(0, MAX_REASON - 1)}…`;
}

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const DATES = new RegExp(
  [
    String.raw`\b\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[T ][\d:.]+Z?)?`,
    String.raw`\b\d{1,2}(?:st|nd|rd|th)? ${MONTH},? \d{2,4}\b`,
    String.raw`\b${MONTH} \d{1,2}(?:st|nd|rd|th)?,? \d{2,4}\b`,
  ].join('|'),
  'gi',
);

/** What the database calls by name: `column 'uusername'`; what stands in the place of a value; any other word. */
const PIECES =
  /\b(?:column|constraint|index|object|parameter|procedure|table) ['"[][\w.]{1,128}['"\]]|<[^>]*>|[\p{L}\p{M}\p{N}_]+/giu;

function hideOthers(text: string): string {
  return text
    .replace(/(truncated value).*/is, '$1: <…>')
    .replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, '<e-mail>')
    .replace(DATES, '<date>')
    .replace(/\+?\d(?:[\s().-]?\d){6,}/g, '<number>')
    .replace(PIECES, (piece) => (mayBeShown(piece) ? piece : '<…>'))
    .replace(/<…>(?:[^\p{L}\p{N}<>]{1,3}<…>)+/gu, '<…>');
}

function mayBeShown(piece: string): boolean {
  if (!/^[\p{L}\p{M}\p{N}_]+$/u.test(piece)) return true;
  return /^(\d+|[a-z]|CF\w+)$/.test(piece) || userFieldType(piece) !== undefined || areOwnWords(piece);
}

/** Names of fields are own words with lines between. */
function areOwnWords(piece: string): boolean {
  return piece
    .toLowerCase()
    .split('_')
    .every((word) => OWN_WORDS.has(word));
}

/** Alike for all letters that an expression without regard to case takes for the same, so that few expressions are needed. */
function fold(text: string): string {
  return text.toLowerCase().toUpperCase();
}

function hide(text: string, field: string, value: string): string {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = value.length <= 3 ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
  return text.replace(new RegExp(pattern, 'giu'), `<${field}>`);
}

/** A proxy's or web server's page: nothing in it is Halo's reason. */
function isMarkup(text: string): boolean {
  return /^\s*<(!doctype|html|\?xml)/i.test(text);
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&apos;': "'",
  '&#39;': "'",
  '&nbsp;': ' ',
};

/** A word with any other entity is hidden: what it says in letters is not known here, so it can't be compared. */
function decodeEntities(text: string): string {
  const plain = text.replace(/&(?:amp|lt|gt|quot|apos|#39|nbsp);/g, (entity) => ENTITIES[entity] ?? entity);
  return plain.replace(/\S*&#?\w{2,10};\S*/g, '<…>');
}

/** One line, no control characters: the text ends up in terminals and in the Web UI. */
function squeeze(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim();
}
