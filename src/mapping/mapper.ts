/** Maps pages of the feed to people for Halo. */
import type { Connection } from '../connection/schema.js';
import { ConfigError } from '../errors.js';
import type { FeedPage } from '../seatgeek/types.js';
import { compileAddress, mapAddress, type AddressLine } from './address.js';
import { assertColumns, neededColumns } from './columns.js';
import { foldEmail } from './email.js';
import { compileFields, mapFields, MappingRejected, staticFields, type FieldRule } from './fields.js';
import { readEvent, unquote, type ChangeEvent } from './row.js';
import { whenThere } from './in-order.js';
import type { MappedAddress, MappedField, MappedPage, MappedPerson, Rejection } from './types.js';

export interface Mapper {
  /**
   * Maps a page in feed order; who can't be mapped is rejected. Throws DriftError `column-missing` before anybody is mapped, ConfigError
   * `expression-endless`.
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
  readonly select?: (events: readonly ChangeEvent[]) => readonly ChangeEvent[];
}

interface Rules {
  readonly fields: readonly FieldRule[];
  readonly statics: readonly MappedField[];
  readonly address: readonly AddressLine[];
  readonly idColumn: string;
  readonly emailColumn: string;
}

/** Each endless expression costs a second in which the worker does nothing else. */
const MAX_ENDLESS_PER_PAGE = 3;

/** People after which other work gets its turn. */
const PEOPLE_PER_TURN = 500;

/** Compiles the mappings of a checked connection; throws ExpressionSyntaxError for one that was not checked. */
export function createMapper(connection: Connection): Mapper {
  const rules: Rules = {
    fields: compileFields(connection),
    statics: staticFields(connection),
    address: compileAddress(connection),
    idColumn: unquote(connection.seatgeek.columns.id),
    emailColumn: unquote(connection.seatgeek.columns.email),
  };
  const needed = neededColumns(connection, rules.fields, rules.address);
  return {
    mapPage: async (page, { takeEvents, select = all } = {}) => {
      assertColumns(page.columns, needed);
      return await mapRows(page.rows.slice(0, takeEvents), rules, select);
    },
    columns: [...needed.keys()],
    assertColumns: (columns) => assertColumns(columns, needed),
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
  const events = select(readable);
  const people: MappedPerson[] = [];
  const endless = { left: MAX_ENDLESS_PER_PAGE };
  for (const event of events) {
    const mapping = mapEvent(event, rules, endless);
    const mapped = mapping instanceof Promise ? await mapping : mapping;
    if ('code' in mapped) rejected.push(mapped);
    else people.push(mapped);
    if ((people.length + rejected.length) % PEOPLE_PER_TURN === 0) await nextTurn();
  }
  return { events: rows.length, people, rejected, superseded: readable.length - events.length };
}

function all(events: readonly ChangeEvent[]): readonly ChangeEvent[] {
  return events;
}

function isEvent(entry: ChangeEvent | Rejection): entry is ChangeEvent {
  return !('code' in entry);
}

type Mapped = MappedPerson | Rejection;

function mapEvent(event: ChangeEvent, rules: Rules, endless: { left: number }): Mapped | Promise<Mapped> {
  const { seatgeekId, operation } = event;
  if (operation === 'unknown') {
    return {
      seatgeekId,
      code: 'operation-unknown',
      message: 'the feed names an operation that is not known (known: U, I, C, R, D)',
    };
  }
  const reject = (error: unknown): Rejection => {
    if (!(error instanceof MappingRejected)) throw error;
    if (error.endlessAt !== undefined) countEndless(error.endlessAt, endless);
    return { seatgeekId, code: error.code, message: error.message };
  };
  try {
    const mapped = mapPerson(event, rules);
    return mapped instanceof Promise ? mapped.catch(reject) : mapped;
  } catch (error) {
    return reject(error);
  }
}

function mapPerson({ row, ...event }: ChangeEvent, rules: Rules): MappedPerson | Promise<MappedPerson> {
  const matchEmail = foldEmail(row[rules.emailColumn]);
  if (event.operation === 'delete') return toPerson(event, matchEmail, [], null);
  return whenThere(mapFields(row, rules.fields), (fields) =>
    whenThere(mapAddress(row, rules.address), (address) =>
      toPerson(event, matchEmail, [...fields, ...rules.statics], address),
    ),
  );
}

function toPerson(
  { seatgeekId, sequence, operation }: Omit<ChangeEvent, 'row'>,
  matchEmail: string | null,
  fields: readonly MappedField[],
  address: MappedAddress | null,
): MappedPerson {
  return { seatgeekId, sequence, deleted: operation === 'delete', matchEmail, fields, address };
}

function countEndless(place: string, endless: { left: number }): void {
  endless.left -= 1;
  if (endless.left > 0) return;
  throw new ConfigError(
    'expression-endless',
    `${place}: the expression does not end`,
    'Correct the expression in the connection file and send the file with configure.',
    place,
  );
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
