/** How long an array may be. A length is doubted when an array is refused though nobody in it is bad, and tried again after a while. Pure. */
import type { ArrayHabits } from './array-habits.js';

/** Arrays at the limit until a longer one is tried. */
const FIRST_PATIENCE = 20;

export class ArrayLengths {
  /** The longest that was taken after a longer one was refused for no reason: once may be chance. */
  #suspected: number | null = null;
  #longest = 0;
  #atLimit = 0;
  #patience = FIRST_PATIENCE;

  constructor(
    private readonly habits: Pick<ArrayHabits, 'limit'>,
    private readonly size: number,
  ) {}

  next(left: number): number {
    const { limit } = this.habits;
    return Math.min(left, this.size, this.#atLimit < this.#patience ? limit : limit * 2);
  }

  took(length: number): void {
    this.#longest = Math.max(this.#longest, length);
    if (this.#suspected !== null && length > this.#suspected) this.#suspected = null;
    if (length > this.habits.limit) this.habits.limit = length >= this.size ? Infinity : length;
    if (length === this.habits.limit) this.#atLimit += 1;
  }

  /** An array is about to be cut up; what is taken from now on are its pieces. */
  cut(): void {
    this.#longest = 0;
  }

  /** So long an array was refused, and nobody in it was bad. */
  refused(length: number): void {
    if (length > this.habits.limit) this.#waitLonger();
    else if (this.#longest > 0 && this.#suspected === null) this.#suspected = this.#longest;
    else if (this.#suspected !== null) {
      this.habits.limit = Math.max(this.#suspected, this.#longest);
      this.#suspected = null;
    }
  }

  /** Of an accepted array only so many were written, and those left out were fine. */
  heeded(count: number): void {
    if (this.habits.limit <= count) {
      this.#waitLonger();
      return;
    }
    this.habits.limit = Math.max(1, count);
  }

  #waitLonger(): void {
    this.#atLimit = 0;
    this.#patience *= 2;
  }
}
