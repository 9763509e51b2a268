/** Halo's limit without Halo: connections of any number of processes send to it on a clock of the test's own. */
import { createBudget, type Budget } from '../../../src/halo/limit/budget.js';
import type { RateLimit } from '../../../src/halo/limit/rolling-window.js';
import { createRollingWindow } from '../../../src/sandbox/rolling-window.js';
import { sequenceOfChance } from '../../../src/sandbox/random.js';
import { FakeClock } from './fake-clock.js';

export interface SimulatedSender {
  readonly budget: Budget;
  readonly connection: string;
  /** Requests on their way at once. */
  readonly lanes: number;
  /** Milliseconds from a request to its answer. */
  readonly answerMs: number;
  readonly startsAt?: number;
  /** Requests wanted; without end by default. */
  readonly requests?: number;
}

export interface SimulatedRequest {
  readonly connection: string;
  /** Milliseconds since the start. */
  readonly at: number;
  readonly refused: boolean;
}

/** What a connection file states; what Halo really allows is another matter. */
export const LIMIT: RateLimit = { requests: 300, perSeconds: 300 };
export const WINDOW_MS = 300_000;

export class SimulatedHalo {
  readonly clock = new FakeClock();
  readonly log: SimulatedRequest[] = [];
  readonly #random = sequenceOfChance(7);
  readonly #window;

  constructor(allowed: RateLimit = LIMIT) {
    this.#window = createRollingWindow(allowed.requests, allowed.perSeconds * 1_000);
  }

  /** The budget of one more process. */
  process(): Budget {
    return createBudget(this.clock, this.#random);
  }

  /** Lets all send until that time, or until those who want a number of requests have them. */
  async run(senders: readonly SimulatedSender[], until: number): Promise<void> {
    let done = false;
    void Promise.all(senders.map((sender) => this.#send(sender, until))).then(() => (done = true));
    void this.clock.sleep(until - this.clock.now());
    await this.clock.runUntil(() => done || this.clock.now() >= until);
  }

  /** Requests of a connection in `[from, to)`. */
  between(from: number, to: number, connection?: string): SimulatedRequest[] {
    const isWanted = (request: SimulatedRequest): boolean =>
      request.at >= from && request.at < to && (connection ?? request.connection) === request.connection;
    return this.log.filter(isWanted);
  }

  async #send(sender: SimulatedSender, until: number): Promise<void> {
    const { startsAt = 0, lanes } = sender;
    let left = sender.requests ?? Infinity;
    if (startsAt > 0) await this.clock.sleep(startsAt);
    const lane = async (): Promise<void> => {
      while (left > 0 && this.clock.now() < until) {
        left -= 1;
        if (!(await this.#sendOne(sender))) left += 1;
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
  }

  async #sendOne({ budget, connection, answerMs }: SimulatedSender): Promise<boolean> {
    const release = await budget.acquire({ connection, limit: LIMIT });
    await this.clock.sleep(answerMs / 2);
    const at = this.clock.now();
    const refused = !this.#window.admit(at).ok;
    this.log.push({ connection, at, refused });
    await this.clock.sleep(answerMs / 2);
    release(refused ? { retryAfterMs: undefined } : undefined);
    return !refused;
  }
}
