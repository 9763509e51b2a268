/** JSON numbers with more digits than JavaScript keeps, like ids of 20 digits, become texts before they are parsed. Pure. */
import { endOfString } from '../json.js';

/** Where a long number may begin: looked for in a whole page, so it is a pattern that is soon done with most of it. */
const MAY_BE_LONG = /(?:^|[:,[])\s*-?[\d.]{16}/;
/** Fewer digits are exact. */
const LONG = 16;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** The same JSON, except that a number that would change by being parsed stands in quotes. */
export function withExactNumbers(json: string): string {
  if (!MAY_BE_LONG.test(json)) return json;
  const parts: string[] = [];
  let copied = 0;
  for (let at = 0; at < json.length;) {
    const code = json.charCodeAt(at);
    if (code === QUOTE) at = endOfString(json, at);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      NUMBER.lastIndex = at;
      const [number = json.charAt(at)] = NUMBER.exec(json) ?? [];
      if (!isExact(number)) {
        parts.push(json.slice(copied, at), `"${number}"`);
        copied = at + number.length;
      }
      at += number.length;
    } else at += 1;
  }
  return parts.length === 0 ? json : parts.join('') + json.slice(copied);
}

const [QUOTE, MINUS, ZERO, NINE] = [34, 45, 48, 57];

/** Whether nothing is lost; a number with an exponent is an approximation anyway. */
function isExact(number: string): boolean {
  if (number.replace(/\D/g, '').length < LONG || /[eE]/.test(number)) return true;
  return String(Number(number)) === number || Number.isSafeInteger(Number(number));
}
