/** Users whom Halo will surely refuse for a text that is too long: known before anything is sent. Pure. */
import type { Payload } from '../plan/payload.js';

/** In characters, as seen in a dump of Halo's database (`reference/halo.md` 3.6). */
const COLUMN_SIZES: readonly (readonly [field: string, size: number])[] = [
  ['name', 255],
  ['firstname', 200],
  ['surname', 200],
  ['emailaddress', 4_000],
];

/** Not proof, so the user is sent all the same, but alone: in an array it would cost the others their turn. */
export function isLikelyRefused(payload: Payload): boolean {
  return COLUMN_SIZES.some(([field, size]) => {
    const value = payload[field];
    return typeof value === 'string' && value.length > size;
  });
}
