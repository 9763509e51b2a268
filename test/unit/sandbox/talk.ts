/** Talks to a sandbox as a client would, over HTTP; every sandbox opened is closed after the test. */
import { afterEach } from 'mocha';
import { z } from 'zod';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../src/sandbox/start.js';

export interface Told {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

const opened: Sandbox[] = [];

afterEach(async () => {
  for (const sandbox of opened.splice(0)) await sandbox.close();
});

/** Small unless said otherwise: 30 people of history, nobody else in Halo. */
export async function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const sandbox = await startSandbox({ people: 30, existing: 0, images: 1, ...options });
  opened.push(sandbox);
  return sandbox;
}

export async function ask(url: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(url, init);
  return { status: response.status, text: await response.text(), headers: response.headers };
}

const token = z.object({ access_token: z.string() });

export async function seatGeekToken({ seatgeek }: Sandbox): Promise<string> {
  const body = {
    client_id: seatgeek.clientId,
    client_secret: seatgeek.clientSecret,
    audience: seatgeek.audience,
    grant_type: 'client_credentials',
  };
  const told = await ask(seatgeek.tokenUrl, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
  return token.parse(JSON.parse(told.text)).access_token;
}

export async function haloToken({ halo }: Sandbox, path = '/auth/token'): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: halo.clientId,
    client_secret: halo.clientSecret,
    scope: 'all',
  });
  return token.parse(JSON.parse((await ask(`${halo.url}${path}`, { method: 'POST', body })).text)).access_token;
}

export const JSON_TYPE = { 'content-type': 'application/json' };

const page = z.looseObject({
  has_more: z.boolean(),
  cursor: z.string().nullish(),
  data: z.array(z.record(z.string(), z.unknown())),
  metadata: z.object({
    version: z.string(),
    table_definition: z.array(z.object({ column: z.string(), postgres_type: z.string() })).optional(),
  }),
});
export type Page = z.infer<typeof page>;

/** Asks the feed; the query is what follows the question mark. */
export async function askFeed(sandbox: Sandbox, query = '', bearer?: string): Promise<Told> {
  const authorization = `Bearer ${bearer ?? (await seatGeekToken(sandbox))}`;
  return ask(`${sandbox.seatgeek.apiUrl}/clients?${query}`, { headers: { authorization } });
}

export function pageOf(told: Told): Page {
  return page.parse(JSON.parse(told.text));
}

/** Reads the feed to its end. */
export async function readFeed(sandbox: Sandbox, limit: number): Promise<Page[]> {
  const pages: Page[] = [];
  let query = `limit=${limit}`;
  for (;;) {
    const read = pageOf(await askFeed(sandbox, query));
    pages.push(read);
    if (!read.has_more) return pages;
    query = `limit=${limit}&cursor=${encodeURIComponent(read.cursor ?? '')}`;
  }
}

export interface HaloAsk {
  readonly method?: string;
  readonly json?: unknown;
  readonly body?: string;
  readonly contentType?: string;
  readonly bearer?: string;
}

/** Asks Halo's API; the path is what follows `/api`. */
export async function askHalo(
  sandbox: Sandbox,
  path: string,
  { method, json, body, contentType, bearer }: HaloAsk = {},
): Promise<Told> {
  const isWrite = json !== undefined || body !== undefined;
  const authorization = `Bearer ${bearer ?? (await haloToken(sandbox, sandbox.options.halo.tenant === 'required' ? '/auth/token?tenant=x' : undefined))}`;
  return ask(`${sandbox.halo.url}/api${path}`, {
    method: method ?? (isWrite ? 'POST' : 'GET'),
    headers: { authorization, ...(isWrite && { 'content-type': contentType ?? 'application/json' }) },
    ...(isWrite && { body: body ?? JSON.stringify(json) }),
  });
}

const list = z.looseObject({
  record_count: z.number(),
  users: z.array(z.looseObject({ id: z.number(), name: z.string() })),
});

export async function listUsers(sandbox: Sandbox, query: string): Promise<z.infer<typeof list>> {
  return list.parse(JSON.parse((await askHalo(sandbox, `/Users?${query}`)).text));
}
