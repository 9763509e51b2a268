/** Which columns a connection needs of the feed. */
import type { Connection } from '../connection/schema.js';
import { DriftError } from '../errors.js';
import type { AddressLine } from './address.js';
import type { FieldRule } from './fields.js';
import { unquote } from './row.js';

/** Needed columns with the place in the connection file that needs them first. */
export type NeededColumns = ReadonlyMap<string, string>;

/** Default address lines need nothing: their columns are blank where the feed lacks them. */
export function neededColumns(
  { seatgeek }: Connection,
  fields: readonly FieldRule[],
  address: readonly AddressLine[],
): NeededColumns {
  const rules = [...fields, ...address.filter(({ isDefault }) => !isDefault)];
  const uses: [string, string][] = [
    [unquote(seatgeek.columns.id), 'seatgeek.columns.id'],
    [unquote(seatgeek.columns.email), 'seatgeek.columns.email'],
    ...rules.flatMap(({ expression, place }) => expression.columns.map((column): [string, string] => [column, place])),
  ];
  const needed = new Map<string, string>();
  for (const [column, place] of uses) if (!needed.has(column)) needed.set(column, place);
  return needed;
}

/** Throws DriftError `column-missing`. An empty list says nothing: the feed sent no table definition. */
export function assertColumns(columns: readonly string[], needed: NeededColumns): void {
  if (columns.length === 0) return;
  const present = new Set(columns.map(unquote));
  const missing = [...needed].filter(([column]) => !present.has(column));
  if (missing.length === 0) return;
  const listed = missing.map(([column, place]) => `${column} (${place})`).join(', ');
  throw new DriftError(
    'column-missing',
    `SeatGeek's feed lacks ${missing.length === 1 ? 'a mapped column' : 'mapped columns'}: ${listed}`,
    'Correct the connection file and send it with configure, or ask SeatGeek for the column; nothing was written.',
  );
}
