/** SeatGeek Ringside on loopback: the token endpoint and the change feed (`reference/seatgeek.md` 1.2 to 1.7). */
import { z } from 'zod';
import { readJson } from '../json.js';
import { CLIENT_COLUMNS } from './columns.js';
import type { SeatGeekDialect } from './dialects.js';
import type { Feed } from './feed.js';
import { cursorText, parseCursor, renewed, type Position } from './feed-cursor.js';
import type { Answer, Ask } from './loopback-server.js';
import type { Tokens } from './tokens.js';

export interface SeatGeekWorld {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly audience: string;
  readonly dialect: SeatGeekDialect;
  readonly feed: Feed;
  readonly tokens: Tokens;
}

export const SEATGEEK_TOKEN_PATH = '/oauth/token';
const TOKEN_SECONDS = 2_592_000;
const DEFAULT_LIMIT = 5_000;
const OTHER_ENTITIES = new Set(
  'attendance attribution behaviors catalog installments manifests payments pricing products sales sgiq/deal_terms sgiq/ledger'.split(
    ' ',
  ),
);

export function seatGeekErrorBody(status: number): unknown {
  const message =
    { 401: 'Unauthorized', 403: 'Forbidden', 429: 'API rate limit exceeded', 503: 'Service temporarily unavailable' }[
      status
    ] ?? 'An unexpected error occurred';
  return { message };
}

/** Answers one request. */
export function serveSeatGeek(world: SeatGeekWorld, ask: Ask): Answer | 'silence' {
  if (ask.path === SEATGEEK_TOKEN_PATH) return serveToken(world, ask);
  const entity = /^\/v1\/(.+)$/.exec(ask.path)?.[1];
  if (entity === undefined || (entity !== 'clients' && !OTHER_ENTITIES.has(entity))) {
    return refusal(404, 'no Route matched with those values');
  }
  if (!world.tokens.accepts(ask.authorization)) return { status: 401, json: seatGeekErrorBody(401) };
  if (ask.method !== 'GET') return refusal(405, 'Method Not Allowed');
  return serveFeed(world, ask, entity);
}

const tokenRequest = z.object({
  client_id: z.string(),
  client_secret: z.string(),
  audience: z.string(),
  grant_type: z.string(),
});

/** Refusals as Auth0 words them (`reference/seatgeek.md` 1.7). */
function serveToken(world: SeatGeekWorld, ask: Ask): Answer {
  if (ask.method !== 'POST') return refusal(404, 'Not Found');
  if (ask.contentType !== 'application/json')
    return oauthError(400, 'invalid_request', 'The body must be application/json');
  const parsed = tokenRequest.safeParse(readJson(ask.body));
  if (!parsed.success)
    return oauthError(400, 'invalid_request', `Missing required parameter: ${firstPath(parsed.error)}`);
  const { client_id, client_secret, audience, grant_type } = parsed.data;
  if (grant_type !== 'client_credentials') {
    return oauthError(403, 'unauthorized_client', `Grant type '${grant_type}' not allowed for the client.`);
  }
  if (client_id !== world.clientId || client_secret !== world.clientSecret) {
    return oauthError(401, 'access_denied', 'Unauthorized');
  }
  if (audience !== world.audience) {
    return oauthError(403, 'access_denied', `Service not enabled within domain: ${audience}`);
  }
  const access_token = world.tokens.issue(TOKEN_SECONDS, {
    iss: 'https://auth.seatgeek.com/',
    aud: audience,
    sub: client_id,
  });
  return { status: 200, json: { access_token, expires_in: TOKEN_SECONDS, token_type: 'Bearer' } };
}

function serveFeed({ dialect, feed }: SeatGeekWorld, { query }: Ask, entity: string): Answer | 'silence' {
  const asked = limitOf(query.get('limit'));
  if (asked === undefined) return refusal(400, 'limit must be a positive integer');
  if (asked > dialect.maxLimit && dialect.aboveMaxLimit !== 'cut') return tooLarge(dialect.aboveMaxLimit);
  const cursor = query.get('cursor');
  const { generation } = feed;
  const at = cursor === null ? { entity, position: 0, rests: 0, generation } : parseCursor(cursor);
  if (at?.entity !== entity) return refusal(400, 'Invalid cursor');
  if (at.generation !== generation) return expired(dialect);
  if (entity !== 'clients') return page([], false, {}, dialect, entity);
  const limit = Math.min(asked, dialect.maxLimit);
  if (isEmptyTurn(dialect, at, limit) && at.position < feed.length) {
    return page([], true, { cursor: cursorText({ ...at, rests: at.rests + 1 }, dialect) }, dialect, entity);
  }
  const { rows, next, hasMore } = feed.read(at.position, limit);
  const isEmpty = rows.length === 0;
  const again = isEmpty ? [] : repeated(dialect, feed, at.position);
  const nextCursor = cursorText({ ...at, position: next, rests: 0 }, dialect);
  const member = cursorMember(dialect, { hasMore, isEmpty, cursor, nextCursor });
  if (isEmpty && !hasMore) return noNews(dialect, member);
  return page([...again, ...rows], hasMore, member, dialect, entity);
}

