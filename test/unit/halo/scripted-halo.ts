/** A Halo of few words behind the HTTP of a client: answers what the test lays out and remembers what it was asked. Time is the test's. */
import { connectionSchema, type Connection } from '../../../src/connection/schema.js';
import type { Clock } from '../../../src/halo/clock.js';
import type { Http, HttpRequest, HttpResponse } from '../../../src/http/http.js';

/** Status 200 and JSON unless said otherwise; an error is thrown in place of an answer. */
export type Answer = Partial<HttpResponse> | Error;

export class ScriptedHalo implements Http {
  readonly asked: HttpRequest[] = [];
  readonly tokenRequests: HttpRequest[] = [];
  /** For the next requests; the last one is repeated. Tokens are `token-1`, `token-2` … unless `token` has answers. */
  answers: Answer[] = [];
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
    return answer(nextOf(this.answers) ?? {});
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
