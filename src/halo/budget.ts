/** Halo's request limit, shared by all connections into one Halo host in this process, served in turn (`reference/halo.md` 5.1). */
import { systemClock, type Clock } from './clock.js';
import { RollingWindow, type RateLimit } from './rolling-window.js';

/** Asks for one request. */
export interface BudgetRequest {
  /** Connections take turns by this name. */
  readonly connection: string;
  readonly limit: RateLimit;
  readonly signal?: AbortSignal | undefined;
  /** Called when the request has to wait, with the expected time of its start (epoch ms). */
  readonly onWait?: ((until: number) => void) | undefined;
}

/** Must be called once the answer is there, or surely won't come. */
export type Release = () => void;

export interface Budget {
  /** Resolves when one request may be sent; rejects with the signal's reason when aborted while waiting. */
  acquire(request: BudgetRequest): Promise<Release>;
  /**
   * Resolves when so many requests (at most the limit) could start at once, in the connection's turn, and takes no place: somebody else may take
   * it first. Rejects as `acquire` does.
   */
  ready(request: BudgetRequest, requests?: number): Promise<void>;
  /** Nothing is sent before `until` (epoch ms): Halo said so. */
  close(until: number): void;
}

interface Waiter {
  readonly request: BudgetRequest;
  /** Places that must be free; null takes one, and a number only looks. */
  readonly looksFor: number | null;
  readonly admit: () => void;
}

export function createBudget(clock: Clock = systemClock): Budget {
  return new SharedBudget(clock);
}

class SharedBudget implements Budget {
  readonly #limits = new Map<string, RateLimit>();
  /** In the order of their turns: who was served goes to the end. */
  readonly #queues = new Map<string, Waiter[]>();
  readonly #window = new RollingWindow({ requests: 1, perSeconds: 1 });
  #alarm: { readonly at: number; readonly stop: AbortController } | undefined;

  constructor(private readonly clock: Clock) {}

  async acquire(request: BudgetRequest): Promise<Release> {
    await this.#wait(request, null);
    return once(() => {
      this.#window.end(this.clock.now());
      this.#serve();
    });
  }

  ready(request: BudgetRequest, requests = 1): Promise<void> {
    return this.#wait(request, requests);
  }

  close(until: number): void {
    this.#window.close(until);
    this.#serve();
  }

  async #wait(request: BudgetRequest, looksFor: number | null): Promise<void> {
    request.signal?.throwIfAborted();
    this.#limits.set(request.connection, request.limit);
    this.#window.setLimit(strictest([...this.#limits.values()]));
    await this.#queue(request, looksFor);
  }

  #queue(request: BudgetRequest, looksFor: number | null): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#remove(waiter);
        reject(toError(request.signal?.reason));
      };
      const admit = (): void => {
        request.signal?.removeEventListener('abort', leave);
        resolve();
      };
      const waiter: Waiter = { request, looksFor, admit };
      request.signal?.addEventListener('abort', leave, { once: true });
      this.#queueOf(request.connection).push(waiter);
      this.#serve();
    });
  }

  #serve(): void {
    for (;;) {
      const [turn] = this.#queues;
      const now = this.clock.now();
      const at = turn === undefined ? Infinity : this.#window.earliestStart(now, turn[1][0]?.looksFor ?? 1);
      if (turn === undefined || at > now) {
        this.#announce(at);
        return;
      }
      this.#admitNext(...turn);
    }
  }

  #admitNext(connection: string, queue: Waiter[]): void {
    const waiter = queue.shift();
    this.#queues.delete(connection);
    if (queue.length > 0) this.#queues.set(connection, queue);
    if (waiter === undefined) return;
    if (waiter.looksFor === null) this.#window.start();
    waiter.admit();
  }

  #announce(at: number): void {
    this.#setAlarm(at);
    if (!Number.isFinite(at)) return;
    for (const queue of this.#queues.values()) for (const { request } of queue) request.onWait?.(at);
  }

  #setAlarm(at: number): void {
    if (this.#alarm?.at === at) return;
    this.#alarm?.stop.abort();
    this.#alarm = undefined;
    if (!Number.isFinite(at)) return;
    const stop = new AbortController();
    this.#alarm = { at, stop };
    this.clock.sleep(Math.max(1, at - this.clock.now()), stop.signal).then(
      () => {
        this.#alarm = undefined;
        this.#serve();
      },
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

/** Connections into one Halo may state different limits: the one with the lowest rate holds for all. */
function strictest(limits: readonly RateLimit[]): RateLimit {
  const rate = ({ requests, perSeconds }: RateLimit): number => requests / perSeconds;
  return limits.reduce((lowest, limit) => (rate(limit) < rate(lowest) ? limit : lowest));
}

function once(action: () => void): Release {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    action();
  };
}

function toError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('aborted', { cause: reason });
}
