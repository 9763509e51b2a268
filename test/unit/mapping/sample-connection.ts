/** Connections and pages for the tests of mapping. */
import { checkConnection } from '../../../src/connection/check.js';
import type { Connection } from '../../../src/connection/schema.js';
import { createMapper } from '../../../src/mapping/mapper.js';
import type { MappedPage, MappedPerson, Rejection } from '../../../src/mapping/types.js';
import type { FeedPage, FeedRow } from '../../../src/seatgeek/types.js';
import { sampleFile, type Json } from '../connection/sample-file.js';

export type Users = Json;

/** Maps `name` and nothing else, unless `users` says more. */
export function connectionWith(users: Users = {}, rest: Json = {}): Connection {
  return checkConnection(sampleFile({ fieldMappings: [{ from: 'first_name', to: 'name' }], ...users }, rest));
}

/** `name` and these mappings. */
export function connectionMapping(...mappings: Json[]): Connection {
  return connectionWith({ fieldMappings: [{ from: 'first_name', to: 'name' }, ...mappings] });
}

export function pageOf(...rows: FeedRow[]): FeedPage {
  return { cursor: null, nextCursor: null, hasMore: false, rows, columns: [] };
}

export function mapRows(connection: Connection, ...rows: FeedRow[]): Promise<MappedPage> {
  return createMapper(connection).mapPage(pageOf(...rows));
}

/** The only person of a page of one row. */
export async function mapOne(connection: Connection, row: FeedRow): Promise<MappedPerson> {
  const { people, rejected } = await mapRows(connection, { id: 'p1', first_name: 'Ada', ...row });
  const [person] = people;
  if (person === undefined) throw new Error(`rejected: ${JSON.stringify(rejected)}`);
  return person;
}

/** The only rejection of a page of one row. */
export async function rejectOne(connection: Connection, row: FeedRow): Promise<Rejection> {
  const { people, rejected } = await mapRows(connection, { id: 'p1', first_name: 'Ada', ...row });
  const [rejection] = rejected;
  if (rejection === undefined || people.length > 0) throw new Error('the row was mapped');
  return rejection;
}

/** Values by target. */
export function valuesOf(person: MappedPerson): Json {
  return Object.fromEntries(person.fields.map(({ to, value }) => [to, value]));
}

/** A sequence that comes the later the higher its number. */
export function sequenceOf(number: number): string {
  const group = `0019a1c3:${number.toString(16).padStart(8, '0')}:0004`;
  return `${group}/${group}`;
}
