/**
 * How long an array may be. A length is doubted when an array is refused, or its answer lost, though nobody in it is bad, and tried again after
 * a while. Pure.
 */
import type { ArrayHabits } from './array-habits.js';

/** Arrays at the limit until a longer one is tried. */
const FIRST_PATIENCE = 20;
/** So many pieces of one array refused or lost for no reason are no chance. */
const ENOUGH = 3;
/** After so many people refused one after the other no array is tried before somebody is taken: a rule may refuse everybody. */
const MAX_REFUSED = 3;

export class ArrayLengths {
  /** The longest that was taken when a longer one last failed for no reason, which once may be chance; 0 when nothing is suspected. */
  #suspected = 0;
  /** Of the array that is being cut up: the longest piece that was taken, and the lengths that failed for no reason. */
  #longest = 0;
  #failed: number[] = [];
  #depth = 0;
  #atLimit = 0;
  #patience = FIRST_PATIENCE;
  /** Refused alone since somebody was last taken. */
  #refusedInARow = 0;

  constructor(
    private readonly habits: Pick<ArrayHabits, 'limit'>,
    private readonly size: number,
  ) {}

  next(left: number): number {
    if (this.#refusedInARow >= MAX_REFUSED) return 1;
    const { limit } = this.habits;
    return Math.min(left, this.size, this.#atLimit < this.#patience ? limit : limit * 2);
  }

  /** Somebody alone was refused. */
  refused(): void {
    this.#refusedInARow += 1;
  }

  /** Somebody was taken. */
  passed(): void {
    this.#refusedInARow = 0;
  }

  took(length: number): void {
    this.#longest = Math.max(this.#longest, length);
    if (length > this.#suspected) this.#suspected = 0;
    if (length > this.habits.limit) this.habits.limit = length >= this.size ? Infinity : length;
    if (length === this.habits.limit) this.#atLimit += 1;
  }

  /** A refused or lost array is about to be cut up, perhaps a piece of another. */
  cut(): void {
    this.#depth += 1;
    if (this.#depth > 1) return;
    this.#longest = 0;
    this.#failed = [];
  }

  /**
   * An array of this length was cut up; `isForNoReason`: nobody in it was bad. Where its answer was lost and yet it was done, as a gateway does
   * to what takes long, its pieces tell nothing: such of `untold` would have been taken.
   */
  cutUp(length: number, isForNoReason: boolean, untold = 0): void {
    this.#depth -= 1;
    this.#longest = Math.max(this.#longest, untold);
    if (isForNoReason) this.#failed.push(length);
    if (this.#depth > 0) return;
    const tooLong = this.#failed.filter((one) => one > this.#longest).length;
    if (tooLong === 0 || this.#longest === 0) return;
    if (length > this.habits.limit) this.#waitLonger();
    else if (tooLong < ENOUGH && this.#suspected === 0) this.#suspected = this.#longest;
    else {
      this.habits.limit = Math.max(this.#suspected, this.#longest);
      this.#suspected = 0;
    }
  }

  /** Of an accepted array only so many were written, and those left out were fine. */
  heeded(count: number): void {
    if (this.habits.limit <= count) this.#waitLonger();
    else this.habits.limit = count;
  }

  #waitLonger(): void {
    this.#atLimit = 0;
    this.#patience *= 2;
  }
}
