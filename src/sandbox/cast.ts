/**
 * Who plays what among the made-up people. Rare cases recur every thousand people and all stand among the first three hundred, so that
 * small sandboxes have them too. Live-born people are plain.
 */

export type Part =
  | 'plain'
  /** In Halo already with the same e-mail and no SeatGeek ID. */
  | 'in-halo-by-email'
  /** In Halo already with the SeatGeek ID, data out of date. */
  | 'in-halo-by-id'
  /** Two people with one e-mail; the member comes after the head, whose number is one less. */
  | 'family-head'
  | 'family-member'
  | 'nameless'
  /** Longer than Halo's name column (`reference/halo.md` 3.6). */
  | 'long-name'
  | 'unknown-operation'
  | 'without-key'
  /** Sequences that can't be compared: feed order decides. */
  | 'odd-sequence'
  /** Halo has two users with this e-mail. */
  | 'email-shared-in-halo'
  /** Halo has this e-mail on a user with another SeatGeek ID. */
  | 'email-taken-in-halo'
  /** Halo has two users with this SeatGeek ID. */
  | 'id-shared-in-halo';

const RARE = new Map<number, Part>([
  [41, 'family-head'],
  [42, 'family-member'],
  [57, 'nameless'],
  [68, 'long-name'],
  [79, 'unknown-operation'],
  [88, 'without-key'],
  [97, 'odd-sequence'],
  [117, 'email-shared-in-halo'],
  [126, 'email-taken-in-halo'],
  [138, 'id-shared-in-halo'],
  [141, 'family-head'],
  [142, 'family-member'],
  [211, 'odd-sequence'],
  [241, 'family-head'],
  [242, 'family-member'],
]);

/** Who is there to be cast. */
export interface Audience {
  /** People in history. */
  readonly people: number;
  /** False: nobody plays a rare part. True by default. */
  readonly oddities?: boolean | undefined;
}

/** The part of person `index`. */
export function partOf(index: number, { people, oddities = true }: Audience): Part {
  if (index >= people) return 'plain';
  const rare = oddities ? RARE.get(index % 1_000) : undefined;
  if (rare !== undefined) return rare;
  if (index % 100 === 5) return 'in-halo-by-id';
  return index % 10 === 3 ? 'in-halo-by-email' : 'plain';
}

/** Whether the e-mail must be there and stay the same: what is found by it would otherwise depend on how much was read at a time. */
export function hasFixedEmail(part: Part): boolean {
  return part !== 'plain' && part !== 'in-halo-by-id' && part !== 'odd-sequence';
}

/** Whether more images, deletes and live changes may befall this person without making the right outcome a matter of timing. */
export function mayChange(part: Part): boolean {
  return part === 'plain' || part === 'in-halo-by-email' || part === 'in-halo-by-id';
}

export function mayBeDeleted(part: Part): boolean {
  return part === 'plain' || part === 'in-halo-by-id';
}
