/** A Halo of few words behind the HTTP of a client: answers what the test lays out and remembers what it was asked. Time is the test's. */
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import { createHaloClient, type HaloClient } from '../../../src/halo/api/client.js';
import type { Clock } from '../../../src/halo/clock.js';
import type { Http, HttpRequest, HttpResponse } from '../../../src/http/http.js';

/** Status 200 and JSON unless said otherwise; an error is thrown in place of an answer. */
export type Answer = Partial<HttpResponse> | Error;

export class ScriptedHalo implements Http {
  readonly asked: HttpRequest[] = [];
  readonly tokenRequests: HttpRequest[] = [];
  /** By the request, or for the next requests; the last one is repeated. Tokens are `token-1`, `token-2` … unless `token` has answers. */
  answers: Answer[] | ((request: HttpRequest) => Answer) = [];
  token: Answer[] = [];
  /** Called with each request to the API before it is answered. */
  onAsked: () => void = () => undefined;

  request(request: HttpRequest): Promise<HttpResponse> {
    if (request.url.pathname === '/auth/token') {
      this.tokenRequests.push(request);
      const access_token = `token-${this.tokenRequests.length}`;
      return answer(nextOf(this.token) ?? { text: JSON.stringify({ access_token, expires_in: 3_600 }) });
    }
    this.asked.push(request);
    this.onAsked();
    return answer(typeof this.answers === 'function' ? this.answers(request) : (nextOf(this.answers) ?? {}));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function nextOf(answers: Answer[]): Answer | undefined {
  return answers.length > 1 ? answers.shift() : answers[0];
}

function answer(given: Answer): Promise<HttpResponse> {
  if (given instanceof Error) return Promise.reject(given);
  return Promise.resolve({
    status: 200,
    contentType: 'application/json',
    text: '{}',
    retryAfterMs: undefined,
    ...given,
  });
}

/** Sleeps take no time and are remembered. */
export class ScriptedClock implements Clock {
  readonly sleeps: number[] = [];
  time = 0;

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    this.time += ms;
    return Promise.resolve();
  }
}

export function haloSettings(overrides: object = {}): Connection['halo'] {
  return connectionSchema.shape.halo.parse({
    url: 'https://acme.halopsa.com',
    clientId: { secret: 'halo-client-id' },
    clientSecret: { secret: 'halo-client-secret' },
    ...overrides,
  });
}

/** A client without a limit. */
export function unlimitedClient(halo: ScriptedHalo): HaloClient {
  return createHaloClient({
    connection: { name: 'arena', halo: haloSettings() },
    http: halo,
    secrets: () => Promise.resolve({ clientId: 'the-id', clientSecret: 'the-secret' }),
    budget: { acquire: () => Promise.resolve(() => undefined), ready: () => Promise.resolve(), use: () => 0 },
    clock: new ScriptedClock(),
  });
}

/** What a Halo has, by path below `/api`; 404 for anything else. What is no answer is sent as JSON. */
export function serving(paths: Readonly<Record<string, unknown>>): (request: HttpRequest) => Answer {
  return ({ url }) => {
    const found = paths[url.pathname.replace(/^\/api/, '')];
    if (found === undefined) return { status: 404, text: '"not found"' };
    return found instanceof Reply ? found.answer : { text: JSON.stringify(found) };
  };
}

/** An answer of its own among what is served as JSON. */
export class Reply {
  constructor(readonly answer: Answer) {}
}

/** Users with these custom fields, newest first, in a list and alone. What is a Reply stands for the user alone. */
export function usersServed(all: readonly (readonly object[] | Reply)[]): Record<string, unknown> {
  const idOf = (place: number): number => 100 - place;
  const rows = all.map((_, place) => ({ id: idOf(place) }));
  const alone = all.map((fields, place): [string, unknown] => [
    `/Users/${idOf(place)}`,
    fields instanceof Reply ? fields : { id: idOf(place), customfields: fields },
  ]);
  return { '/Users': { record_count: all.length, users: rows }, ...Object.fromEntries(alone) };
}
