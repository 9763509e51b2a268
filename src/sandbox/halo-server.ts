/** Halo on loopback: token, rate limit, rights, routes (`reference/halo.md` 3 to 5). */
import type { HaloDialect } from './dialects.js';
import { haloErrorBody, HaloRefusal } from './halo-errors.js';
import type { HaloStore } from './halo-store.js';
import { serveHaloToken } from './halo-token.js';
import { deleteUser, getUser, serveAddress, serveFieldInfo, serveSite } from './halo-resources.js';
import type { UserLister } from './halo-user-list.js';
import { writeUsers } from './halo-user-writes.js';
import { type Answer, type Ask, retryAfterHeader } from './loopback-server.js';
import type { RollingWindow } from './rolling-window.js';
import type { Tokens } from './tokens.js';
import type { OpenWriteLog } from './write-log.js';

export interface HaloWorld {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly dialect: HaloDialect;
  readonly store: HaloStore;
  readonly listUsers: UserLister;
  readonly tokens: Tokens;
  readonly writes: OpenWriteLog;
  readonly limits: readonly Limit[];
  readonly now: () => number;
}

/** One rate limit of Halo's, and what its refusal says. */
export interface Limit {
  readonly window: RollingWindow;
  readonly text: string;
}

export const HALO_TOKEN_PATH = '/auth/token';

/** Answers one request. */
export function serveHalo(world: HaloWorld, ask: Ask): Answer {
  if (ask.path === HALO_TOKEN_PATH) return serveHaloToken(world, ask);
  if (ask.path.toLowerCase() === '/api/authinfo')
    return { status: 200, json: { auth_url: '/auth', tenant_id: 'sandbox' } };
  try {
    return serveApi(world, ask);
  } catch (error) {
    if (error instanceof HaloRefusal) return error.answer;
    throw error;
  }
}

function serveApi(world: HaloWorld, ask: Ask): Answer {
  if (!world.tokens.accepts(ask.authorization)) return { status: 401, json: haloErrorBody(401) };
  const limited = limit(world);
  if (limited !== undefined) return limited;
  const [, resource = '', id] = /^\/api\/(\w+)(?:\/(\d+))?\/?$/.exec(ask.path) ?? [];
  const name = resource.toLowerCase();
  if (!mayDo(world.dialect, name, ask.method)) return { status: 403, json: haloErrorBody(403) };
  return (
    route(world, ask, name, id === undefined ? undefined : Number(id)) ?? {
      status: 404,
      json: { Message: 'Not found' },
    }
  );
}

function route(world: HaloWorld, ask: Ask, resource: string, id: number | undefined): Answer | undefined {
  switch (resource) {
    case 'users':
      return routeUsers(world, ask, id);
    case 'site':
      return serveSite(world, ask, id);
    case 'fieldinfo':
      return serveFieldInfo(world, ask, id);
    case 'address':
      return serveAddress(world, ask, id);
    default:
      return undefined;
  }
}

function routeUsers(world: HaloWorld, ask: Ask, id: number | undefined): Answer | undefined {
  if (id === undefined) {
    if (ask.method === 'GET') return { status: 200, json: world.listUsers(ask.query) };
    return ask.method === 'POST' ? writeUsers(world, ask) : undefined;
  }
  if (ask.method === 'GET') return getUser(world, ask, id);
  return ask.method === 'DELETE' ? deleteUser(world, id) : undefined;
}

function limit({ limits, dialect, now }: HaloWorld): Answer | undefined {
  for (const { window, text } of limits) {
    const verdict = window.admit(now());
    if (verdict.ok) continue;
    return {
      status: 429,
      ...(dialect.limitBody === 'text' ? { text } : { json: { Message: text } }),
      headers: retryAfterHeader(dialect.retryAfter, verdict.retryInMs / 1_000, now()),
    };
  }
  return undefined;
}

/** Rights of the application and of its agent together (`reference/halo.md` 4). */
function mayDo({ rights }: HaloDialect, resource: string, method: string): boolean {
  switch (rights) {
    case 'all':
    case 'sees-nothing':
      return true;
    case 'read-only':
      return method === 'GET';
    case 'no-field-info':
      return resource !== 'fieldinfo';
    case 'no-users':
      return resource !== 'users';
  }
}
