/** The functions of an expression: CEL's for texts, and those that skip blanks, read dates and keep digits. Pure. */
import { RE2JS, RE2JSException } from 're2js';
import { dayPicture, readDate, readSeconds, type DayPicture } from './dates.js';
import {
  ExpressionFailure,
  isBlank,
  MAX_LIST,
  MAX_TEXT,
  toBool,
  toNumber,
  toText,
  trimmed,
  type Budget,
  type Value,
  type ValueType,
} from './expression-value.js';

/** Arguments are of the types asked for; a number is null where it is blank, and one left out is undefined. */
export type Call = (args: readonly Value[], budget: Budget) => Value;

/** One function; a method's first parameter is what it is called on. */
export interface CelFunction {
  readonly parameters: readonly ValueType[];
  /** How many of them may be left out. */
  readonly optional?: number;
  readonly result: ValueType;
  /** Once per expression, with the arguments that are written out as texts. Throws {@link ArgumentProblem}. */
  readonly prepare: (literals: readonly (string | undefined)[]) => Call;
}

/** A text in an expression that its function can't use. */
export class ArgumentProblem extends Error {}

type TextCall = (text: string, args: readonly Value[], budget: Budget) => Value;
type SearchCall = (text: string, part: string, budget: Budget, by: Value) => Value;

/** Called on a value: `email.endsWith('.example')`. */
export const METHODS: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ['contains', search('bool', (text, part) => text.includes(part))],
  ['startsWith', onText(['text'], 'bool', (text, [part]) => text.startsWith(String(part)))],
  ['endsWith', onText(['text'], 'bool', (text, [part]) => text.endsWith(String(part)))],
  ['indexOf', search('number', (text, part) => text.indexOf(part))],
  ['lastIndexOf', search('number', (text, part) => text.lastIndexOf(part))],
  ['lowerAscii', onText([], 'text', (text) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()))],
  ['upperAscii', onText([], 'text', (text) => text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()))],
  ['lower', onText([], 'text', (text) => text.toLowerCase())],
  ['upper', onText([], 'text', (text) => text.toUpperCase())],
  ['trim', onText([], 'text', (text) => text.trim())],
  ['charAt', onText(['number'], 'text', (text, [at]) => text.charAt(position(at, text.length, 0)))],
  ['substring', { ...onText(['number', 'number'], 'text', substring), optional: 1 }],
  ['replace', search('text', replace, ['text'])],
  ['split', search('list', pieces)],
  ['matches', matches()],
  ['size', size()],
  ['join', join()],
]);

/** Called by name alone: `join([city, state], ', ')`. */
export const FUNCTIONS: ReadonlyMap<string, CelFunction> = new Map<string, CelFunction>([
  ['join', join()],
  ['first', of('list', 'any', (list) => presentIn(list)[0] ?? null)],
  ['size', size()],
  ['matches', matches()],
  ['string', of('any', 'text', toText)],
  ['number', of('any', 'number', toNumber)],
  ['double', of('any', 'number', toNumber)],
  ['int', of('any', 'number', (value) => whole(toNumber(value)))],
  ['bool', of('any', 'bool', toBool)],
  ['digits', of('text', 'text', (text) => String(text).replace(/\D/g, ''))],
  ['date', { parameters: ['text', 'text'], optional: 1, result: 'text', prepare: prepareDate }],
  ['formatDate', { parameters: ['text', 'text'], result: 'text', prepare: prepareFormatDate }],
  ['timestamp', of('any', 'text', timestamp)],
]);

const MACRO = 'expressions that go through lists are not available';

/** Names that people know from elsewhere, and what to do instead. */
export const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...['all', 'exists', 'exists_one', 'existsOne', 'map', 'filter', 'bind'].map((name): [string, string] => [
    name,
    MACRO,
  ]),
  ['has', "a missing column is blank, so write column != ''"],
  ['lowercase', 'write text.lower()'],
  ['uppercase', 'write text.upper()'],
  ['concat', "write a + ' ' + b, or join([a, b], ' ')"],
  ['coalesce', 'write first([a, b])'],
  ['now', 'every run must map the same row to the same value'],
]);

/** A function that needs nothing of its expression. */
function plain(parameters: readonly ValueType[], result: ValueType, call: Call): CelFunction {
  return { parameters, result, prepare: () => call };
}

function of(parameter: ValueType, result: ValueType, call: (value: Value, budget: Budget) => Value): CelFunction {
  return plain([parameter], result, ([value], budget) => call(value, budget));
}

function onText(more: readonly ValueType[], result: ValueType, call: TextCall): CelFunction {
  return plain(['text', ...more], result, ([text, ...args], budget) => call(String(text), args, budget));
}

/** Pairs of characters that a search may compare for what one character costs elsewhere: a pair takes up to a third of a nanosecond. */
const PAIRS = 64;

