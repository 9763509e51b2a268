/** Maps pages of the feed to people for Halo. */
import type { Connection } from '../connection/schema.js';
import type { FeedPage, FeedRow } from '../seatgeek/types.js';
import { compileAddress, mapAddress, type AddressLine } from './address.js';
import { assertColumns, createTypeCheck, neededColumns, type NeededColumns } from './columns.js';
import { foldEmail } from './email.js';
import { Budget } from './expression.js';
import { compileFields, mapFields, MappingRejected, staticFields, type FieldRule } from './fields.js';
import { readEvent, unquote, type ChangeEvent } from './row.js';
import type { MappedField, MappedPage, MappedPerson, Rejection } from './types.js';

export interface Mapper {
  /**
   * Maps a page in feed order; who can't be mapped is rejected. Throws DriftError `column-missing` or `column-type` before anybody is mapped.
   */
  mapPage(page: FeedPage, options?: MapOptions): Promise<MappedPage>;
  /** Throws DriftError `column-missing` when the feed lacks a mapped column; an empty list is not looked at. */
  assertColumns(columns: readonly string[]): void;
  /** The columns that must be there, id and e-mail first. */
  readonly columns: readonly string[];
}

export interface MapOptions {
  /** The first so many rows only. */
  readonly takeEvents?: number | undefined;
  /** Which of the page's readable events are mapped; all of them when left out. The others count as superseded. */
  readonly select?: (events: readonly ChangeEvent[]) => Promise<readonly ChangeEvent[]> | readonly ChangeEvent[];
}

interface Rules {
  readonly fields: readonly FieldRule[];
  readonly statics: readonly MappedField[];
  readonly address: readonly AddressLine[];
  readonly idColumn: string;
  readonly emailColumn: string;
  readonly needed: NeededColumns;
}

/** Milliseconds after which other work gets its turn. */
const TURN_MS = 20;

/** What all expressions of a person may spend together: two and a half times the most that one may. */
const MAX_COST_OF_PERSON = 1_000_000;

/** Characters that a person's values may hold beyond twice those of the row: all people of a page wait in memory. */
const MAX_TEXT_OF_PERSON = 10_000;

/** Compiles the mappings of a checked connection; throws ExpressionSyntaxError for one that was not checked. */
export function createMapper(connection: Connection): Mapper {
  const fields = compileFields(connection);
  const address = compileAddress(connection);
  const rules: Rules = {
    fields,
    statics: staticFields(connection),
    address,
    idColumn: unquote(connection.seatgeek.columns.id),
    emailColumn: unquote(connection.seatgeek.columns.email),
    needed: neededColumns(connection, fields, address),
  };
  const assertTypes = createTypeCheck([...fields, ...address]);
  return {
    mapPage: async (page, { takeEvents, select = all } = {}) => {
      assertColumns(page.columns, rules.needed);
      assertTypes(page.columnTypes ?? {});
      return await mapRows(page.rows.slice(0, takeEvents), rules, select);
    },
    columns: [...rules.needed.keys()],
    assertColumns: (columns) => assertColumns(columns, rules.needed),
  };
}

async function mapRows(
  rows: FeedPage['rows'],
  rules: Rules,
  select: NonNullable<MapOptions['select']>,
): Promise<MappedPage> {
  const read = rows.map((row, index) => readEvent(row, index + 1, rules.idColumn));
  const rejected = read.filter((entry) => 'code' in entry);
  const readable = read.filter(isEvent);
  const events = await select(readable);
  const people: MappedPerson[] = [];
  let began = performance.now();
  for (const event of events) {
    const mapped = mapEvent(event, rules);
    if ('code' in mapped) rejected.push(mapped);
    else people.push(mapped);
    if (performance.now() - began < TURN_MS) continue;
    await nextTurn();
    began = performance.now();
  }
  return { events: rows.length, people, rejected, superseded: readable.length - events.length };
}

function all(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
  return events;
}

function isEvent(entry: ChangeEvent | Rejection): entry is ChangeEvent {
  return !('code' in entry);
}

function mapEvent(event: ChangeEvent, rules: Rules): MappedPerson | Rejection {
  const { seatgeekId, operation } = event;
  if (operation === 'unknown') {
    return {
      seatgeekId,
      code: 'operation-unknown',
      message: 'the feed names an operation that is not known (known: U, I, C, R, D)',
    };
  }
  try {
    return mapPerson(event, rules);
  } catch (error) {
    if (!(error instanceof MappingRejected)) throw error;
    return { seatgeekId, code: error.code, message: error.message };
  }
}

function mapPerson({ row, seatgeekId, operation }: ChangeEvent, rules: Rules): MappedPerson {
  const known = { seatgeekId, matchEmail: foldEmail(row[rules.emailColumn]) };
  if (operation === 'delete') return { ...known, deleted: true, fields: [], address: null };
  const budget = new Budget(MAX_COST_OF_PERSON);
  const mapped = { fields: mapFields(row, rules.fields, budget), address: mapAddress(row, rules.address, budget) };
  assertTextFits(mapped, row);
  // A piece of a text may keep all of it in memory: where much text was gone through, copies are kept.
  const { fields, address } = budget.spent > MAX_TEXT_OF_PERSON ? structuredClone(mapped) : mapped;
  return { ...known, deleted: false, fields: [...fields, ...rules.statics], address };
}

/** Throws MappingRejected for values that an expression has made far longer than the row they come from. */
function assertTextFits(mapped: Pick<MappedPerson, 'fields' | 'address'>, row: FeedRow): void {
  const length = textLength([mapped.fields.map(({ value }) => value), mapped.address]);
  const isLong = length > MAX_TEXT_OF_PERSON && length > MAX_TEXT_OF_PERSON + 2 * textLength(row);
  if (!isLong) return;
  throw new MappingRejected(
    'value-unusable',
    `the mapped values hold more than ${MAX_TEXT_OF_PERSON} characters and twice the text of the row; map shorter texts`,
  );
}

/** Characters of all texts within. Without recursion: nobody knows how deep a JSON column is. */
function textLength(within: unknown): number {
  const values = [within];
  let length = 0;
  for (const value of values) {
    if (typeof value === 'string') length += value.length;
    else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) values.push(inner);
  }
  return length;
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
