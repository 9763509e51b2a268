/** Whose primary address each row of `GET /Address` is, as far as the rows tell (`reference/halo.md` 3.9). Pure. */
import { toStoredAddress, type StoredAddress } from '../directory/known-user.js';
import type { WireAddress } from '../api/wire.js';

/** By Halo's id of the user; unclear where not exactly one of the user's addresses, former ones aside, is the primary one. */
export function primaryAddresses(rows: readonly WireAddress[]): Map<number, StoredAddress | 'unclear'> {
  const addresses = new Map<number, StoredAddress | 'unclear'>();
  for (const row of rows) {
    const { user_id: userId, primary, inactive } = row;
    if (typeof userId !== 'number' || userId <= 0) continue;
    const before = addresses.get(userId);
    if (primary !== true || inactive === true) addresses.set(userId, before ?? 'unclear');
    else addresses.set(userId, typeof before === 'object' ? 'unclear' : toStoredAddress(row));
  }
  return addresses;
}

export interface AddressListing {
  /** How many there are, where the answer says so. */
  readonly total: number | null;
  readonly addresses: readonly WireAddress[];
}

/** A list of a round length may be the first page of more; one that says to be whole is so unless it has the length of a usual page. */
export function seemsWhole({ total, addresses: { length } }: AddressListing, asked: number): boolean {
  return length < asked && length % (total === null ? 10 : 50) !== 0 && length >= (total ?? 0);
}
