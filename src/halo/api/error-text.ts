/**
 * Halo's refusals as text: one sentence from any of its shapes (`reference/halo.md` 5.3), without personal data. Nobody can list what a
 * message may quote, so beside the values that are known, whatever has the form of a name, a date, a number or an address is hidden.
 */

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
  const parsed = tryJson(body);
  const reason = typeof parsed === 'string' ? parsed : isObject(parsed) ? fromObject(parsed) : undefined;
  const text = (reason ?? body).slice(0, MAX_READ);
  return squeeze(isMarkup(text) ? 'no readable reason' : decodeEntities(text)) || 'no reason given';
}

const MESSAGE_KEYS = ['message', 'errormessage', 'error_description', 'error'];

function fromObject(object: Readonly<Record<string, unknown>>): string | undefined {
  const byKey = new Map(Object.entries(object).map(([key, value]) => [key.toLowerCase(), value]));
  for (const key of MESSAGE_KEYS) {
    const value = byKey.get(key);
    if (typeof value === 'string' && value.trim() !== '') return value;
  }
  return fromBindingMap(object);
}

/** `{"[0].site_id": ["Could not convert …"]}` becomes `site_id: Could not convert …`. */
function fromBindingMap(object: Readonly<Record<string, unknown>>): string | undefined {
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
 * Replaces the values of the person by the names of their fields, in any letter case, then whatever else looks personal, and cuts the text.
 * Values of up to three characters are replaced only where they stand alone.
 */
export function redact(reason: string, hidden: readonly HiddenValue[] = []): string {
  const text = reason.slice(0, MAX_READ);
  const folded = fold(text);
  const longestFirst = hidden
    .map(({ field, value }) => ({ field, value: squeeze(value.slice(0, MAX_READ)) }))
    .filter(({ value }) => value !== '' && folded.includes(fold(value)))
    .sort((a, b) => b.value.length - a.value.length);
  const general = hideForms(longestFirst.reduce((kept, { field, value }) => hide(kept, field, value), text));
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

function hideForms(text: string): string {
  return text
    .replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, '<e-mail>')
    .replace(DATES, '<date>')
    .replace(/\+?\d(?:[\s().-]?\d){6,}/g, '<number>')
    .replace(CAPITALISED, (word) => (OWN_WORDS.has(word.toLowerCase()) ? word : '<…>'))
    .replace(/<…>(?:[\s,'’-]+<…>)+/g, '<…>');
}

/** A name, unless it is one of Halo's own words. What is a field's name in angle brackets stays. */
const CAPITALISED = /(?<![\p{L}\p{N}_<])(?!CF)\p{Lu}[\p{L}\p{M}]*(?![\p{N}_>])/gu;

/** Words that begin with a capital letter in the messages of Halo, its database and .NET, as far as they are known (5.3). */
const OWN_WORDS: ReadonlySet<string> = new Set(
  `a an the this that these there it is are was no not none and or of for in on at to from with by be if when you your we
  access account address agent all allowed already api app argument array asset attempted bad batch been before binary body
  call can cannot cf change check child client code collation column columns command conflict constraint content contract
  conversion convert converting could customer data database date datetime default delete deleted department details
  division does duplicate either email error every exception execution expected failed false field fields file first for
  foreign format found group guid halo halopsa haloitsm halocrm has have id ids identifier index input insert inserted
  inactive integer internal invalid item json key keys last length line list login logins may maximum message minimum missing mobile must name
  names new next notes null number object one only operation or order organisation organization parameter password path
  permission phone please postcode primary property query record records reference refused request required requires role
  row rows select server site sites something sql statement status step string system table text than ticket time timeout
  title token too transaction true truncated try type unable unauthorized undefined unexpected unique unknown update updated
  user username users usite uusername validation value values violation was were
  xml you yes rule must could may should will would has cannot`.split(/\s+/),
);

/** Alike for all letters that an expression without regard to case takes for the same, so that few expressions are needed. */
function fold(text: string): string {
  return text.toLowerCase().toUpperCase();
}

function hide(text: string, field: string, value: string): string {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = value.length <= 3 ? `(?<![\\p{L}\\p{N}])${escaped}(?![\\p{L}\\p{N}])` : escaped;
  return text.replace(new RegExp(pattern, 'giu'), `<${field}>`);
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
