/** What of a mapped person Halo does not have yet. Only that is sent. Pure. */
import type { HaloValue, MappedAddress, MappedPerson } from '../mapping/types.js';
import { HashedValue } from './hashed-value.js';
import type { KnownUser } from './known-user.js';
import { isSameValue } from './same-value.js';
import type { Targets } from './targets.js';

export interface FieldChange {
  /** Place in `Targets.all`. */
  readonly place: number;
  readonly value: HaloValue;
}

export interface Changes {
  readonly fields: readonly FieldChange[];
  /** Null when the address is to stay as it is. */
  readonly address: MappedAddress | null;
}

/** Rows older than this are read again before their other custom fields are sent back: an agent may have edited one meanwhile. */
const MAX_ROW_AGE_MS = 15 * 60_000;

/**
 * The changes that bring `user` in line with `person`. `create` fields are left alone. A user whom an agent made inactive stays inactive
 * unless the mapping says otherwise: only mapped fields decide. A field of which nothing is known counts as changed.
 */
export function diffPerson(person: MappedPerson, user: KnownUser, targets: Targets): Changes {
  const wanted = wantedFields(person, targets).filter(({ when }) => when === 'always');
  return {
    fields: wanted.filter(({ place, value }) => {
      const current = user.values[place];
      return current === undefined || !isSameValue(current, value);
    }),
    address: isSameAddress(user.address, person.address) ? null : person.address,
  };
}

/** A deleted person's only change: inactive. */
export function deactivation(user: KnownUser, targets: Targets): Changes {
  const change = { place: targets.inactive, value: true };
  return { fields: isSameValue(user.values[change.place], true) ? [] : [change], address: null };
}

/** All fields of a new user, blank ones left out: there is nothing to clear. */
export function creation(person: MappedPerson, targets: Targets): Changes {
  return {
    fields: wantedFields(person, targets).filter(({ value }) => value !== null && value !== ''),
    address: person.address,
  };
}

export function isEmpty({ fields, address }: Changes): boolean {
  return fields.length === 0 && address === null;
}

export interface DetailsContext {
  readonly targets: Targets;
  /** Whether an address may be sent without knowing the one that is there. */
  readonly mayBeBlind: boolean;
  /** See `WriteOptions`. */
  readonly haveChanged: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * Whether `GET /Users/{id}` must come first: a list row doesn't show all that is compared, or not all that must be sent back. Whoever is
 * written anyway gets what the row doesn't show without a look, for one request may hold fifty of them and a look costs one each.
 */
export function needsDetails(person: MappedPerson, user: KnownUser, context: DetailsContext): boolean {
  const { targets, mayBeBlind, haveChanged, now } = context;
  const isAddressUnknown = person.address !== null && user.address === undefined;
  const { fields } = diffPerson(person, user, targets);
  const isAnyUnknown = fields.some(({ place }) => user.values[place] === undefined);
  const differs = fields.some(({ place }) => user.values[place] !== undefined);
  if (isAddressUnknown && !mayBeBlind) return true;
  if ((isAddressUnknown || isAnyUnknown) && !differs && !haveChanged) return true;
  return touchesCustomFields({ fields }, targets) && !isArrayKnown(user, targets, now);
}

function isArrayKnown(
  { hasAllCustomFields, others, values, readAt }: KnownUser,
  targets: Targets,
  now: number,
): boolean {
  const isFresh = others.length === 0 || now - readAt <= MAX_ROW_AGE_MS;
  const isHashed = targets.all.some(({ custom }, place) => custom !== null && values[place] instanceof HashedValue);
  return hasAllCustomFields && isFresh && !isHashed;
}

/** Puts the wanted value in the place of a hash that says it is the same. */
export function revealWanted(person: MappedPerson, user: KnownUser, targets: Targets): KnownUser {
  if (!user.values.some((value) => value instanceof HashedValue)) return user;
  const values = [...user.values];
  for (const { place, value, when } of wantedFields(person, targets)) {
    const kept = values[place];
    if (when === 'always' && kept instanceof HashedValue && kept.isSame(value)) values[place] = value;
  }
  return { ...user, values };
}

export function touchesCustomFields({ fields }: Pick<Changes, 'fields'>, targets: Targets): boolean {
  return fields.some(({ place }) => targets.all[place]?.custom !== null);
}

interface WantedField extends FieldChange {
  readonly when: 'always' | 'create';
}

function wantedFields(person: MappedPerson, targets: Targets): WantedField[] {
  const mapped = person.fields.map(({ to, value, when }) => ({ place: targets.indexOf(to), value, when }));
  return [...mapped, { place: targets.seatgeekId, value: person.seatgeekId, when: 'always' }];
}

const LINES = ['line1', 'line2', 'line3', 'line4', 'postcode'] as const;

/** An address that isn't wanted is the same as any. */
export function isSameAddress(current: MappedAddress | null | undefined, wanted: MappedAddress | null): boolean {
  if (wanted === null) return true;
  return LINES.every((line) => (current?.[line] ?? '').trim() === wanted[line].trim());
}
