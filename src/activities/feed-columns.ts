/** The feed's columns as the connection remembers them: names and types, bounded, and nothing of people. */
import { createHash } from 'node:crypto';
import type { FeedPage } from '../seatgeek/types.js';
import type { FetchResult } from './types.js';

/** Keeps the carried state small; mapped columns come first. */
const MAX_COLUMNS = 200;
/** What may stand in Temporal: the name of a column, no address and no sentence. */
const NAME = /^[\w.$-]{1,63}$/;
const TYPE = /^[\w (),[\]]{1,60}$/;

/** The columns, if they are others than those with the hash `known`. A feed that sends no table definition says nothing. */
export function newColumns(
  { columns, columnTypes = {} }: FeedPage,
  mapped: readonly string[],
  known: string | undefined,
): Pick<FetchResult, 'columns'> {
  if (known === undefined || columns.length === 0) return {};
  const all = columns
    .filter((name) => NAME.test(name))
    .map((name) => ({ name, type: typeOf(columnTypes[name]), mapped: mapped.includes(name) }));
  const list = [...all.filter((column) => column.mapped), ...all.filter((column) => !column.mapped)].slice(
    0,
    MAX_COLUMNS,
  );
  const hash = createHash('sha256').update(JSON.stringify(list)).digest('hex').slice(0, 16);
  return hash === known ? {} : { columns: { hash, list } };
}

function typeOf(type: string | undefined): string | null {
  return type !== undefined && TYPE.test(type) ? type : null;
}
