/**
 * The arithmetic of a rolling window. A place is taken when a request starts and is free again one window after it *ended*: the request reached
 * Halo some time between the two, so that Halo never counts more than the limit, however long requests are on their way.
 */
export interface RateLimit {
  readonly requests: number;
  readonly perSeconds: number;
}

interface EndedRequest {
  readonly connection: string;
  readonly at: number;
}

/** Room for the two clocks' different ideas of a window's edge. */
const EDGE_MS = 20;

export class RollingWindow {
  #running = 0;
  /** Places taken by each connection that has any. */
  readonly #used = new Map<string, number>();
  /** Oldest first. */
  #ended: EndedRequest[] = [];
  #closedUntil = 0;

  constructor(private limit: RateLimit) {}

  /** Applies from now on; what was sent before still counts. */
  setLimit(limit: RateLimit): void {
    this.limit = limit;
  }

  get ms(): number {
    return this.limit.perSeconds * 1_000 + EDGE_MS;
  }

  /** Places taken, by all connections and by each that has any. */
  used(now: number): { readonly total: number; readonly by: ReadonlyMap<string, number> } {
    this.#forget(now);
    return { total: this.#running + this.#ended.length, by: this.#used };
  }

  /**
   * The earliest time (epoch ms) at which so many requests (at most the limit) may start; Infinity while only the end of a running one can
   * tell.
   */
  earliestStart(now: number, requests = 1): number {
    const places = this.used(now).total + Math.min(requests, this.limit.requests);
    const over = places - this.limit.requests;
    if (over <= 0) return Math.max(now, this.#closedUntil);
    const freeing = this.#ended[over - 1];
    return freeing === undefined ? Infinity : Math.max(freeing.at + this.ms, this.#closedUntil);
  }

  start(connection: string): void {
    this.#running += 1;
    this.#used.set(connection, (this.#used.get(connection) ?? 0) + 1);
  }

  end(connection: string, now: number): void {
    this.#running -= 1;
    this.#ended.push({ connection, at: now });
  }

  /** Nothing starts before `until` (epoch ms); an earlier time never shortens a later one. */
  close(until: number): void {
    this.#closedUntil = Math.max(this.#closedUntil, until);
  }

  #forget(now: number): void {
    const firstKept = this.#ended.findIndex(({ at }) => at + this.ms > now);
    for (const { connection } of this.#ended.splice(0, firstKept === -1 ? Infinity : firstKept)) {
      const left = (this.#used.get(connection) ?? 0) - 1;
      if (left > 0) this.#used.set(connection, left);
      else this.#used.delete(connection);
    }
  }
}
