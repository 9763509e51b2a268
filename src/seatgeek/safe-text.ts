/** Texts from SeatGeek for errors and reports: short, on one line, without what may be a person, a token or a cursor. */

const MAX_LENGTH = 200;
const REMOVED = '[removed]';

const EMAIL = /[^\s"'<>(),;]+@[^\s"'<>(),;]+/g;
/** Runs of 20 characters and more with a digit: tokens, cursors, ids, addresses with parameters. */
const TOKEN = /(?=[\w\-+/=.:~%?&]*\d)[\w\-+/=.:~%?&]{20,}/g;
/** Seven digits and more, however grouped: phone and account numbers. */
const LONG_NUMBER = /\+?\d(?:[\s().-]{0,2}\d){6,}/g;
// eslint-disable-next-line no-control-regex -- control characters could move a terminal's cursor
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/g;

/** At most 200 characters of `text`. */
export function safeText(text: string): string {
  return text
    .slice(0, 2_000)
    .replace(CONTROL, ' ')
    .replace(EMAIL, REMOVED)
    .replace(TOKEN, REMOVED)
    .replace(LONG_NUMBER, REMOVED)
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, MAX_LENGTH);
}
