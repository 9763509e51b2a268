/** Reads pages of one connection's feed (`reference/seatgeek.md` 1.4 to 1.7 and 6). */
import type { Connection } from '../connection/schema.js';
import { DriftError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http.js';
import type { Credentials, TokenSource } from '../http/kept-token.js';
import { emptyError, feedError, isHtml, noAnswerError, PageNotHadError, unreadableError } from './errors.js';
import { createTokenSource } from './token.js';
import type { FeedClient, FeedPage, ReadPageOptions } from './types.js';
import { bareColumn, bareRow, type Envelope, envelopeSchema, parseJson } from './wire.js';

export interface FeedClientOptions {
  readonly connection: Pick<Connection, 'seatgeek'>;
  readonly http: Http;
  readonly credentials: () => Promise<Credentials>;
  /** Default: its own. */
  readonly tokens?: TokenSource;
  /** Until a whole page must be there. Default one minute. */
  readonly timeoutMs?: number;
}

const WHO = "SeatGeek's feed";
const TIMEOUT_MS = 60_000;
const MAX_PAGE_BYTES = 64 * 1_024 * 1_024;
const LOOK = 'Nothing was written. If it stays, SeatGeek has changed its feed: report it with the code of this error.';

/** A client for the feed that the connection names. */
export function createFeedClient(options: FeedClientOptions): FeedClient {
  const { connection, http, credentials } = options;
  const tokens = options.tokens ?? createTokenSource({ settings: connection.seatgeek, http, credentials });

  return {
    readPage: async (page) => {
      const token = await tokens.get();
      page.signal?.throwIfAborted();
      let response = await requestPage(options, page, token);
      if (response.status === 401) {
        tokens.drop(token);
        response = await requestPage(options, page, await tokens.get());
      }
      return parsePage(response, page);
    },
  };
}

async function requestPage(options: FeedClientOptions, page: ReadPageOptions, token: string): Promise<HttpResponse> {
  const { connection, http, timeoutMs = TIMEOUT_MS } = options;
  const { cursor, limit, signal } = page;
  page.onRequest?.();
  try {
    return await http.request({
      method: 'GET',
      url: pageUrl(connection.seatgeek, cursor, limit),
      headers: { authorization: `Bearer ${token}`, accept: 'application/json' },
      timeoutMs,
      maxBytes: MAX_PAGE_BYTES,
      signal,
    });
  } catch (failure) {
    throw noAnswerError(failure, WHO, signal, PageNotHadError);
  }
}

function pageUrl({ apiUrl, entity }: Connection['seatgeek'], cursor: string | null, limit: number): URL {
  const url = new URL(apiUrl);
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${entity}`;
  if (cursor !== null) url.searchParams.set('cursor', cursor);
  url.searchParams.set('limit', String(limit));
  return url;
}

const NO_CONTENT = 204;
/** What an answer without a body says, 204 or another: the end of the feed. */
const NOTHING_NEW = { hasMore: false, rows: [], characters: 0, columns: [] };

/** Status, then content type, then envelope. */
function parsePage(response: HttpResponse, { cursor, isMorePromised = false }: ReadPageOptions): FeedPage {
  if (response.status > 299) throw feedError(response, cursor !== null);
  if (response.text.trim() === '') {
    if (isMorePromised && response.status !== NO_CONTENT) throw emptyError(WHO);
    return { ...NOTHING_NEW, cursor, nextCursor: cursor };
  }
  const json = parseJson(response.text);
  if (isHtml(response) || json === undefined) throw unreadableError(response, WHO, PageNotHadError);
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) {
    throw noPage(parsed.error.issues[0]?.path.join('.') ?? '');
  }
  return toPage(parsed.data, cursor, response.text.length);
}

function toPage(envelope: Envelope, cursor: string | null, characters: number): FeedPage {
  const { has_more: hasMore, data, metadata } = envelope;
  // Null or empty never replaces a cursor: it would mean the start of history.
  const nextCursor = envelope.cursor || cursor;
  // What has nothing to say may leave the rows out; behind a cursor that leads on there may be some.
  if (data === undefined && (hasMore || nextCursor !== cursor)) throw noPage('data');
  assertMoves(hasMore, cursor, nextCursor);
  const table = metadata?.table_definition ?? [];
  return {
    cursor,
    nextCursor,
    hasMore,
    rows: (data ?? []).map(bareRow),
    characters,
    columns: table.map(({ column }) => bareColumn(column)),
    columnTypes: Object.fromEntries(
      table.flatMap(({ column, postgres_type: type }) => (type === undefined ? [] : [[bareColumn(column), type]])),
    ),
  };
}

function noPage(place: string): DriftError {
  return new DriftError('envelope-unexpected', `${WHO} answered something that is no page (${place || 'body'}).`, LOOK);
}

/** A feed that has more but stands still would be read for ever. */
function assertMoves(hasMore: boolean, cursor: string | null, nextCursor: string | null): void {
  if (!hasMore || nextCursor !== cursor) return;
  throw cursorStuck();
}

/** Also for a feed whose cursors lead back to where it was read before. */
export function cursorStuck(): DriftError {
  return new DriftError('cursor-stuck', `${WHO} says that it has more but gives no cursor that leads on.`, LOOK);
}
