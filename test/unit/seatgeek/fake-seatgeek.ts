/** A SeatGeek of few words on a free port: answers what the test lays out and remembers what it was asked. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHttp, type Http } from '../../../src/http/http.js';
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** `hang`: the answer never comes. `cut`: the connection ends in mid-answer. */
export type Answer =
  { status?: number; body?: unknown; text?: string; headers?: Record<string, string> } | 'hang' | 'cut';

export interface FakeSeatGeek {
  readonly tokenRequests: Asked[];
  readonly feedRequests: Asked[];
  readonly connection: Pick<Connection, 'seatgeek'>;
  readonly http: Http;
  readonly credentials: () => Promise<{ clientId: string; clientSecret: string }>;
  /** Answers for the next requests; the last one is repeated. */
  token: Answer[];
  feed: Answer[] | ((asked: Asked) => Answer);
  close(): Promise<void>;
}

export const TOKEN: Answer = { body: { access_token: 'token-1', token_type: 'Bearer', expires_in: 2_592_000 } };

export function page(rows: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}): Answer {
  return { body: { has_more: false, cursor: 'next', data: rows, metadata: { version: '0.0.1' }, ...rest } };
}

export async function startFakeSeatGeek(): Promise<FakeSeatGeek> {
  const tokenRequests: Asked[] = [];
  const feedRequests: Asked[] = [];
  const server = createServer((request, response) => void serve(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}`;
  const http = createHttp();
  const fake: FakeSeatGeek = {
    tokenRequests,
    feedRequests,
    connection: { seatgeek: seatgeekSettings(base) },
    http,
    credentials: () => Promise.resolve({ clientId: 'the-id', clientSecret: 'the-secret' }),
    token: [TOKEN],
    feed: [page([])],
    close: async () => {
      await http.close();
      server.closeAllConnections();
      server.close();
    },
  };

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = await readRequest(request, base);
    const isToken = asked.path === '/oauth/token';
    (isToken ? tokenRequests : feedRequests).push(asked);
    if (isToken) send(response, nextOf(fake.token));
    else send(response, typeof fake.feed === 'function' ? fake.feed(asked) : nextOf(fake.feed));
  }
  return fake;
}

function nextOf(answers: Answer[]): Answer {
  return (answers.length > 1 ? answers.shift() : answers[0]) ?? page([]);
}

async function readRequest(request: IncomingMessage, base: string): Promise<Asked> {
  let body = '';
  for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
  const url = new URL(request.url ?? '/', base);
  const query = Object.fromEntries(url.searchParams);
  return { method: request.method ?? '', path: url.pathname, query, headers: request.headers, body };
}

function send(response: ServerResponse, answer: Answer): void {
  if (answer === 'hang') return;
  if (answer === 'cut') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"has_more": tr', () => response.destroy());
    return;
  }
  const { status = 200, body, text, headers = {} } = answer;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(text ?? JSON.stringify(body));
}

function seatgeekSettings(base: string): Connection['seatgeek'] {
  return connectionSchema.shape.seatgeek.parse({
    clientId: { secret: 'seatgeek-client-id' },
    clientSecret: { secret: 'seatgeek-client-secret' },
    apiUrl: `${base}/v1/`,
    tokenUrl: `${base}/oauth/token`,
  });
}
