/** Choices that follow from a seed one after another. */
import { sequenceOfChance } from '../../src/sandbox/random.js';

export class Dice {
  readonly #next: () => number;

  constructor(seed: number) {
    this.#next = sequenceOfChance(seed);
  }

  chance(probability: number): boolean {
    return this.#next() < probability;
  }

  /** Both ends included. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.#next() * (to - from + 1));
  }

  one<T>(values: readonly T[]): T {
    const value = values[this.integer(0, values.length - 1)];
    if (value === undefined) throw new Error('there is nothing to choose from');
    return value;
  }

  /** `count` different ones, or all there are. */
  some<T>(values: readonly T[], count: number): T[] {
    const left = [...values];
    return Array.from({ length: Math.min(count, left.length) }, () => {
      const [value] = left.splice(this.integer(0, left.length - 1), 1);
      if (value === undefined) throw new Error('there is nothing to choose from');
      return value;
    });
  }
}
