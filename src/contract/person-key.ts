/** The short form in which workflow and activities name people to each other. Pure, and free of Node modules: workflow code runs it. */

/** A feed that was rebuilt may write an id in other letters. */
export function foldId(seatgeekId: string): string {
  return seatgeekId.trim().toLowerCase();
}

/**
 * Eight hex digits of a person's id (FNV-1a). The list goes to `upsertUsers` in this short form, so that a page names who of the list it
 * settled; a collision costs nothing, since the answer has full ids.
 */
export function personKey(seatgeekId: string): string {
  const id = foldId(seatgeekId);
  let hash = 0x811c9dc5;
  for (let index = 0; index < id.length; index += 1) {
    hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** Of a text of keys, one behind the other. */
export function keysOf(concatenated = ''): readonly string[] {
  return concatenated.match(/.{8}/g) ?? [];
}

/** Keys of those who are beyond the list: 16 KB, sent with each page. */
export const MAX_BEYOND_KEYS = 2_000;

/** Characters of the list of those who were made inactive, 2,000 people: the oldest go first. */
export const MAX_DEACTIVATED_KEYS = 16_000;
