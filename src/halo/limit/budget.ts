/**
 * Halo's request limit, shared by all connections into one Halo host in this process and, by what refusals teach, with other processes
 * (`reference/halo.md` 5.1; `docs/rate-limit.md` says it in plain words).
 */
import { abortReason } from '../../errors.js';
import { MAX_RETRY_AFTER_MS } from '../../http/http.js';
import { systemClock, type Clock } from '../clock.js';
import { afterRefusal, shareAt, WHOLE_LIMIT } from './limit-share.js';
import { RollingWindow, type RateLimit } from './rolling-window.js';
import { leastUsed, placesKept, spacingMs, type WindowUse } from './window-sharing.js';

/** Asks for one request. */
export interface BudgetRequest {
  /** Connections share the window by this name. */
  readonly connection: string;
  readonly limit: RateLimit;
  readonly signal?: AbortSignal | undefined;
  /** Called when the request has to wait, with the expected time of its start (epoch ms). */
  readonly onWait?: ((until: number) => void) | undefined;
}

/** Halo answered with 429. */
export interface Refusal {
  /** What it says about how long; undefined when it says nothing. */
  readonly retryAfterMs: number | undefined;
}

/** Must be called once the answer is there, or surely won't come; with the refusal if Halo refused. Later calls do nothing. */
export type Release = (refusal?: Refusal) => void;

export interface Budget {
  /** Resolves when one request may be sent; rejects with the signal's reason when aborted while waiting. */
  acquire(request: BudgetRequest): Promise<Release>;
  /**
   * Resolves when so many requests (at most the limit) could start at once, in the connection's turn, and takes no place: somebody else may take
   * it first. Rejects as `acquire` does.
   */
  ready(request: BudgetRequest, requests?: number): Promise<void>;
  /**
   * Share of Halo's limit that this process has used up now, from 0; more than 1 after the limit was lowered. The shares of several processes may be
   * added up: what one has learnt to leave to others counts as not used.
   */
  use(): number;
}

interface Waiter {
  readonly request: BudgetRequest;
  /** Places that must be free; null takes one, and a number only looks. */
  readonly looksFor: number | null;
  readonly admit: () => void;
}

interface KnownConnection {
  readonly limit: RateLimit;
  readonly askedAt: number;
}

/** A connection that asks for nothing so long has no say in the limit and nothing is kept for it: the longest usual interval, four times. */
const FORGET_AFTER_MS = 3_600_000;
/** The longest pause when Halo does not say how long (`reference/halo.md` 5.1). */
const UNTOLD_PAUSE_MS = 60_000;

/** `random` answers 0 to 1, as `Math.random` does. */
export function createBudget(clock: Clock = systemClock, random: () => number = Math.random): Budget {
  return new SharedBudget(steady(clock), random);
}

class SharedBudget implements Budget {
  readonly #connections = new Map<string, KnownConnection>();
  /** In the order of their turns: who was served goes to the end. */
  readonly #queues = new Map<string, Waiter[]>();
  readonly #window = new RollingWindow({ requests: 1, perSeconds: 1 });
  #limit: RateLimit = { requests: 1, perSeconds: 1 };
  #learnt = WHOLE_LIMIT;
  #lastStart = -Infinity;
  #refusals = 0;
  /** After a refusal one request goes ahead of all others, to see whether Halo takes requests again. */
  #trial: 'none' | 'due' | 'under way' = 'none';
  #alarm: AbortController | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  async acquire(request: BudgetRequest): Promise<Release> {
    await this.#wait(request, null);
    const refusals = this.#refusals;
    return once((refusal) => {
      this.#window.end(request.connection, this.clock.now());
      if (refusal !== undefined) this.#learn(refusal);
      // What was sent before the last refusal says nothing about what Halo takes now.
      else if (refusals === this.#refusals) this.#trial = 'none';
      this.#serve();
    });
  }

  ready(request: BudgetRequest, requests = 1): Promise<void> {
    return this.#wait(request, requests);
  }

  use(): number {
    return this.#window.used(this.clock.now()).total / this.#limit.requests;
  }

