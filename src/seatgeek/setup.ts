/** The set-up report's lines on SeatGeek: token, feed, columns. Reads one event and writes nothing. */
import type { Connection } from '../connection/schema.js';
import { SyncError } from '../errors.js';
import type { Http } from '../http/http.js';
import { createFeedClient } from './feed-client.js';
import { createTokenSource, type Credentials } from './token.js';
import type { FeedPage } from './types.js';

/** One line of the set-up report; the activities' contract has the same shape. */
export interface CheckLine {
  readonly check: string;
  readonly ok: boolean;
  readonly message: string;
  readonly hint?: string;
}

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
const WAITS = 'Correct the line above first.';

/** Three lines, always in this order. A new token is fetched, so that a changed secret is what is checked. Throws on the caller's abort only. */
export async function checkSeatGeek({ columns, ...options }: SeatGeekCheck): Promise<CheckLine[]> {
  const { lines, page } = await readFirstEvent(options);
  return [...lines, page === null ? skipped(COLUMNS) : columnsLine(page, columns)];
}

export type FeedCheck = Omit<SeatGeekCheck, 'columns'>;

/** The lines on token and feed, and the first event of history when both are green. Throws on the caller's abort only. */
export async function readFirstEvent(options: FeedCheck): Promise<{ lines: CheckLine[]; page: FeedPage | null }> {
  const { connection, http, credentials, signal } = options;
  const tokens = createTokenSource({ settings: connection.seatgeek, http, credentials });
  const token = await check(TOKEN, signal, () => tokens.get());
  if ('line' in token) return { lines: [token.line, skipped(FEED)], page: null };
  const feed = createFeedClient({ connection, http, credentials, tokens });
  const read = await check(FEED, signal, () => feed.readPage({ cursor: null, limit: 1, signal }));
  const tokenLine = { check: TOKEN, ok: true, message: 'SeatGeek accepts the client id and secret.' };
  if ('line' in read) return { lines: [tokenLine, read.line], page: null };
  return { lines: [tokenLine, feedLine(read.value, connection.seatgeek.entity)], page: read.value };
}

async function check<T>(
  name: string,
  signal: AbortSignal | undefined,
  action: () => Promise<T>,
): Promise<{ value: T } | { line: CheckLine }> {
  try {
    return { value: await action() };
  } catch (error) {
    if (signal?.aborted === true || !(error instanceof SyncError)) throw error;
    return { line: { check: name, ok: false, message: error.message, hint: error.hint } };
  }
}

function skipped(name: string): CheckLine {
  return { check: name, ok: false, message: 'Not checked.', hint: WAITS };
}

function feedLine({ rows, hasMore }: FeedPage, entity: string): CheckLine {
  const amount = rows.length === 0 && !hasMore ? 'is empty' : 'has events';
  return { check: FEED, ok: true, message: `The feed '${entity}' can be read and ${amount}.` };
}

function columnsLine(page: FeedPage, wanted: readonly string[]): CheckLine {
  const known = knownColumns(page);
  if (known.size === 0) {
    return { check: COLUMNS, ok: true, message: 'The feed names no columns yet; each run checks them again.' };
  }
  const missing = [...new Set(wanted)].filter((column) => !known.has(column));
  if (missing.length === 0)
    return { check: COLUMNS, ok: true, message: `All mapped columns exist (${wanted.length}).` };
  return {
    check: COLUMNS,
    ok: false,
    message: `The feed has no column ${missing.map((column) => `'${column}'`).join(', ')}.`,
    hint: `Correct the mappings. The feed has: ${[...known].sort().join(', ')}.`,
  };
}

/** The definition of the table, or, where the feed sends none, the columns of its first row. */
export function knownColumns({ columns, rows }: FeedPage): Set<string> {
  return new Set(columns.length > 0 ? columns : Object.keys(rows[0] ?? {}));
}
