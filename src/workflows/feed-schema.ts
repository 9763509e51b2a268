/** What became of the feed's columns since the connection first saw them, or was last configured. Pure. */
import type { FeedColumns } from '../activities/types.js';

export interface FeedSchema {
  /** Of the columns as they are now. */
  readonly hash: string;
  /** Names and types to compare with. */
  readonly first: readonly (readonly [name: string, type: string | null])[];
  readonly newColumns: readonly string[];
  /** Of mapped columns, like `birthday: date → text`. */
  readonly changedTypes: readonly string[];
}

/** What `status` shows of it. */
export type SchemaDrift = Pick<FeedSchema, 'newColumns' | 'changedTypes'>;

/** Keeps status and details readable. */
const SHOWN = 30;

/** A column that vanishes is not noted here: a mapped one stops the run (`column-missing`), any other concerns nobody. */
export function noteColumns(schema: FeedSchema | null, { hash, list }: FeedColumns): FeedSchema {
  if (schema === null)
    return { hash, first: list.map(({ name, type }) => [name, type]), newColumns: [], changedTypes: [] };
  const first = new Map(schema.first);
  const changed = list.flatMap(({ name, type, mapped }) => {
    const before = first.get(name) ?? null;
    return mapped && before !== null && type !== null && before !== type ? [`${name}: ${before} → ${type}`] : [];
  });
  return {
    hash,
    first: schema.first,
    newColumns: list.flatMap(({ name }) => (first.has(name) ? [] : [name])).slice(0, SHOWN),
    changedTypes: changed.slice(0, SHOWN),
  };
}

/** Null when there is nothing to say. */
export function driftOf(schema: FeedSchema | null): SchemaDrift | null {
  if (schema === null || schema.newColumns.length + schema.changedTypes.length === 0) return null;
  const { newColumns, changedTypes } = schema;
  return { newColumns, changedTypes };
}
