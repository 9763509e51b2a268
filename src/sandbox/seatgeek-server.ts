/** SeatGeek Ringside on loopback: the token endpoint and the change feed (`reference/seatgeek.md` 1.2 to 1.7). */
import { z } from 'zod';
import { CLIENT_COLUMNS } from './columns.js';
import type { SeatGeekDialect } from './dialects.js';
import type { Feed } from './feed.js';
import type { Answer, Ask } from './loopback-server.js';
import { hex } from './random.js';
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
  const parsed = tokenRequest.safeParse(parseJson(ask.body));
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
  const at = cursor === null ? START : parseCursor(cursor, entity);
  if (at === undefined) return refusal(400, 'Invalid cursor');
  if (cursor !== null && at.generation !== feed.generation) return expired(dialect);
  if (entity !== 'clients') return page([], false, {}, dialect, entity);
  const limit = Math.min(asked, dialect.maxLimit);
  const { generation } = feed;
  if (isEmptyTurn(dialect, at, limit) && at.position < feed.length) {
    const cursor = withLength(dialect, cursorText(entity, { ...at, rested: true, generation }));
    return page([], true, { cursor }, dialect, entity);
  }
  const { rows, next, hasMore } = feed.read(at.position, limit);
  const again = rows.length === 0 ? [] : repeated(dialect, feed, at.position);
  const nextCursor = withLength(dialect, cursorText(entity, { position: next, rested: false, generation }));
  return page(
    [...again, ...rows],
    hasMore,
    cursorMember(dialect, { hasMore, isEmpty: rows.length === 0, cursor, nextCursor }),
    dialect,
    entity,
  );
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
  data: readonly unknown[],
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

interface Position {
  readonly position: number;
  /** Whether the empty page before this position was served already. */
  readonly rested: boolean;
  readonly generation: number;
}

const START: Position = { position: 0, rested: false, generation: 0 };

function isEmptyTurn({ emptyPageEvery }: SeatGeekDialect, { position, rested }: Position, limit: number): boolean {
  return emptyPageEvery > 0 && !rested && Math.floor(position / limit) % emptyPageEvery === emptyPageEvery - 1;
}

/** The last rows before the page, as a feed that promises delivery at least once may send them. */
function repeated({ repeats }: SeatGeekDialect, feed: Feed, position: number): unknown[] {
  const from = Math.max(0, position - repeats);
  return from === position ? [] : feed.read(from, position - from).rows;
}

/** Stands behind the cursor proper and means nothing. */
const PADDING = '.';

function withLength({ cursorLength }: SeatGeekDialect, cursor: string): string {
  return cursorLength === 'long' ? `${cursor}${PADDING.repeat(600)}` : cursor;
}

/** Another text for the same place. */
function renewed(cursor: string): string {
  return cursor.endsWith(PADDING) ? cursor.replace(/\.+$/, '') : `${cursor}${PADDING}`;
}

/** Opaque to clients: entity, position and something that looks like the end of a key (`reference/seatgeek.md` 1.5). */
function cursorText(entity: string, { position, rested, generation }: Position): string {
  const text = `${entity}/0019a1c3:${hex(position, 8)}:${hex(generation, 4)}-${rested ? 'e' : 'a'}0c9-2e0c60d3e940`;
  return Buffer.from(text).toString('base64');
}

function parseCursor(cursor: string, entity: string): Position | undefined {
  const text = Buffer.from(cursor.replace(/\.+$/, ''), 'base64').toString();
  const match = /^(.+)\/0019a1c3:([0-9a-f]{8}):([0-9a-f]{4})-([ea])0c9-2e0c60d3e940$/.exec(text);
  const [, owner, position, generation, mark] = match ?? [];
  if (owner !== entity || position === undefined || generation === undefined) return undefined;
  return { position: Number.parseInt(position, 16), rested: mark === 'e', generation: Number.parseInt(generation, 16) };
}

function limitOf(text: string | null): number | undefined {
  if (text === null) return DEFAULT_LIMIT;
  return /^[1-9]\d{0,6}$/.test(text) ? Number(text) : undefined;
}

function tooLarge(how: '413' | '400' | 'timeout'): Answer | 'silence' {
  if (how === 'timeout') return 'silence';
  return how === '413' ? refusal(413, 'Request size limit exceeded') : refusal(400, 'limit is too large');
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

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
