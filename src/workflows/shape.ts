/**
 * Readers of plain JSON that comes from outside: a reader answers the value as it is typed from there on, or undefined for what it should not
 * be. Hand-written, because a schema library in the workflow bundle would be loaded anew by every cached workflow. Pure; never throws.
 */

import { depthBeyond, isObject, MAX_DEPTH } from '../json.js';

/** Undefined: this is not what it should be. */
export type Reader<T> = (value: unknown) => T | undefined;

/** One member of an object. Without `otherwise` the object as a whole is not readable when this member is not, unless it may be left out. */
export interface Member<T> {
  readonly read: Reader<T>;
  readonly otherwise?: T;
  readonly isOptional?: boolean;
}

export const flag: Reader<boolean> = (value) => (typeof value === 'boolean' ? value : undefined);

export function text(maxLength: number): Reader<string> {
  return (value) => (typeof value === 'string' && value.length <= maxLength ? value : undefined);
}

/** Longer texts are cut. */
export function cutText(maxLength: number): Reader<string> {
  return (value) => (typeof value === 'string' ? value.slice(0, maxLength) : undefined);
}

export function whole(least = 0, most = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;
}

/** ISO 8601 with a year of four digits. */
export const instant: Reader<string> = (value) =>
  typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]{5,18}Z$/.test(value) && Number.isFinite(Date.parse(value))
    ? value
    : undefined;

export function oneOf<const T extends string>(...words: readonly T[]): Reader<T> {
  return (value) => words.find((word) => word === value);
}

export function orNull<T>(read: Reader<T>): Reader<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** Entries that are not readable are left out, and so is what is beyond `most`. */
export function listOf<T>(read: Reader<T>, most: number): Reader<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return undefined;
    const entries: readonly unknown[] = value;
    return entries
      .map(read)
      .filter((entry) => entry !== undefined)
      .slice(0, most);
  };
}

export function pair<A, B>(first: Reader<A>, second: Reader<B>): Reader<readonly [A, B]> {
  return (value) => {
    if (!Array.isArray(value) || value.length !== 2) return undefined;
    const [a, b] = [first(value[0]), second(value[1])];
    return a === undefined || b === undefined ? undefined : [a, b];
  };
}

/** Members that are not named are left out. */
export function object<T extends object>(members: { readonly [K in keyof T]-?: Member<T[K]> }): Reader<T> {
  return (value) => {
    if (!isObject(value)) return undefined;
    const read: Partial<T> = {};
    for (const name in members) {
      const member = readMember(members[name], value[name]);
      if (member !== undefined) read[name] = member;
    }
    return isWhole(read, members) ? read : undefined;
  };
}

function readMember<T>({ read, otherwise }: Member<T>, value: unknown): T | undefined {
  const member = read(value);
  return member === undefined ? otherwise : member;
}

function isWhole<T extends object>(read: Partial<T>, members: { readonly [K in keyof T]-?: Member<T[K]> }): read is T {
  for (const name in members) if (!(name in read) && members[name].isOptional !== true) return false;
  return true;
}

/** What only activities look into, and check there with a schema: any JSON of at most so many characters. */
export function opaque<T extends object>(maxCharacters: number): Reader<T> {
  return (value) => {
    if (!isObject(value) || depthBeyond(value, MAX_DEPTH)) return undefined;
    return JSON.stringify(value).length <= maxCharacters ? (value as T) : undefined;
  };
}
