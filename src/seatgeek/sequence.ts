/** Order of change events by `_ringside_sequence` (`reference/seatgeek.md` 1.5 and 6.12). */

const COMPARABLE = /^[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}\/[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}$/;

/** Whether `a` is strictly older than `b`. False when either is missing or has another format: then feed order decides. */
export function isOlder(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return false;
  const left = a.toLowerCase();
  const right = b.toLowerCase();
  return isComparable(left) && isComparable(right) && left < right;
}

/** Whether the order of this sequence is known: fixed width, so that text order is log order. `sequence` is lower-case. */
export function isComparable(sequence: string): boolean {
  return COMPARABLE.test(sequence);
}
