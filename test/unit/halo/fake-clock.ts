/** A clock that a test moves: sleeping resolves when time gets there. */
import type { Clock } from '../../../src/halo/clock.js';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #now: number;
  #sleepers: Sleeper[] = [];

  /** `idle` resolves when nothing happens any more unless time goes on. */
  constructor(
    startsAt = 0,
    private readonly idle: () => Promise<void> = settled,
  ) {
    this.#now = startsAt;
  }

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { at: this.#now + ms, wake: resolve };
      this.#sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        this.#sleepers = this.#sleepers.filter((other) => other !== sleeper);
        reject(new Error('aborted'));
      });
    });
  }

  /** Lets everything that can happen now happen, then moves on to the next sleeper, until `done`. Throws when nobody sleeps. */
  async runUntil(done: () => boolean): Promise<void> {
    for (;;) {
      await this.idle();
      if (done()) return;
      const [next] = this.#sleepers.toSorted((a, b) => a.at - b.at);
      if (next === undefined) throw new Error('everything waits for nothing');
      this.#sleepers = this.#sleepers.filter((sleeper) => sleeper !== next);
      this.#now = Math.max(this.#now, next.at);
      next.wake();
    }
  }
}

/** All microtasks under way have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
