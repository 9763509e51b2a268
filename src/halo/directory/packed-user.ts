/**
 * A Halo user in few words: hashes of the fields that the connection writes. A million users take about 150 MB, where whole ones would take a
 * gigabyte. Whoever may be matched by e-mail, for lack of a SeatGeek ID, is kept with the text of it: a hash alone never makes somebody that user.
 * Pure.
 */
import { z } from 'zod';
import { isBlank } from '../fields/blank.js';
import type { Targets } from '../fields/targets.js';
import { hashAddress, HashedValue, hashName, hashValue, storedHash, UNKNOWN_HASH } from './hashed-value.js';
import { ShownValue, type KnownCustomFields, type KnownUser } from './known-user.js';

export interface PackedUser {
  /** Site, what is known of custom fields, when it was read (two words), address; then of each field what it stores and what it shows. */
  readonly words: ArrayLike<number> & Iterable<number>;
  /** What does not go into words, as JSON; empty for most users. */
  readonly rest: string;
}

const HEAD = 5;
const NO_SITE = 0xffff_ffff;
const CUSTOM_FIELDS: readonly KnownCustomFields[] = ['some', 'all', 'as-listed'];

/** All custom fields: ours by place, with a third member where something else is shown, and those of others. */
const restSchema = z.object({
  email: z.string().optional(),
  own: z.array(z.tuple([z.number(), z.unknown(), z.unknown().optional()])).default([]),
  others: z
    .array(z.object({ id: z.number(), name: z.string().optional(), value: z.unknown() }))
    .transform((fields) => fields.map(({ id, name, value }) => ({ id, name, value })))
    .default([]),
});
type Rest = z.input<typeof restSchema>;
const NO_REST: z.output<typeof restSchema> = { own: [], others: [] };

/** Null for none. */
export function siteOf([siteId = NO_SITE]: Iterable<number>): number | null {
  return siteId === NO_SITE ? null : siteId;
}

/** How many words each user takes. */
export function wordsPerUser({ all }: Targets): number {
  return HEAD + 2 * all.length;
}

/**
 * Of a user with custom fields of others, all custom fields stay known when those are kept (`keepsOthers`): the whole array must be sent back when
 * one of ours changes. Else it must be read before.
 */
export function packUser(user: KnownUser, targets: Targets, keepsOthers: boolean): PackedUser {
  const { address, addressHash = UNKNOWN_HASH, email, readAt, seatgeekId, siteId } = user;
  const custom = keepsOthers ? customOf(user, targets) : null;
  const rest: Rest = { ...custom, ...(seatgeekId === null && email !== null && { email }) };
  const words = [
    siteId ?? NO_SITE,
    CUSTOM_FIELDS.indexOf(user.others.length > 0 && custom === null ? 'some' : user.customFields),
    Math.floor(readAt / 0x1_0000_0000),
    readAt % 0x1_0000_0000,
    address === undefined ? addressHash : hashAddress(address),
  ];
  user.values.forEach((value, place) => words.push(storedOrUnknown(value), shownHash(value, place === targets.name)));
  return { words, rest: Object.keys(rest).length === 0 ? '' : JSON.stringify(rest) };
}

/** The user as far as it was kept. */
export function unpackUser(
  { words, rest }: PackedUser,
  user: Pick<KnownUser, 'id' | 'seatgeekId' | 'email'>,
  targets: Targets,
): KnownUser {
  const [, custom = 0, readHigh = 0, readLow = 0, addressHash = UNKNOWN_HASH] = words;
  const hash = (at: number): number => words[HEAD + at] ?? UNKNOWN_HASH;
  const values: unknown[] = targets.all.map((_, place) => HashedValue.of(hash(2 * place), hash(2 * place + 1)));
  const { email = user.email, own, others } = rest === '' ? NO_REST : restSchema.parse(JSON.parse(rest));
  for (const [place, value, display] of own)
    values[place] = display === undefined ? value : new ShownValue(value, display);
  return {
    ...user,
    email,
    siteId: siteOf(words),
    values,
    others,
    customFields: CUSTOM_FIELDS[custom] ?? 'some',
    address: undefined,
    ...(addressHash !== UNKNOWN_HASH && { addressHash }),
    readAt: readHigh * 0x1_0000_0000 + readLow,
  };
}

/** Null where no others have any, or not all are known. */
function customOf({ customFields, others, values }: KnownUser, { all }: Targets): Pick<Rest, 'own' | 'others'> | null {
  if (others.length === 0 || customFields === 'some') return null;
  const own = all.flatMap(({ custom }, place) => (custom === null ? [] : [{ place, value: values[place] }]));
  if (own.some(({ value }) => value instanceof HashedValue)) return null;
  return {
    own: own.map(({ place, value }) =>
      value instanceof ShownValue ? [place, value.value, value.display] : [place, value ?? null],
    ),
    others: [...others],
  };
}

function storedOrUnknown(value: unknown): number {
  return value === undefined ? UNKNOWN_HASH : storedHash(value);
}

/** A name is shown as it is stored, so what is kept in the place is its form. */
function shownHash(value: unknown, isName: boolean): number {
  if (value instanceof HashedValue) return value.shown;
  if (value instanceof ShownValue) return hashValue(value.display);
  return isName && typeof value === 'string' && !isBlank(value) ? hashName(value) : UNKNOWN_HASH;
}
