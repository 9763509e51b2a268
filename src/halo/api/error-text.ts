/** Halo's refusals as text: one sentence from any of its shapes (`reference/halo.md` 5.3), without the person's values. */

/** Longest reason kept, in characters. */
const MAX_REASON = 200;

/** A value that must not be shown and the name shown in its place. */
export interface HiddenValue {
  readonly field: string;
  readonly value: string;
}

/** The reason in an answer's body: the first message member of a JSON object, else the joined messages of a binding map, else the text. */
export function errorText(body: string): string {
  const text = body.trim();
  const parsed = tryJson(text);
  const reason = typeof parsed === 'string' ? parsed : isObject(parsed) ? fromObject(parsed) : undefined;
  return squeeze(reason ?? (isMarkup(text) ? 'no readable reason' : text)) || 'no reason given';
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
    return texts.length === 0 ? [] : [`${path.replace(/^\[\d+\]\.?/, '')}: ${texts.join(' ')}`];
  });
  return lines.length === 0 ? undefined : lines.join('; ');
}

/**
 * Replaces the values of the person by the names of their fields, in any letter case, then whatever else looks like an e-mail address or a
 * long number, and cuts the text. Values of up to three characters are replaced only where they stand alone.
 */
export function redact(text: string, hidden: readonly HiddenValue[] = []): string {
  const folded = fold(text);
  const longestFirst = hidden
    .map(({ field, value }) => ({ field, value: value.trim() }))
    .filter(({ value }) => value !== '' && folded.includes(fold(value)))
    .sort((a, b) => b.value.length - a.value.length);
  const without = longestFirst.reduce((kept, { field, value }) => hide(kept, field, value), text);
  const general = without
    .replace(/[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g, '<e-mail>')
    .replace(/\+?\d(?:[\s().-]?\d){6,}/g, '<number>');
  return general.length <= MAX_REASON ? general : `${general.slice(0, MAX_REASON - 1)}…`;
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

/** One line, no control characters: the text ends up in terminals and in the Web UI. */
function squeeze(text: string): string {
  return text.replace(/[\s\p{C}]+/gu, ' ').trim();
}
