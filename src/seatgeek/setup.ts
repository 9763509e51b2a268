/** The set-up report's lines on SeatGeek: token, feed, columns. Reads one event and writes nothing. */
import { nearest } from '../connection/nearest.js';
import type { Connection } from '../connection/schema.js';
import { attempt, green, notChecked, red, type CheckLine } from '../contract/check-line.js';
import type { Http } from '../http/http.js';
import type { Credentials } from '../http/kept-token.js';
import { createFeedClient } from './feed-client.js';
import { createTokenSource } from './token.js';
import type { FeedPage } from './types.js';

export interface SeatGeekCheck {
  readonly connection: Pick<Connection, 'seatgeek'>;
  readonly http: Http;
  readonly credentials: () => Promise<Credentials>;
  /** Columns that the mappings read. */
  readonly columns: readonly string[];
  readonly signal?: AbortSignal | undefined;
}

const TOKEN = 'SeatGeek token';
const FEED = 'SeatGeek feed';
const COLUMNS = 'SeatGeek columns';

/** Three lines, always in this order. A new token is fetched, so that a changed secret is what is checked. Throws on the caller's abort only. */
export async function checkSeatGeek({ columns, ...options }: SeatGeekCheck): Promise<CheckLine[]> {
  const { lines, page } = await readFirstEvent(options);
  return [...lines, page === null ? notChecked(COLUMNS) : columnsLine(page, columns)];
}

export type FeedCheck = Omit<SeatGeekCheck, 'columns'>;

/** The lines on token and feed, and the first event of history when both are green. Throws on the caller's abort only. */
export async function readFirstEvent(options: FeedCheck): Promise<{ lines: CheckLine[]; page: FeedPage | null }> {
  const { connection, http, credentials, signal } = options;
  const tokens = createTokenSource({ settings: connection.seatgeek, http, credentials });
  const token = await attempt(TOKEN, signal, async () => {
    await tokens.get();
    return { value: tokens, message: 'SeatGeek accepts the client id and secret.' };
  });
  if (token.value === null) return { lines: [token.line, notChecked(FEED)], page: null };
  const feed = createFeedClient({ connection, http, credentials, tokens });
  const read = await attempt(FEED, signal, async () => {
    const value = await feed.readPage({ cursor: null, limit: 1, signal });
    const amount = value.rows.length === 0 && !value.hasMore ? 'is empty' : 'has events';
    return { value, message: `The feed '${connection.seatgeek.entity}' can be read and ${amount}.` };
  });
  return { lines: [token.line, read.line], page: read.value };
}

function columnsLine(page: FeedPage, wanted: readonly string[]): CheckLine {
  const known = knownColumns(page);
  if (known.size === 0) return green(COLUMNS, 'The feed names no columns yet; each run checks them again.');
  const missing = [...new Set(wanted)].filter((column) => !known.has(column));
  if (missing.length === 0) return green(COLUMNS, `All mapped columns exist (${wanted.length}).`);
  return red(COLUMNS, {
    message: `The feed has no column ${missing.map((column) => named(column, [...known])).join(', ')}.`,
    hint: `Correct the mappings. The feed has: ${[...known].sort().join(', ')}.`,
  });
}

function named(column: string, known: readonly string[]): string {
  const near = nearest(column, known);
  return near === undefined ? `'${column}'` : `'${column}' (did you mean ${near}?)`;
}

/** The definition of the table, or, where the feed sends none, the columns of its first row. */
export function knownColumns({ columns, rows }: FeedPage): Set<string> {
  return new Set(columns.length > 0 ? columns : Object.keys(rows[0] ?? {}));
}
