/** What tells the SeatGeek IDs and e-mail addresses that users are matched by from others, whether a text is known or only its hash is kept. Pure. */
import { foldId } from '../../contract/person-key.js';
import { hash64 } from '../../hash.js';

/** Two words of 32 bits. */
export type Key = readonly [number, number];
/** Of no text at all. */
export const NO_KEY: Key = [0, 0];

/** A text of which only the key is kept begins as no text of a person can. */
const MARK = '\u0000';

export function isHidden(text: string | null): boolean {
  return text?.startsWith(MARK) ?? false;
}

/** What stands for a text of which only the key is kept; null for none. */
export function hiddenText(key: Key): string | null {
  return isNone(key) ? null : MARK + key.map((word) => word.toString(16).padStart(8, '0')).join('');
}

/** A hidden text has the key that it had. */
export function textKey(text: string | null): Key {
  if (text === null) return NO_KEY;
  return isHidden(text) ? [Number.parseInt(text.slice(1, 9), 16), Number.parseInt(text.slice(9), 16)] : hash64(text);
}

/** Letter case and padding of a SeatGeek ID count for nothing. */
export function idKey(seatgeekId: string | null): Key {
  return textKey(seatgeekId === null ? null : foldId(seatgeekId));
}

export function isNone(key: Key): boolean {
  return key[0] === 0 && key[1] === 0;
}

/** Of a text, as a text. */
export function keyOfText(text: string): string {
  return textKey(text).join(' ');
}

/** Of a SeatGeek ID, as a text. */
export function keyOfId(seatgeekId: string): string {
  return idKey(seatgeekId).join(' ');
}
