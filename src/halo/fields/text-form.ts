/** What of a text is only its form: a Halo may keep texts in another one than it was sent. Pure. */
import { isBlank } from './blank.js';

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
const DECIMAL = /^\s*[+-]?\d+\.\d+\s*$/u;
const BETWEEN_DIGITS = /[+().\-/]/gu;

/**
 * Whether two texts differ in nothing but form: letter case, blanks, Unicode's ways to write a letter, entities, what stands between a phone
 * number's digits, an end that is cut off, or a mark like `-` for nothing. Nobody can tell whether a Halo that shows the one was given the other.
 */
export function isFormOf(stored: unknown, sent: unknown): boolean {
  if (typeof sent !== 'string') return false;
  if (isBlank(stored)) return !/[\p{L}\p{N}]/u.test(sent);
  if (typeof stored !== 'string') return false;
  const isPhone = digitsOf(sent).length >= PHONE_DIGITS && !DECIMAL.test(sent) && !DECIMAL.test(stored);
  const [kept = '', whole = ''] = [stored, sent]
    .map(bareText)
    .map((text) => (isPhone ? text.replace(BETWEEN_DIGITS, '') : text));
  return kept === whole || (kept.length >= MIN_CUT && whole.startsWith(kept));
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