/** The answer when there is nothing after the cursor. */
function noNews(dialect: SeatGeekDialect, cursor: { cursor?: string | null }): Answer {
  switch (dialect.noNews) {
    case 'empty-list':
      return page([], false, cursor, dialect, 'clients');
    case 'null':
      return page(null, false, cursor, dialect, 'clients');
    case '204':
      return { status: 204 };
    case 'no-body':
      return { status: 200, text: '', contentType: 'application/json' };
  }
}

interface CursorMember {
  readonly hasMore: boolean;
  readonly isEmpty: boolean;
  readonly cursor: string | null;
  readonly nextCursor: string;
}

function cursorMember({ endCursor, lastCursor }: SeatGeekDialect, page: CursorMember): { cursor?: string | null } {
  const { hasMore, isEmpty, cursor, nextCursor } = page;
  if (hasMore) return { cursor: nextCursor };
  const how = isEmpty ? endCursor : lastCursor;
  if (how === 'null') return { cursor: null };
  if (how === 'absent') return {};
  if (how === 'renewed') return { cursor: renewed(cursor ?? nextCursor) };
  return { cursor: isEmpty ? (cursor ?? nextCursor) : nextCursor };
}

function page(
  data: readonly unknown[] | null,
  has_more: boolean,
  cursor: { cursor?: string | null },
  { idColumn, quotedColumns, tableDefinition }: SeatGeekDialect,
  entity: string,
): Answer {
  const columns =
    entity !== 'clients'
      ? []
      : CLIENT_COLUMNS.map(({ column, postgres_type }) => {
          if (column === 'id') return { column: idColumn, postgres_type };
          return { column: column === 'culture' && quotedColumns ? '"culture"' : column, postgres_type };
        });
  const metadata = { version: '0.0.1', ...(tableDefinition === 'given' && { table_definition: columns }) };
  return { status: 200, json: { has_more, ...cursor, data, metadata } };
}

function isEmptyTurn(dialect: SeatGeekDialect, { position, rests }: Position, limit: number): boolean {
  const { emptyPageEvery, emptyPages } = dialect;
  return (
    emptyPageEvery > 0 && rests < emptyPages && Math.floor(position / limit) % emptyPageEvery === emptyPageEvery - 1
  );
}

/** The last rows before the page, as a feed that promises delivery at least once may send them. */
function repeated({ repeats }: SeatGeekDialect, feed: Feed, position: number): unknown[] {
  const from = Math.max(0, position - repeats);
  return from === position ? [] : feed.read(from, position - from).rows;
}

function limitOf(text: string | null): number | undefined {
  if (text === null) return DEFAULT_LIMIT;
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
}

function tooLarge(how: Exclude<SeatGeekDialect['aboveMaxLimit'], 'cut'>): Answer | 'silence' {
  switch (how) {
    case 'timeout':
      return 'silence';
    case '413':
      return refusal(413, 'Request size limit exceeded');
    case '400':
      return refusal(400, 'limit is too large');
    case '500':
      return refusal(500, 'An unexpected error occurred');
    case '502':
      return { status: 502, text: '<html><body>502 Bad Gateway</body></html>', contentType: 'text/html' };
  }
}

function expired({ expiredCursor }: SeatGeekDialect): Answer {
  return refusal(expiredCursor, 'The cursor has expired; restart without a cursor');
}

function refusal(status: number, message: string): Answer {
  return { status, json: { message } };
}

function oauthError(status: number, error: string, error_description: string): Answer {
  return { status, json: { error, error_description } };
}

function firstPath(error: z.ZodError): string {
  return error.issues[0]?.path.join('.') ?? 'body';
}
