/** JSON from outside. What is nested without end would hold up the whole process, in the parser and in whoever walks the result. */
import { endOfString } from '../json.js';

/** No API that is known nests a tenth of it. */
const MAX_DEPTH = 100;
/** A shorter text is parsed within half a second however deep it is; a page of users is shorter. */
const HARMLESS_LENGTH = 1_000_000;

/** Throws a SyntaxError for what is not JSON or is nested deeper than a hundred levels and long. */
export function parseJson(text: string): unknown {
  if (text.length > HARMLESS_LENGTH && isTooDeep(text)) throw new SyntaxError('JSON that is nested too deep');
  return JSON.parse(text);
}

/** Looks at brackets outside of strings; never at what is between two quotes. */
function isTooDeep(text: string): boolean {
  const marks = /["[\]{}]/g;
  let depth = 0;
  for (let mark = marks.exec(text); mark !== null; mark = marks.exec(text)) {
    const [sign] = mark;
    if (sign === '"') marks.lastIndex = endOfString(text, mark.index);
    else depth += sign === '[' || sign === '{' ? 1 : -1;
    if (depth > MAX_DEPTH) return true;
  }
  return false;
}
