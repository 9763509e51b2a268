/**
 * The arithmetic of a rolling window. A place is taken when a request starts and is free again one window after it *ended*: the request reached
 * Halo some time between the two, so that Halo never counts more than the limit, however long requests are on their way.
 */
export interface RateLimit {
  readonly requests: number;
  readonly perSeconds: number;
}

/** Room for the two clocks' different ideas of a window's edge. */
const EDGE_MS = 20;

export class RollingWindow {
  #running = 0;
  /** When requests ended, oldest first. */
  #ended: number[] = [];
  #closedUntil = 0;

  constructor(private limit: RateLimit) {}

  /** Applies from now on; what was sent before still counts. */
  setLimit(limit: RateLimit): void {
    this.limit = limit;
  }

  /**
   * The earliest time (epoch ms) at which so many requests (at most the limit) may start; Infinity while only the end of a running one can
   * tell.
   */
  earliestStart(now: number, requests = 1): number {
    this.#forget(now);
    const over = this.#running + this.#ended.length + Math.min(requests, this.limit.requests) - 1 - this.limit.requests;
    if (over < 0) return Math.max(now, this.#closedUntil);
    const freeing = this.#ended[over];
    return freeing === undefined ? Infinity : Math.max(freeing + this.#windowMs, this.#closedUntil);
  }

  start(): void {
    this.#running += 1;
  }

  end(now: number): void {
    this.#running -= 1;
    this.#ended.push(now);
  }

  /** Nothing starts before `until` (epoch ms); an earlier time never shortens a later one. */
  close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until);
  }

  get #windowMs(): number {
    return this.limit.perSeconds * 1_000 + EDGE_MS;
  }

  #forget(now: number): void {
    const kept = this.#ended.findIndex((at) => at + this.#windowMs > now);
    if (kept !== 0) this.#ended = kept === -1 ? [] : this.#ended.slice(kept);
  }
}