/** Looks for a part of a text. Where the part nearly fits everywhere, that compares all of it at every place: it is spent beforehand. */
function search(result: ValueType, call: SearchCall, more: readonly ValueType[] = []): CelFunction {
  return onText(['text', ...more], result, (text, [given, by], budget) => {
    const part = String(given);
    budget.spend((Math.max(text.length - part.length, 0) * part.length) / PAIRS);
    return call(text, part, budget, by);
  });
}

/** Positions beyond the end mean the end: a short value is no reason to reject anybody. */
function position(value: Value, length: number, whenBlank: number): number {
  return typeof value === 'number' ? Math.min(Math.max(Math.trunc(value), 0), length) : whenBlank;
}

function substring(text: string, [from, to]: readonly Value[]): string {
  return text.slice(position(from, text.length, 0), position(to, text.length, text.length));
}

function replace(text: string, part: string, budget: Budget, by: Value): string {
  return part === '' ? text : joined(pieces(text, part, budget), String(by), budget);
}

function pieces(text: string, separator: string, budget: Budget): readonly string[] {
  const found = text.split(separator, MAX_LIST + 1);
  if (found.length > MAX_LIST) throw new ExpressionFailure('too-costly');
  budget.spend(found.length);
  return found;
}

function join(): CelFunction {
  const call: Call = ([list, separator], budget) => {
    const texts = presentIn(list).map((value) => toText(value, budget).trim());
    return joined(texts, typeof separator === 'string' ? separator : '', budget);
  };
  return { ...plain(['list', 'text'], 'text', call), optional: 1 };
}

function joined(texts: readonly string[], separator: string, budget: Budget): string {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  if (length > MAX_TEXT) throw new ExpressionFailure('too-costly');
  budget.spend(length);
  return texts.join(separator);
}

/** The values that are not blank; a text of nothing but blanks counts as blank. */
function presentIn(list: Value): readonly Value[] {
  if (!Array.isArray(list)) return [];
  return list.filter((value: Value) => !isBlank(trimmed(value)));
}

function size(): CelFunction {
  return of('any', 'number', (value, budget) =>
    Array.isArray(value) ? value.length : Array.from(toText(value, budget)).length,
  );
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.trunc(value);
}

const MAX_PATTERN = 200;
/** Instructions. */
const MAX_PROGRAM = 300;

/** RE2: the time it takes grows with the text, whatever the pattern. */
function matches(): CelFunction {
  return {
    parameters: ['text', 'text'],
    result: 'bool',
    prepare: ([, literal]) => {
      const pattern = compilePattern(literal);
      const size = pattern.programSize();
      return ([text], budget) => {
        budget.spend(String(text).length * size);
        return pattern.test(String(text));
      };
    },
  };
}

function compilePattern(source: string | undefined): RE2JS {
  if (source === undefined) throw new ArgumentProblem('the pattern must be a text in quotes');
  if (source.length > MAX_PATTERN) throw new ArgumentProblem(`the pattern is longer than ${MAX_PATTERN} characters`);
  let pattern;
  try {
    pattern = RE2JS.compile(source);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new ArgumentProblem('the pattern is not one of RE2 (no look-around, no back references)');
  }
  if (pattern.programSize() > MAX_PROGRAM) throw new ArgumentProblem('the pattern repeats too much');
  return pattern;
}

function prepareDate([, literal]: readonly (string | undefined)[]): Call {
  const picture = literal === undefined ? undefined : pictureOf(literal);
  if (picture?.isWhole === false) throw new ArgumentProblem(PICTURE);
  return ([text, given]) => {
    const value = String(text).trim();
    if (value === '') return null;
    const form = picture ?? (typeof given === 'string' ? dayPicture(given) : undefined);
    return found(
      given === undefined ? readDate(value)?.slice(0, 10) : form?.read(value),
      given === undefined ? NO_DATE : NOT_OF_FORM,
    );
  };
}

function prepareFormatDate([, literal]: readonly (string | undefined)[]): Call {
  const picture = literal === undefined ? undefined : pictureOf(literal);
  return ([text, given]) => {
    const value = String(text).trim();
    if (value === '') return null;
    const day = found(readDate(value), NO_DATE);
    return found((picture ?? dayPicture(String(given)))?.write(day), PICTURE);
  };
}

const PICTURE = "the form of a date is written like 'DD/MM/YYYY'";

function pictureOf(literal: string): DayPicture {
  const picture = dayPicture(literal);
  if (picture === undefined) throw new ArgumentProblem(PICTURE);
  return picture;
}

/** A number is seconds since 1970. */
function timestamp(value: Value, budget: Budget): Value {
  if (isBlank(value)) return null;
  return found(typeof value === 'number' ? readSeconds(value) : readDate(toText(value, budget).trim()), NO_DATE);
}

const NO_DATE =
  "a text that is no date like 2026-11-23 stands where a date is read, like '23/11/2026'; say its form: date(text, 'DD/MM/YYYY')";
const NOT_OF_FORM = "a date is not of the form that is given, as '2026-11-23' is not of 'DD/MM/YYYY'";

function found(text: string | undefined, reason: string): string {
  if (text === undefined) throw new ExpressionFailure('failed', reason);
  return text;
}
