/** How many requests are read and converted at once: each may hold some hundred megabytes in memory while it is. */

export interface TurnsOptions {
  /** Under way at a time. */
  readonly atOnce: number;
  /** Waiting for their turn. */
  readonly waiting: number;
}

export class Turns {
  readonly #waiting: (() => void)[] = [];
  #underWay = 0;

  constructor(private readonly most: TurnsOptions) {}

  /** Does the work when it is its turn, in the order of asking. Undefined, at once, when too many wait already. */
  async take<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#underWay >= this.most.atOnce) {
      if (this.#waiting.length >= this.most.waiting) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#underWay += 1;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      // The place goes to the next without becoming free.
      if (next === undefined) this.#underWay -= 1;
      else next();
    }
  }
}
