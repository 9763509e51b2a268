/** What of a mapped person Halo does not have yet. Only that is sent. Pure. */
import { ADDRESS_LINES, type HaloValue, type MappedAddress, type MappedPerson } from '../../mapping/types.js';
import { isBlank } from '../fields/blank.js';
import { hashAddress, HashedValue } from '../directory/hashed-value.js';
import { keyOfId } from '../directory/match-key.js';
import { customValues, storedAddress, type KnownUser, type StoredAddress } from '../directory/known-user.js';
import { isSameValue } from './same-value.js';
import type { Form, StoredForms } from '../fields/stored-forms.js';
import type { Targets } from '../fields/targets.js';
import { isFormOf } from '../fields/text-form.js';

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

/**
 * The changes that bring `user` in line with `person`. `create` fields are left alone. A user whom an agent made inactive stays inactive
 * unless the mapping says otherwise: only mapped fields decide. A field of which nothing is known counts as changed.
 */
export function diffPerson(person: MappedPerson, user: KnownUser, targets: Targets): Changes {
  const wanted = wantedFields(person, targets).filter(({ when }) => when === 'always');
  const isSame = ({ place, value }: FieldChange): boolean => {
    const current = user.values[place];
    if (place === targets.seatgeekId) return user.seatgeekId !== null && isSameId(user.seatgeekId, person.seatgeekId);
    return current !== undefined && isSameValue(current, value);
  };
  return {
    fields: wanted.filter((field) => !isSame(field)),
    address: isSameAddress(user.address, person.address) ? null : withOtherLines(person.address, user.address),
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
  /** Whether lists show this value of the custom field as it is stored. */
  readonly isListedAsStored: (fieldId: number, value: unknown) => boolean;
  /** Whether lists show all custom fields that users have. */
  readonly listsAllFields: boolean;
  /** See `WritesOfOthers`. */
  readonly isOld: (user: KnownUser) => boolean;
}

/**
 * Whether `GET /Users/{id}` must come first: a list row doesn't show all that is compared, or not all that must be sent back. Whoever is
 * written anyway gets what the row doesn't show without a look, for one request may hold fifty of them and a look costs one each.
 */
export function needsDetails(person: MappedPerson, user: KnownUser, context: DetailsContext): boolean {
  const { targets, mayBeBlind, haveChanged } = context;
  const isAddressUnknown = person.address !== null && user.address === undefined;
  // One that was known and is the wanted one has been put back by `revealWanted`.
  const hasAddressChanged = isAddressUnknown && user.addressHash !== undefined;
  const { fields } = diffPerson(person, user, targets);
  const isAnyUnknown = fields.some(({ place }) => user.values[place] === undefined);
  const differs = hasAddressChanged || fields.some(({ place }) => user.values[place] !== undefined);
  if (isAddressUnknown && (!mayBeBlind || isPartial(person.address))) return true;
  if ((isAddressUnknown || isAnyUnknown) && !differs && !haveChanged) return true;
  return touchesCustomFields({ fields }, targets) && !isRestKnown(person, fields, user, context);
}

/** Whether what stays as it is in the array of custom fields can be sent back. What is as the mapping wants it can in any case. */
function isRestKnown(
  person: MappedPerson,
  changed: readonly FieldChange[],
  user: KnownUser,
  { targets, isOld, isListedAsStored, listsAllFields }: DetailsContext,
): boolean {
  if (user.customFields === 'as-listed' && !listsAllFields) return false;
  if (user.customFields === 'some' || isOld(user)) return false;
  const idsOf = (fields: readonly FieldChange[]): Set<number | undefined> =>
    new Set(fields.map(({ place }) => targets.all[place]?.custom?.id));
  const changing = idsOf(changed);
  const wanted = idsOf(wantedFields(person, targets).filter(({ when }) => when === 'always'));
  const isKnown = (id: number, value: unknown): boolean =>
    !(value instanceof HashedValue) && (user.customFields === 'all' || wanted.has(id) || isListedAsStored(id, value));
  return [...customValues(user, targets)].every(([id, value]) => changing.has(id) || isKnown(id, value));
}

/**
 * Whether the changes may be sent only as long as what was read of the user counts: with a custom field all others are sent back, which somebody
 * may edit meanwhile, and a user that gets a SeatGeek ID may become somebody else's.
 */
export function relyOnRow(changes: Changes, targets: Targets): boolean {
  const givesId = changes.fields.some(({ place }) => place === targets.seatgeekId);
  return givesId || touchesCustomFields(changes, targets);
}

export interface RevealContext {
  readonly targets: Targets;
  readonly forms: Pick<StoredForms, 'has'>;
}

/** Puts what is wanted in the place of a hash that says it is the same, or of the form in which Halo keeps it. */
export function revealWanted(person: MappedPerson, user: KnownUser, { targets, forms }: RevealContext): KnownUser {
  const values = [...user.values];
  for (const { place, value, when } of wantedFields(person, targets)) {
    const stored = values[place];
    // A field that is left alone is only sent back, so what merely counts as the same must not take its place.
    const isPlain = when === 'always' || (typeof value !== 'boolean' && !isBlank(value));
    // Nor must the text that a list shows take the place of what it stores.
    const isStored = isPlain && stored instanceof HashedValue && stored.isStored(value);
    const mayBeForm = when === 'always' && place !== targets.seatgeekId && stored !== undefined;
    const isForm =
      mayBeForm &&
      !isSameValue(stored, value) &&
      forms.has({ userId: user.id, to: targets.to(place), sent: value, stored });
    if (isStored || isForm) values[place] = value;
  }
  return revealAddress(person, { ...user, values }, forms);
}

function revealAddress(person: MappedPerson, user: KnownUser, forms: RevealContext['forms']): KnownUser {
  const { address } = person;
  const form = formOfAddress(person, user, storedAddressHash(user));
  if (address === null || form === null) return user;
  const isStored = user.address === undefined && form.stored === form.sent;
  if (!isStored && !forms.has(form)) return user;
  return { ...user, address: storedAddress(user.address?.id ?? null, address) };
}

/** An address as a whole is one value, kept as a hash. Null where nothing is wanted, or nothing known. */
export function formOfAddress(
  { address }: MappedPerson,
  { id }: Pick<KnownUser, 'id'>,
  stored: number | undefined,
): Form | null {
  if (address === null || stored === undefined) return null;
  return { userId: id, to: 'primary_address', sent: hashAddress(address), stored };
}

export function storedAddressHash({ address, addressHash }: KnownUser): number | undefined {
  return address === undefined ? addressHash : hashAddress(address);
}

export function touchesCustomFields({ fields }: Pick<Changes, 'fields'>, targets: Targets): boolean {
  return fields.some(({ place }) => targets.all[place]?.custom !== null);
}

/** A packed user has its SeatGeek ID as a hash. */
function isSameId(stored: string, wanted: string): boolean {
  return keyOfId(stored) === keyOfId(wanted);
}

interface WantedField extends FieldChange {
  readonly when: 'always' | 'create';
}

function wantedFields(person: MappedPerson, targets: Targets): WantedField[] {
  const mapped = person.fields.map(({ to, value, when }) => ({ place: targets.indexOf(to), value, when }));
  return [...mapped, { place: targets.seatgeekId, value: person.seatgeekId, when: 'always' }];
}

/** An address that isn't wanted is the same as any. */
export function isSameAddress(current: MappedAddress | null | undefined, wanted: MappedAddress | null): boolean {
  if (wanted === null) return true;
  return ADDRESS_LINES.every(
    (line) => wanted[line] === undefined || (current?.[line] ?? '').trim() === wanted[line].trim(),
  );
}

/** Whether what is there differs from what is wanted in nothing but form. */
export function isFormOfAddress(current: MappedAddress | null | undefined, wanted: MappedAddress | null): boolean {
  if (current == null || wanted === null) return false;
  return ADDRESS_LINES.every((line) => wanted[line] === undefined || isFormOf(current[line] ?? '', wanted[line]));
}

/** A line that is not mapped stays as it is, also where Halo takes an address as a whole. */
function withOtherLines(wanted: MappedAddress | null, current: StoredAddress | null | undefined): MappedAddress | null {
  if (wanted === null || current == null || !isPartial(wanted)) return wanted;
  return { ...Object.fromEntries(ADDRESS_LINES.map((line) => [line, current[line]])), ...wanted };
}

function isPartial(address: MappedAddress | null): boolean {
  return address !== null && ADDRESS_LINES.some((line) => address[line] === undefined);
}
