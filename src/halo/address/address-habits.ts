/** What a Halo was seen to do with addresses (`reference/halo.md` 3.9, 8.5: not documented). Learnt once per process and instance. */

export interface AddressHabits {
  /** Whether `GET /Address` tells whose the addresses are, as far as it was tried. */
  isListUseful: boolean;
  /** Where an address is kept: with the user it comes with, or only when it is sent apart. */
  place: 'unknown' | 'with-user' | 'apart';
  /** What becomes of a primary address that comes without an id for a user who has one. */
  withoutId: 'unknown' | 'replaces' | 'adds';
  /** While that is unknown: an array with such addresses had to be sent again, so that they go alone from now on. */
  isCautious: boolean;
  /** Addresses sent apart were refused again and again when it was last tried, so that people are written without. */
  isRefused: boolean;
  /** Id of the user with whom an address stays that was tried without an id, and not taken away; null for none. */
  secondOf: number | null;
  /** Whether `GET /Address` for one user shows an address kept apart; null until one was saved so. */
  isShownApart: boolean | null;
}

/** Whether an address that comes without an id may be sent twice. */
export function mayRepeatWithoutId({ withoutId, isCautious }: AddressHabits): boolean {
  return withoutId === 'replaces' || (withoutId === 'unknown' && !isCautious);
}

export function createAddressHabits(): AddressHabits {
  return {
    isListUseful: true,
    place: 'unknown',
    withoutId: 'unknown',
    isCautious: false,
    isRefused: false,
    secondOf: null,
    isShownApart: null,
  };
}
