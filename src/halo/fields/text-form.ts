/** What of a value is only its form: a Halo may keep it in another one than it was sent. Pure. */
import { flagOf } from '../../mapping/expression-value.js';
import { isBlank } from './blank.js';
import { instantOf } from './instant.js';

const NAMED_ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
};
const LAST_CODE_POINT = 0x10_ff_ff;

/** A shorter text that another begins with may be another text; a column that cuts is seldom as short. */
const MIN_CUT = 20;
/** As many digits as a phone number has. */
const PHONE_DIGITS = 7;
const NUMBER = /^\s*[+-]?\d+(\.\d+)?\s*$/u;
const DECIMAL = /^\s*[+-]?\d+\.\d+\s*$/u;
const DAY_MS = 86_400_000;
/** No zone is further from UTC. */
const MAX_ZONE_MS = 14 * 3_600_000;
const BETWEEN_DIGITS = /[+().\-/]/gu;

/**
 * Whether two values differ in nothing but form: letter case, blanks, Unicode's ways to write a letter, entities, what stands between a phone
 * number's digits, its country, an end that is cut off, a mark like `-` or a no for nothing, a flag in words, a rounded number, a day in another
 * zone or without its time. Nobody can tell whether a Halo that shows the one was given the other.
 */
export function isFormOf(stored: unknown, sent: unknown): boolean {
  if (isBlank(stored))
    return sent === 0 || flagOf(sent) === false || (typeof sent === 'string' && !/[\p{L}\p{N}]/u.test(sent));
  if (typeof stored === 'boolean') return flagOf(sent) === stored;
  if (isRounded(stored, sent)) return true;
  if (typeof stored !== 'string' || typeof sent !== 'string') return false;
  if (isSameDay(stored, sent)) return true;
  const isPhone = digitsOf(sent).length >= PHONE_DIGITS && !DECIMAL.test(sent) && !DECIMAL.test(stored);
  const [kept = '', whole = ''] = [stored, sent]
    .map(bareText)
    .map((text) => (isPhone ? text.replace(BETWEEN_DIGITS, '') : text));
  if (kept === whole || (kept.length >= MIN_CUT && whole.startsWith(kept))) return true;
  return isPhone && (isAbroad(stored, sent) || isAbroad(sent, stored));
}

/** Whether the one is the other's number as it is dialled from abroad. */
function isAbroad(whole: string, local: string): boolean {
  if (!/^\s*(\+|00)[\d\s().\-/]+$/u.test(whole) || !/^[\d\s().\-/]+$/u.test(local)) return false;
  const number = digitsOf(local).replace(/^0/u, '');
  return number.length >= PHONE_DIGITS && digitsOf(whole).endsWith(number);
}

/** Whether a number has lost decimals. */
function isRounded(stored: unknown, sent: unknown): boolean {
  const [kept, whole] = [stored, sent].map((value) => (typeof value === 'number' ? String(value) : value));
  if (typeof kept !== 'string' || typeof whole !== 'string' || !NUMBER.test(kept) || !DECIMAL.test(whole)) return false;
  const [decimals, all] = [kept, whole].map((text) => text.trim().split('.')[1]?.length ?? 0) as [number, number];
  return decimals < all && Math.abs(Number(kept) - Number(whole)) < 10 ** -decimals;
}

/** Whether a time was cut off, or a day without a time is shown as of another zone. */
function isSameDay(stored: string, sent: string): boolean {
  const [kept, whole] = [stored, sent].map((text) => instantOf(text.trim().replace(' ', 'T')));
  if (kept === undefined || whole === undefined) return false;
  const isDay = whole % DAY_MS === 0;
  return kept === whole || (isDay && Math.abs(kept - whole) <= MAX_ZONE_MS) || kept === whole - (whole % DAY_MS);
}

/** The text without letter case, blanks, entities and invisible characters. Both ways of letter case, for `ß` and the Turkish `ı` lose theirs. */
export function bareText(text: string): string {
  return decodeEntities(text)
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .replace(/[\s\p{Cf}\p{Cc}]/gu, '');
}

function decodeEntities(text: string): string {
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/giu,
    (whole: string, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return NAMED_ENTITIES[name.toLowerCase()] ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= LAST_CODE_POINT ? String.fromCodePoint(code) : whole;
    },
  );
}

function digitsOf(text: string): string {
  return text.replace(/\D/gu, '');
}
