/**
 * Keeps two workers from writing the same page. Temporal gives a step to another worker when it has not heard of the first for the step's
 * `heartbeatTimeout` (20 s). So a worker that has not heard from Temporal for ten seconds, or whose process stood still as long, writes nothing
 * more for the steps it had until then: what is under way is broken off, and Temporal decides who goes on.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Logger } from '@temporalio/common';
import { TransientError } from '../errors.js';
import type { Http } from '../http/http.js';

/** How long a worker may write without a word from Temporal. */
export const OUT_OF_TOUCH_MS = 10_000;
const TICK_MS = 1_000;

export interface FenceOptions {
  /** Asks Temporal for anything; rejects when no answer comes within a few seconds. */
  readonly ask: () => Promise<unknown>;
  readonly logger: Pick<Logger, 'error' | 'info'>;
  /** Milliseconds; the larger step of the two clocks counts, as one stops with the machine and the other may be set. Default: the system's. */
  readonly clocks?: () => readonly [steady: number, wall: number];
}

export interface Fence {
  /** Runs one attempt of a step. Throws TransientError `worker-out-of-touch` while this worker must not write. */
  attempt<T>(work: () => Promise<T>): Promise<T>;
  /** The same exchange, but what may change something is not sent, or is broken off, once the attempt that sends it is fenced off. */
  guard(http: Http): Http;
  /** Looks at the clocks. Called every second by itself. */
  tick(): void;
  close(): void;
}

const attempts = new AsyncLocalStorage<AbortSignal>();

/** Aborts when the attempt under way is fenced off; undefined outside of one. */
export function fenceSignal(): AbortSignal | undefined {
  return attempts.getStore();
}

/** One per process. */
export function createFence(options: FenceOptions): Fence {
  return new ProcessFence(options);
}

class ProcessFence implements Fence {
  /** Shared by the attempts that began since the worker was last out of touch. */
  #touch = new AbortController();
  #running = 0;
  #isAsking = false;
  #tickedAt: readonly [number, number];
  #heardAt: readonly [number, number];
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly options: FenceOptions) {
    this.#tickedAt = this.#now();
    this.#heardAt = this.#tickedAt;
    this.#timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  async attempt<T>(work: () => Promise<T>): Promise<T> {
    this.#look();
    const { signal } = this.#touch;
    signal.throwIfAborted();
    // Temporal has just handed this attempt over.
    if (this.#running === 0) this.#heardAt = this.#now();
    this.#running += 1;
    try {
      return await attempts.run(signal, work);
    } finally {
      this.#running -= 1;
    }
  }

  guard(http: Http): Http {
    return {
      ...http,
      request: async (request) => {
        const fence = fenceSignal();
        if (fence === undefined || request.method === 'GET') return http.request(request);
        this.#look();
        fence.throwIfAborted();
        const signal = request.signal === undefined ? fence : AbortSignal.any([fence, request.signal]);
        const maySend = (): boolean => {
          this.#look();
          return !fence.aborted;
        };
        return http.request({ ...request, signal, maySend });
      },
    };
  }

  tick(): void {
    this.#look();
    // A worker without work has nothing to keep apart, so it asks nobody.
    if (this.#running > 0 || this.#touch.signal.aborted) void this.#ask();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #ask(): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const askedAt = this.#now();
    try {
      await this.options.ask();
      this.#heard(askedAt);
    } catch {
      // The clock tells.
    } finally {
      this.#isAsking = false;
    }
  }

  #heard(askedAt: readonly [number, number]): void {
    this.#look();
    if (this.#since(askedAt) > OUT_OF_TOUCH_MS) return;
    this.#heardAt = askedAt;
    if (!this.#touch.signal.aborted) return;
    this.#touch = new AbortController();
    this.options.logger.info('in touch with Temporal again', {});
  }

  #look(): void {
    if (this.#since(this.#tickedAt) > OUT_OF_TOUCH_MS) this.#lose('This process stood still');
    this.#tickedAt = this.#now();
    if (this.#running > 0 && this.#since(this.#heardAt) > OUT_OF_TOUCH_MS) this.#lose('Temporal has not answered');
  }

  #lose(what: string): void {
    if (this.#touch.signal.aborted) return;
    const message = `${what} for ${OUT_OF_TOUCH_MS / 1_000} seconds: this worker writes nothing more for the steps it had.`;
    const hint = 'Temporal gives them to a worker again by itself.';
    this.#touch.abort(new TransientError('worker-out-of-touch', message, { hint }));
    this.options.logger.error(message, { code: 'worker-out-of-touch', steps: this.#running });
  }

  #now(): readonly [number, number] {
    return this.options.clocks?.() ?? [performance.now(), Date.now()];
  }

  #since([steady, wall]: readonly [number, number]): number {
    const [steadyNow, wallNow] = this.#now();
    return Math.max(steadyNow - steady, wallNow - wall);
  }
}
