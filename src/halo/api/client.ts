/** Halo's API over HTTP: token, rate limit, retries that are safe, and failures by what they mean. Knows no resource. */
import type { z } from 'zod';
import type { Connection } from '../../connection/schema.js';
import { DriftError, TransientError } from '../../errors.js';
import { HttpFailure, type Http, type HttpResponse } from '../../http/http.js';
import type { Credentials } from '../../http/kept-token.js';
import { failureOf, isRepeatable } from './answer.js';
import type { Budget, BudgetRequest } from '../limit/budget.js';
import { systemClock, type Clock } from '../clock.js';
import { HaloRefusalError, UnauthorizedError } from './errors.js';
import type { HiddenValue } from './error-text.js';
import { createTokenSource, type HaloTokens } from './token.js';

export interface HaloClientOptions {
  readonly connection: Pick<Connection, 'name' | 'halo'>;
  readonly http: Http;
  readonly secrets: () => Promise<Credentials>;
  readonly budget: Budget;
  /** Default: its own. */
  readonly tokens?: HaloTokens;
  readonly clock?: Clock;
  /** Milliseconds until an answer must be there; 60 seconds by default. */
  readonly timeoutMs?: number;
  /** Told how many seconds a request waited for Halo's limit, given up ones included. */
  readonly onWaited?: (seconds: number) => void;
}

type OnWait = (until: number | null) => void;

/** What the caller of a request wants to know and to hide. */
export interface CallOptions {
  /** Stops before the next request and while waiting; a request under way is finished. */
  readonly signal?: AbortSignal | undefined;
  /** Epoch milliseconds until which Halo's limit makes us wait; null when it is over. */
  readonly onWait?: OnWait | undefined;
  /** Called once for each API request that is sent, with the time (epoch ms). */
  readonly onRequest?: ((at: number) => void) | undefined;
  /**
   * False: the caller looks at Halo before this is sent again. A 429, or a wait of more than a few seconds for the limit, is thrown as the
   * TransientError `halo-rate-limited` (nothing was sent), a 401 as UnauthorizedError (the next request has a new token).
   */
  readonly isTriedAgain?: boolean | undefined;
  /** Values that must not stand in an error's text; asked for only when there is one. */
  readonly hide?: (() => readonly HiddenValue[]) | undefined;
}

export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface HaloClient {
  /**
   * `GET {url}/api{path}`, repeated twice when no answer or a 5xx comes.
   * Throws TransientError, CredentialsRefusedError, HaloRefusalError (other 4xx), DriftError (an answer of another shape).
   */
  get<T>(path: string, schema: z.ZodType<T>, query?: Query, call?: CallOptions): Promise<T>;
  /**
   * `POST {url}/api{path}` with a JSON body; never repeated unless it surely did nothing. Answers the JSON, unread.
   * Throws as `get` does, and LostAnswerError when Halo may or may not have done it.
   */
  post(path: string, body: unknown, call?: CallOptions): Promise<unknown>;
  /** `DELETE {url}/api{path}`; what is gone already is no failure. Throws as `post` does. */
  delete(path: string, call?: CallOptions): Promise<void>;
  /** Asks for a new token, without any request to the API. Throws CredentialsRefusedError, TransientError, ConfigError, DriftError. */
  authenticate(): Promise<void>;
  /**
   * Resolves when so many requests (one by default) could start at once, as far as Halo's limit goes, without taking a place: for work that must
   * not be overtaken by a long wait once it has begun. Waiting is told to `onWait`. Throws the signal's reason.
   */
  ready(call?: CallOptions, requests?: number): Promise<void>;
  /** API requests sent, refused ones included, token requests not. */
  readonly requests: number;
}

interface Outgoing {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly body?: string;
}

/** Until an answer must be there. */
export const HALO_TIMEOUT_MS = 60_000;
const REPEATS = 2;
const FIRST_PAUSE_MS = 500;
/** Longer waits than this are given to the caller, who may free the worker meanwhile. */
const MAX_PAUSE_MS = 10_000;
/** A longer one is given to the caller. */
export const MAX_LIMIT_WAIT_MS = 6 * 60_000;
/** Refusals in a row after which it is given to the caller. */
export const MAX_LIMIT_ANSWERS = 5;
const MAX_SHORT_WAIT_MS = 10_000;
/** What a caller is told when Halo does not say how long. */
const LIMIT_PAUSE_MS = 60_000;
const MAX_ANSWER_BYTES = 32 * 1_024 * 1_024;

export function createHaloClient(options: HaloClientOptions): HaloClient {
  return new Client(options);
}

class Client implements HaloClient {
  requests = 0;
  readonly #clock: Clock;
  readonly #timeoutMs: number;
  readonly #tokens: HaloTokens;
  readonly #base: string;
  /** Requests that wait for the limit, by whom that is told to. */
  readonly #waits = new WeakMap<OnWait, Set<symbol>>();

  constructor(private readonly options: HaloClientOptions) {
    const { connection, http, secrets, clock = systemClock, timeoutMs = HALO_TIMEOUT_MS } = options;
    this.#clock = clock;
    this.#timeoutMs = timeoutMs;
    this.#tokens = options.tokens ?? createTokenSource({ halo: connection.halo, http, secrets, clock, timeoutMs });
    this.#base = `${connection.halo.url}/api`;
  }

  async authenticate(): Promise<void> {
    await this.#tokens.renew();
  }

  ready(call: CallOptions = {}, requests = 1): Promise<void> {
    return this.#underLimit(call, (request) => this.options.budget.ready(request, requests));
  }

