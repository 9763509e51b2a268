/** The bodies of `POST /Users` (`reference/halo.md` 3.5), and what the directory knows once they are written. Pure. */
import { foldEmail } from '../../mapping/email.js';
import type { MappedAddress, MappedPerson } from '../../mapping/types.js';
import type { HiddenValue } from '../api/error-text.js';
import { touchesCustomFields, type Changes } from './diff.js';
import { storedId, storedOf, type KnownUser, type OtherField } from '../directory/known-user.js';
import { isBlank } from '../fields/blank.js';
import type { Targets } from '../fields/targets.js';

export type Payload = Readonly<Record<string, unknown>>;

export interface PayloadOptions {
  readonly targets: Targets;
  readonly fireAutomations: boolean;
  /** False when the tenant does not keep an address that comes with the user. */
  readonly withAddress: boolean;
}

/** `siteId`: where the new user goes, as an integer. */
export function createPayload(changes: Changes, siteId: number, options: PayloadOptions): Payload {
  return {
    ...standardFields(changes, options.targets),
    site_id: siteId,
    ...customFields(changes, undefined, options.targets),
    ...address(changes.address, null, options),
    ...quiet(options),
  };
}

export function updatePayload(changes: Changes, user: KnownUser, options: PayloadOptions): Payload {
  return {
    id: user.id,
    ...standardFields(changes, options.targets),
    ...customFields(changes, user, options.targets),
    ...address(changes.address, user.address?.id ?? null, options),
    ...quiet(options),
  };
}

function standardFields({ fields }: Changes, targets: Targets): Payload {
  const payload: Record<string, unknown> = {};
  for (const { place, value } of fields) {
    const target = targets.all[place];
    if (target?.custom === null) payload[target.to] = value === null && target.isText ? '' : value;
  }
  return payload;
}

/** The whole array: Halo may empty the fields left out of it. */
function customFields(changes: Changes, user: KnownUser | undefined, targets: Targets): Payload {
  if (!touchesCustomFields(changes, targets)) return {};
  const fields: OtherField[] = [];
  targets.all.forEach(({ custom }, place) => {
    if (custom === null) return;
    const change = changes.fields.find((one) => one.place === place);
    const value = change === undefined ? storedOf(user?.values[place]) : (change.value ?? '');
    if (change !== undefined || !isBlank(value)) fields.push({ id: custom.id, name: custom.name, value });
  });
  return { customfields: [...fields, ...(user?.others ?? [])] };
}

function address(wanted: MappedAddress | null, id: number | null, { withAddress }: PayloadOptions): Payload {
  if (wanted === null || !withAddress) return {};
  return { primary_address: { ...(id !== null && { id }), ...wanted, primary: true } };
}

/** Halo's automations stay quiet on import unless the connection wants them. */
function quiet({ fireAutomations }: PayloadOptions): Payload {
  return fireAutomations ? {} : { _dont_fire_automations: true };
}

/** Whether it holds an address that does not name the one it is to replace. */
export function hasUnnamedAddress({ primary_address: address }: Payload): boolean {
  return typeof address === 'object' && address !== null && !('id' in address);
}

export interface WrittenUser {
  readonly id: number;
  readonly siteId: number;
  /** Undefined for a new user. */
  readonly before: KnownUser | undefined;
  readonly targets: Targets;
  /** Epoch milliseconds. */
  readonly now: number;
}

/**
 * The user as it is in Halo after `changes`, except for the address: whether that was kept must be seen first. What Halo fills in for a new user
 * is not known.
 */
export function afterChanges(changes: Changes, { id, siteId, before, targets, now }: WrittenUser): KnownUser {
  const values = targets.all.map((_, place) => (before === undefined ? null : before.values[place]));
  for (const { place, value } of changes.fields) values[place] = value;
  const isKept = (place: number): boolean => before !== undefined && !changes.fields.some((one) => one.place === place);
  return {
    id,
    seatgeekId: isKept(targets.seatgeekId) ? (before?.seatgeekId ?? null) : storedId(values[targets.seatgeekId]),
    email: isKept(targets.email) ? (before?.email ?? null) : foldEmail(values[targets.email]),
    siteId: before?.siteId ?? siteId,
    values,
    others: before?.others ?? [],
    customFields: before?.customFields ?? 'some',
    ...addressAfter(changes, before),
    readAt: before?.readAt ?? now,
  };
}

/** An address that was only a hash stays one: the wanted one in its place lacks the id by which it must be changed. */
function addressAfter({ address }: Changes, before: KnownUser | undefined): Pick<KnownUser, 'address' | 'addressHash'> {
  if (address !== null) return { address: undefined };
  if (before === undefined) return { address: null };
  const { addressHash } = before;
  return addressHash === undefined ? { address: before.address } : { address: undefined, addressHash };
}

/** The person's values by the names of their fields, for hiding them in Halo's refusals; of a name, each of its words too. */
export function hiddenValues({ seatgeekId, fields, matchEmail, address: lines }: MappedPerson): HiddenValue[] {
  const ofFields = fields.map(({ to, value }) => ({ field: to, value: isBlank(value) ? '' : String(value) }));
  const ofName = ofFields
    .filter(({ field }) => field === 'name')
    .flatMap(({ field, value }) => words(value).map((word) => ({ field, value: word })));
  const ofAddress = Object.entries(lines ?? {}).map(([field, value]) => ({ field, value }));
  const all = [...ofFields, ...ofName, { field: 'emailaddress', value: matchEmail ?? '' }, ...ofAddress];
  return all.filter(({ value }) => value !== seatgeekId && !/^(true|false)$/.test(value));
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word.length > 1);
}
