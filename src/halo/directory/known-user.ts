/** A Halo user as the directory knows it: what matching and the diff need, nothing else. Pure. */
import { isBlank } from '../fields/blank.js';
import { foldEmail } from '../../mapping/email.js';
import type { MappedAddress } from '../../mapping/types.js';
import type { CustomField, Target, Targets } from '../fields/targets.js';
import type { WireAddress, WireCustomField, WireUser } from '../api/wire.js';

/** A custom field that the connection doesn't write, kept because Halo may empty what is left out of the array (`reference/halo.md` 3.7). */
export interface OtherField {
  readonly id: number;
  readonly name: string | undefined;
  readonly value: unknown;
}

/** A value of a list-like custom field: what is stored and what is shown. */
export class ShownValue {
  constructor(
    readonly value: unknown,
    readonly display: unknown,
  ) {}
}

export interface StoredAddress extends Required<MappedAddress> {
  /** Null when Halo named none. */
  readonly id: number | null;
}

/** As Halo keeps an address of which only these lines were ever sent. */
export function storedAddress(id: number | null, lines: MappedAddress): StoredAddress {
  return { id, line1: '', line2: '', line3: '', line4: '', postcode: '', ...lines };
}

/**
 * Whether `values` and `others` hold all custom fields: `all` as they are stored; `as-listed`, where a list may show a label in place of what is
 * stored; or only `some`.
 */
export type KnownCustomFields = 'all' | 'as-listed' | 'some';

export interface KnownUser {
  readonly id: number;
  /** Null when blank. */
  readonly seatgeekId: string | null;
  /** Folded as `MappedPerson.matchEmail`; null when blank. */
  readonly email: string | null;
  readonly siteId: number | null;
  /** By place in `Targets.all`; undefined where only `GET /Users/{id}` would tell, or what other rows show (`LackingFields`). */
  readonly values: readonly unknown[];
  readonly others: readonly OtherField[];
  readonly customFields: KnownCustomFields;
  /** Undefined where only `GET /Users/{id}` would tell; null when the user has none. */
  readonly address: StoredAddress | null | undefined;
  /** What is left of an address that was known and is not kept: `hashAddress`. */
  readonly addressHash?: number | undefined;
  /** When it was asked for, epoch milliseconds. */
  readonly readAt: number;
}

/** A stored SeatGeek ID as text; number-typed fields answer numbers. */
export function storedId(value: unknown): string | null {
  const bare = storedOf(value);
  const text = typeof bare === 'string' ? bare.trim() : typeof bare === 'number' ? String(bare) : '';
  return text === '' ? null : text;
}

/** The site's placeholder; a person is never matched with it (`reference/halo.md` 6). One that carries a SeatGeek ID is a person. */
export function isGeneralUser(user: KnownUser, targets: Targets): boolean {
  const name = user.values[targets.name];
  return user.seatgeekId === null && typeof name === 'string' && name.trim().toLowerCase() === 'general user';
}

/** A field that users are looked up by. */
export interface LookUpField {
  /** Halo's name of the field, as `filter_name` takes it. */
  readonly name: string;
  /** The field's value on a user, folded for comparison; null when blank. */
  readonly valueOf: (user: WireUser) => string | null;
}

export const emailField: LookUpField = {
  name: 'emailaddress',
  valueOf: ({ emailaddress }) => foldEmail(emailaddress),
};

export function seatgeekIdField(targets: Targets): LookUpField {
  const target = targets.all[targets.seatgeekId];
  return {
    name: target?.custom?.name ?? target?.to ?? '',
    valueOf: (user) => (target === undefined ? null : storedId(shownIn(user, target))),
  };
}

/** `source`: a list row is thinner than the details (`reference/halo.md` 3.3). */
export function toKnownUser(wire: WireUser, targets: Targets, source: 'row' | 'details', readAt: number): KnownUser {
  const ownIds = new Set(targets.all.map(({ custom }) => custom?.id));
  const values = targets.all.map((target) => {
    const shown = shownIn(wire, target);
    const isBlank = source === 'details' || target.inEachRow || (target.inListRow && shown === null);
    return shown ?? (isBlank ? null : undefined);
  });
  return {
    id: wire.id,
    seatgeekId: storedId(values[targets.seatgeekId]),
    email: foldEmail(wire.emailaddress),
    siteId: wire.site_id_int ?? wire.site_id ?? null,
    values,
    others: wire.customfields.flatMap((field) => (ownIds.has(field.id ?? undefined) ? [] : otherField(field))),
    customFields: knownCustomFields(wire, targets, source),
    address: source === 'details' ? primaryAddress(wire) : undefined,
    readAt,
  };
}

/** A row tells less than what may be known from the user's details. */
export function withRow(before: KnownUser, row: KnownUser): KnownUser {
  const { others, customFields, readAt } = row.customFields === 'some' ? before : row;
  const values = row.values.map((value, place) => (value === undefined ? before.values[place] : value));
  const { address, addressHash } = before;
  return { ...row, values, others, customFields, readAt, address, addressHash };
}

function knownCustomFields({ oddAt }: WireUser, targets: Targets, source: 'row' | 'details'): KnownCustomFields {
  if (source === 'details') return 'all';
  return targets.hasAllCustomFields && oddAt === undefined ? 'as-listed' : 'some';
}

/** A field's value in an answer; undefined where it is not shown. */
export function shownIn(wire: WireUser, { to, custom }: Target): unknown {
  return custom === null ? wire[to] : customValue(wire.customfields, custom);
}

/** By id of the field, what a user's custom fields hold that are not blank. */
export function customValues({ values, others }: KnownUser, { all }: Targets): ReadonlyMap<number, unknown> {
  const own = all.flatMap(({ custom }, place): [number, unknown][] => {
    const value = storedOf(values[place]);
    return custom === null || isBlank(value) ? [] : [[custom.id, value]];
  });
  return new Map([...own, ...others.map(({ id, value }): [number, unknown] => [id, value])]);
}

export function storedOf(value: unknown): unknown {
  return value instanceof ShownValue ? value.value : value;
}

function customValue(fields: readonly WireCustomField[], { id, name }: CustomField): unknown {
  // Another entity's field may have the same name.
  const field = fields.find((one) => one.id === id) ?? fields.find((one) => one.id == null && one.name === name);
  if (field === undefined) return undefined;
  const { value = null, display } = field;
  return isShownAsIs(value, display) ? value : new ShownValue(value, display);
}

function isShownAsIs(value: unknown, display: unknown): boolean {
  if (display === undefined || display === null || display === '') return true;
  return value === display || (['number', 'boolean'].includes(typeof value) && JSON.stringify(value) === display);
}

function otherField({ id, name, value }: WireCustomField): OtherField[] {
  if (typeof id !== 'number' || value === undefined || value === null || value === '') return [];
  return [{ id, name: name ?? undefined, value }];
}

/** Null where none is shown, or another's. One that names nobody is the user's: a Halo need not fill that in. */
export function primaryAddress({ id, primary_address: shown }: WireUser): StoredAddress | null {
  if (shown == null || (shown.user_id || id) !== id) return null;
  return toStoredAddress(shown);
}

export function toStoredAddress({ id, line1, line2, line3, line4, postcode }: WireAddress): StoredAddress {
  return {
    id: typeof id === 'number' && id > 0 ? id : null,
    line1: line1 ?? '',
    line2: line2 ?? '',
    line3: line3 ?? '',
    line4: line4 ?? '',
    postcode: postcode ?? '',
  };
}