  async get<T>(path: string, schema: z.ZodType<T>, query: Query = {}, call: CallOptions = {}): Promise<T> {
    const url = new URL(`${this.#base}${path}`);
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value));
    const json = await this.#settle({ method: 'GET', url }, call);
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new DriftError(
      'halo-answer-unreadable',
      `Halo's answer to GET ${path.replace(/\d+/g, '…')} has another shape than expected (at ${issue?.path.join('.') ?? '?'}).`,
      'Check that halo.url is the address of Halo itself; if it is, Halo has changed and this program must follow.',
    );
  }

  post(path: string, body: unknown, call: CallOptions = {}): Promise<unknown> {
    return this.#settle({ method: 'POST', url: new URL(`${this.#base}${path}`), body: JSON.stringify(body) }, call);
  }

  async delete(path: string, call: CallOptions = {}): Promise<void> {
    try {
      await this.#settle({ method: 'DELETE', url: new URL(`${this.#base}${path}`) }, call);
    } catch (error) {
      if (!(error instanceof HaloRefusalError && error.isNotFound)) throw error;
    }
  }

  /** Sends until there is an answer to give or a failure that a repeat would not mend. */
  async #settle(outgoing: Outgoing, call: CallOptions): Promise<unknown> {
    let limited = 0;
    for (let attempt = 0; ;) {
      const answer = await this.#authorized(outgoing, call);
      if (answer instanceof Error || answer.status !== 429) {
        const failure = failureOf(answer, outgoing.method, () => this.#hidden(call));
        if (!(failure instanceof Error)) return failure.json;
        if (!isRepeatable(failure) || attempt >= REPEATS) throw failure;
        await this.#pause(failure, attempt++, call);
      } else if (
        call.isTriedAgain === false ||
        ++limited > MAX_LIMIT_ANSWERS ||
        (answer.retryAfterMs ?? 0) > MAX_LIMIT_WAIT_MS
      )
        throw tooManyRequests(answer.retryAfterMs);
    }
  }

  #hidden({ hide }: CallOptions): HiddenValue[] {
    const credentials = Object.entries(this.#tokens.credentials ?? {}).map(([field, value]) => ({
      field,
      value: String(value),
    }));
    return [...(hide?.() ?? []), ...credentials];
  }

  async #pause(failure: TransientError | DriftError, attempt: number, call: CallOptions): Promise<void> {
    const asked = failure instanceof TransientError ? failure.retryAfterMs : undefined;
    const ms = asked ?? FIRST_PAUSE_MS * 2 ** attempt;
    if (ms > MAX_PAUSE_MS) throw failure;
    await this.#clock.sleep(ms, call.signal);
  }

  /** One renewed token on 401, then the credentials count as refused. Throws UnauthorizedError. */
  async #authorized(outgoing: Outgoing, call: CallOptions): Promise<HttpResponse | HttpFailure> {
    for (let renewed = false; ; renewed = true) {
      call.signal?.throwIfAborted();
      const token = await this.#tokens.get();
      const answer = await this.#send(outgoing, token, call);
      if (answer instanceof Error || answer.status !== 401) return answer;
      this.#tokens.drop(token);
      if (renewed || call.isTriedAgain === false) throw new UnauthorizedError();
    }
  }

  async #send(outgoing: Outgoing, token: string, call: CallOptions): Promise<HttpResponse | HttpFailure> {
    const askedAt = this.#clock.now();
    const release = await this.#underLimit(call, (request) => this.options.budget.acquire(request));
    if (call.isTriedAgain === false && this.#clock.now() - askedAt > MAX_SHORT_WAIT_MS) {
      release();
      throw tooManyRequests(undefined);
    }
    this.requests += 1;
    call.onRequest?.(this.#clock.now());
    try {
      const answer = await this.#exchange(outgoing, token);
      if (answer.status === 429) release({ retryAfterMs: answer.retryAfterMs });
      return answer;
    } catch (error) {
      if (error instanceof HttpFailure) return error;
      throw error;
    } finally {
      release();
    }
  }

  #exchange({ method, url, body }: Outgoing, token: string): Promise<HttpResponse> {
    return this.options.http.request({
      method,
      url,
      headers: {
        authorization: `Bearer ${token}`,
        accept: 'application/json',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body }),
      timeoutMs: this.#timeoutMs,
      maxBytes: MAX_ANSWER_BYTES,
    });
  }

  /** Tells `onWait` of a wait, and of its end when no other request with the same `onWait` waits any more. */
  async #underLimit<T>({ signal, onWait }: CallOptions, ask: (request: BudgetRequest) => Promise<T>): Promise<T> {
    const { name, halo } = this.options.connection;
    const wait = Symbol('wait');
    const waits = (onWait && this.#waits.get(onWait)) ?? new Set<symbol>();
    if (onWait) this.#waits.set(onWait, waits);
    let since: number | undefined;
    const onBudgetWait = (until: number): void => {
      since ??= this.#clock.now();
      waits.add(wait);
      onWait?.(until);
    };
    try {
      return await ask({ connection: name, limit: halo.rateLimit, signal, onWait: onBudgetWait });
    } finally {
      if (since !== undefined) this.options.onWaited?.(Math.max(0, this.#clock.now() - since) / 1_000);
      if (waits.delete(wait) && waits.size === 0) onWait?.(null);
    }
  }
}

function tooManyRequests(retryAfterMs: number | undefined): TransientError {
  return new TransientError('halo-rate-limited', "Halo's request limit is used up, not only by this connection.", {
    retryAfterMs: retryAfterMs ?? LIMIT_PAUSE_MS,
    hint: 'It goes on by itself. If this happens often, lower halo.rateLimit: other programs use the same limit.',
  });
}
