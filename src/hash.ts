/** Hashes of texts for compact tables in memory. Not for secrets. */
import { getRandomValues } from 'node:crypto';

/** Of this process: nobody outside can make two texts meet. So a hash means nothing to another process and must not be carried. */
const [FIRST = 0, SECOND = 0] = getRandomValues(new Uint32Array(2));

/** Two 32-bit multiplicative hashes, mixed into each other at the end; never both zero, so that zeros may mark what is not there. */
export function hash64(text: string): [number, number] {
  const high = hash32(text);
  const low = mix(lastSecond, high);
  return high === 0 && low === 0 ? [1, 0] : [high, low];
}

/** What {@link hash32} came to beside its result. */
let lastSecond = 0;

/** The first half of {@link hash64}. */
export function hash32(text: string): number {
  let first = FIRST;
  let second = SECOND;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    first = Math.imul(first ^ unit, 0x9e3779b1);
    second = Math.imul(second ^ unit, 0x5f356495);
    first ^= second >>> 15;
    second ^= first >>> 13;
  }
  lastSecond = second;
  return mix(first, second);
}

function mix(a: number, b: number): number {
  let mixed = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
