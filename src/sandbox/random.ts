/** Deterministic chance: the same seed and parts always give the same number, so people are made when asked for and never stored. */

/** An unsigned 32-bit number from a seed and any number of integers. */
export function hash(seed: number, ...parts: readonly number[]): number {
  let h = Math.imul(seed ^ 0x5bd1e995, 0x9e3779b1);
  for (const part of parts) {
    h = Math.imul(h ^ part, 0x85ebca6b);
    h ^= h >>> 13;
    h = Math.imul(h, 0xc2b2ae35);
    h ^= h >>> 16;
  }
  return h >>> 0;
}

/** A fraction in [0, 1) from a seed and any number of integers. */
export function chance(seed: number, ...parts: readonly number[]): number {
  return hash(seed, ...parts) / 0x1_0000_0000;
}

/** One of the values, chosen by a number from {@link hash}. */
export function pick<T>(values: readonly [T, ...T[]], by: number): T {
  return values[by % values.length] ?? values[0];
}

/** Lower-case hexadecimal with leading zeros; `value` is taken modulo 2^32. */
export function hex(value: number, width: number): string {
  const digits = (value >>> 0).toString(16);
  return digits.length > width ? digits.slice(-width) : digits.padStart(width, '0');
}

/** Numbers in [0, 1) that follow from the seed one after another. */
export function sequenceOfChance(seed: number): () => number {
  let turn = 0;
  return () => chance(seed, (turn += 1));
}
