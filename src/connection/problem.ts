/** What is wrong with a connection file: a place in it and words that never repeat a value. */
import { isPlainKey } from './secret-looks.js';

export interface Problem {
  /** Like `users.fieldMappings[2].to`; empty for the file as a whole. */
  readonly place: string;
  readonly text: string;
}

/** `users.fieldMappings[2].to` for the path of a value; keys that are no plain names are not repeated. */
export function placeOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((place, key) => {
    if (typeof key === 'number') return `${place}[${key}]`;
    return place === '' ? plainKey(key) : `${place}.${plainKey(key)}`;
  }, '');
}

function plainKey(key: PropertyKey): string {
  return typeof key === 'string' && isPlainKey(key) ? key : '(unreadable key)';
}
