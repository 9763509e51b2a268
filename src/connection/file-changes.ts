/** What differs between two connection files, and what that does. Pure. */
import { isObject, type JsonObject } from '../json.js';
import type { Connection, ConnectionFile } from './schema.js';

export interface FileChange {
  /** Like `users.fieldMappings[2].from`, in the new file; of a mapping taken away, in the old one. */
  readonly place: string;
  /** Null where there was nothing. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Mappings are told apart by their targets, so that moving one changes nothing. */
const MAPPING_LISTS: ReadonlySet<string> = new Set(['users.fieldMappings', 'users.staticMappings']);

/**
 * Both with their defaults, so that what a file spells out and what it leaves to the default are the same; `before` may be of an older version that
 * this one can't read.
 */
export function fileChanges(before: Connection | ConnectionFile, after: Connection): FileChange[] {
  return changesAt('', { ...before, $schema: undefined }, { ...after, $schema: undefined });
}

function changesAt(place: string, before: unknown, after: unknown): FileChange[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (MAPPING_LISTS.has(place)) return mappingChanges(place, mappingsOf(before), mappingsOf(after));
  if (!isObject(before) || !isObject(after) || 'secret' in before)
    return [{ place, before: before ?? null, after: after ?? null }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => changesAt(place === '' ? key : `${place}.${key}`, before[key], after[key]));
}

interface Mapping {
  readonly to: unknown;
  readonly place: number;
  readonly mapping: JsonObject;
}

function mappingChanges(place: string, before: readonly Mapping[], after: readonly Mapping[]): FileChange[] {
  const old = new Map(before.map((one) => [one.to, one]));
  const present = new Set(after.map(({ to }) => to));
  const gone = before.filter(({ to }) => !present.has(to));
  return [
    ...after.flatMap((one) => {
      const at = `${place}[${one.place}]`;
      const was = old.get(one.to);
      return was === undefined
        ? [{ place: at, before: null, after: one.mapping }]
        : changesAt(at, was.mapping, one.mapping);
    }),
    ...gone.map((one) => ({ place: `${place}[${one.place}]`, before: one.mapping, after: null })),
  ];
}

function mappingsOf(list: unknown): Mapping[] {
  const mappings: unknown[] = Array.isArray(list) ? list : [];
  return mappings.flatMap((mapping, place) => (isObject(mapping) ? [{ to: mapping['to'], place, mapping }] : []));
}