  #learn(refusal: Refusal): void {
    const now = this.clock.now();
    this.#refusals += 1;
    this.#trial = 'due';
    this.#learnt = afterRefusal(this.#learnt, now, this.#window.ms);
    this.#window.close(now + this.#pauseMs(refusal));
  }

  /** Up to a quarter longer than Halo says, so that processes refused together do not come back together; at most an hour. */
  #pauseMs({ retryAfterMs }: Refusal): number {
    const pauseMs = retryAfterMs ?? Math.min(UNTOLD_PAUSE_MS, this.#window.ms / 5);
    const longerMs = this.random() * Math.max(pauseMs / 4, this.#window.ms / 100);
    return Math.min(pauseMs + longerMs, MAX_RETRY_AFTER_MS);
  }

  async #wait(request: BudgetRequest, looksFor: number | null): Promise<void> {
    request.signal?.throwIfAborted();
    this.#know(request);
    await this.#queue(request, looksFor);
  }

  #know({ connection, limit }: BudgetRequest): void {
    const askedAt = this.clock.now();
    this.#connections.set(connection, { limit, askedAt });
    for (const [name, known] of this.#connections)
      if (known.askedAt + FORGET_AFTER_MS < askedAt && !this.#queues.has(name)) this.#connections.delete(name);
    this.#limit = strictest([...this.#connections.values()].map((known) => known.limit));
  }

  #queue(request: BudgetRequest, looksFor: number | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#remove(waiter);
        reject(abortReason(request.signal));
      };
      const admit = (): void => {
        request.signal?.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { request, looksFor, admit };
      request.signal?.addEventListener('abort', leave);
      this.#queueOf(request.connection).push(waiter);
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const now = this.clock.now();
      const use = this.#use(now);
      const connection = leastUsed(this.#queues.keys(), use);
      const [waiter] = this.#queues.get(connection ?? '') ?? [];
      const at = waiter === undefined ? Infinity : this.#startOf(waiter, now, use);
      if (waiter === undefined || at > now) {
        this.#announce(now, use);
        this.#setAlarm(at);
        return;
      }
      this.#admit(waiter, now);
    }
  }

  #use(now: number): WindowUse {
    const { requests, perSeconds } = this.#limit;
    const share = shareAt(this.#learnt, now, this.#window.ms);
    const limit = Math.max(1, Math.floor(requests * share));
    this.#window.setLimit({ requests: limit, perSeconds });
    return { limit, ...this.#window.used(now) };
  }

  /** When it may start (epoch ms) if `ahead` of its connection start first; Infinity while only the end of a running request can tell. */
  #startOf({ request, looksFor }: Waiter, now: number, use: WindowUse, ahead = 0): number {
    if (this.#trial === 'under way') return Infinity;
    const kept = placesKept(request.connection, this.#connections.size, use);
    const free = this.#window.earliestStart(now, (looksFor ?? 1) + ahead + kept);
    return Math.max(free, this.#lastStart + spacingMs(this.#isShared(use), use, this.#window.ms));
  }

  /** By several connections, or with others that refusals tell of. */
  #isShared({ by, limit }: WindowUse): boolean {
    return limit < this.#limit.requests || new Set([...by.keys(), ...this.#queues.keys()]).size > 1;
  }

  #admit(waiter: Waiter, now: number): void {
    const { connection } = waiter.request;
    const [, ...left] = this.#queueOf(connection);
    this.#queues.delete(connection);
    if (left.length > 0) this.#queues.set(connection, left);
    if (waiter.looksFor === null) {
      this.#window.start(connection);
      this.#lastStart = now;
      if (this.#trial === 'due') this.#trial = 'under way';
    }
    waiter.admit();
  }

  #announce(now: number, use: WindowUse): void {
    for (const queue of this.#queues.values())
      for (const [ahead, waiter] of queue.entries()) {
        const at = this.#startOf(waiter, now, use, ahead);
        if (at > now && Number.isFinite(at)) waiter.request.onWait?.(at);
      }
  }

  #setAlarm(at: number): void {
    this.#alarm?.abort();
    if (!Number.isFinite(at)) return;
    this.#alarm = new AbortController();
    this.clock.sleep(Math.max(1, at - this.clock.now()), this.#alarm.signal).then(
      () => this.#serve(),
      () => undefined,
    );
  }

  #queueOf(connection: string): Waiter[] {
    const queue = this.#queues.get(connection) ?? [];
    this.#queues.set(connection, queue);
    return queue;
  }

  #remove(waiter: Waiter): void {
    const { connection } = waiter.request;
    const left = this.#queueOf(connection).filter((other) => other !== waiter);
    if (left.length === 0) this.#queues.delete(connection);
    else this.#queues.set(connection, left);
    this.#serve();
  }
}

/**
 * Connections into one Halo may state different limits: one that keeps all of them. So few requests as the smallest, in a time so long that each
 * of the others' windows holds no more of its stretches than fit.
 */
function strictest(limits: readonly RateLimit[]): RateLimit {
  const requests = Math.min(...limits.map((limit) => limit.requests));
  const perSeconds = Math.max(...limits.map((limit) => limit.perSeconds / Math.floor(limit.requests / requests)));
  return { requests, perSeconds };
}

/** Time that never goes back, so that a clock that was set right does not make what was sent before wait for the old time to come. */
function steady(clock: Clock): Clock {
  let last = -Infinity;
  let ahead = 0;
  return {
    now: () => {
      const now = clock.now();
      ahead = Math.max(ahead, last - now);
      last = now + ahead;
      return last;
    },
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
}

function once<T>(action: (argument?: T) => void): (argument?: T) => void {
  let done = false;
  return (argument) => {
    if (done) return;
    done = true;
    action(argument);
  };
}
