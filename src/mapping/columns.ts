/** Which columns a connection needs of the feed, and whether they are there and of the right type. */
import { nearest } from '../connection/nearest.js';
import type { Connection } from '../connection/schema.js';
import { DriftError } from '../errors.js';
import type { ColumnTypes } from './compile.js';
import { compileExpression, ExpressionSyntaxError, type Expression } from './expression.js';
import type { ValueType } from './expression-value.js';
import { unquote } from './row.js';

/** Needed columns with the place in the connection file that needs them first. */
export type NeededColumns = ReadonlyMap<string, string>;

interface Rule {
  readonly expression: Expression;
  readonly from: string;
  /** Its place in the connection file. */
  readonly place: string;
}

export function neededColumns(
  { seatgeek }: Connection,
  fields: readonly Rule[],
  address: readonly Rule[],
): NeededColumns {
  const uses: [string, string][] = [
    [unquote(seatgeek.columns.id), 'seatgeek.columns.id'],
    [unquote(seatgeek.columns.email), 'seatgeek.columns.email'],
    ...[...fields, ...address].flatMap(({ expression, place }) =>
      expression.columns.map((column): [string, string] => [column, place]),
    ),
  ];
  const needed = new Map<string, string>();
  for (const [column, place] of uses) if (!needed.has(column)) needed.set(column, place);
  return needed;
}

/** Throws DriftError `column-missing`. An empty list says nothing: the feed sent no table definition. */
export function assertColumns(columns: readonly string[], needed: NeededColumns): void {
  if (columns.length === 0) return;
  const present = new Set(columns);
  const missing = [...needed].filter(([column]) => !present.has(column));
  if (missing.length === 0) return;
  const listed = missing.map(([column, place]) => `${column} (${place}${likely(column, [...present])})`).join(', ');
  throw new DriftError(
    'column-missing',
    `SeatGeek's feed lacks ${missing.length === 1 ? 'a mapped column' : 'mapped columns'}: ${listed}`,
    'Correct the connection file and send it with configure, or ask SeatGeek for the column; nothing was written.',
  );
}

function likely(column: string, present: readonly string[]): string {
  const close = nearest(column, present);
  return close === undefined ? '' : `; did you mean ${close}?`;
}

/**
 * Answers a check that throws DriftError `column-type` for an expression that can't work with the columns as the feed describes them. Most
 * pages describe them alike, so what passed is not compiled again.
 */
export function createTypeCheck(rules: readonly Rule[]): (postgresTypes: Readonly<Record<string, string>>) => void {
  let passed = '';
  return (postgresTypes) => {
    const described = JSON.stringify(postgresTypes);
    if (described === passed) return;
    assertTypes(columnTypes(postgresTypes), rules);
    passed = described;
  };
}

function assertTypes(types: ColumnTypes, rules: readonly Rule[]): void {
  const problems = rules.flatMap(({ from, place }) => typeProblem(from, place, types));
  if (problems.length === 0) return;
  throw new DriftError(
    'column-type',
    `SeatGeek's columns are of other types than the connection file expects: ${problems.join('; ')}`,
    'Correct the connection file and send it with configure; nothing was written.',
  );
}

function typeProblem(from: string, place: string, types: ColumnTypes): string[] {
  try {
    compileExpression(from, types);
    return [];
  } catch (error) {
    if (!(error instanceof ExpressionSyntaxError)) throw error;
    return [`${place}, line ${error.line}, column ${error.column}: ${error.message}`];
  }
}

/** Types of Postgres by what an expression can do with them; JSON, arrays and what is not known here can be anything. */
const POSTGRES: readonly (readonly [RegExp, ValueType])[] = [
  [/\[\]$/, 'any'],
  [/^(text|varchar|character|char|bpchar|citext|name|uuid|date|time|timestamp|timestamptz)\b/, 'text'],
  [/^(smallint|integer|bigint|int[248]?|numeric|decimal|real|double|float[48]?|serial|bigserial)\b/, 'number'],
  [/^bool(ean)?$/, 'bool'],
];

function columnTypes(postgresTypes: Readonly<Record<string, string>>): ColumnTypes {
  return new Map(Object.entries(postgresTypes).map(([column, name]) => [column, typeOf(name.toLowerCase())]));
}

function typeOf(postgresType: string): ValueType {
  return POSTGRES.find(([pattern]) => pattern.test(postgresType))?.[1] ?? 'any';
}
