/** The user fields that the sandbox's Halo keeps, by type, and those that list rows show (`reference/halo.md` 3.3 and 3.6). */

import type { HaloDialect } from './dialects.js';

export type HaloScalar = string | number | boolean | null;
export type FieldType = 'string' | 'boolean' | 'integer' | 'date';

const STRINGS =
  'name firstname surname initials title middle_name preferred_name emailaddress email2 email3 phonenumber homenumber mobilenumber ' +
  'mobilenumber2 fax whatsapp_number login samaccountname activedirectory_dn notes other1 other2 other3 other4 other5 azureoid azure_id ' +
  'azure_tenant_id oktaid okta_id hubspot_id servicenow_id googleworkplace_id third_party_id third_party_guid colour department ' +
  'manager_email';
const BOOLEANS =
  'inactive neversendemails neversendmarketingemails unsubscribed dontackemails sendwelcomeemail isserviceaccount isimportantcontact ' +
  'isimportantcontact2 ismaincontact is_prospect isexternal dontaddtomailinglist canviewcontracts';
const INTEGERS =
  'telpref connectwiseid autotaskid linked_user_id messagegroup_id language_id priority_id slaid web_access_level';
const DATES = 'date_of_birth delegation_start delegation_end';

export const FIELD_TYPES: ReadonlyMap<string, FieldType> = new Map([
  ...words(STRINGS).map((name): [string, FieldType] => [name, 'string']),
  ...words(BOOLEANS).map((name): [string, FieldType] => [name, 'boolean']),
  ...words(INTEGERS).map((name): [string, FieldType] => [name, 'integer']),
  ...words(DATES).map((name): [string, FieldType] => [name, 'date']),
]);

/** List rows are thinner than users: no email2, email3, addresses, third_party_id, hubspot_id, servicenow_id. */
export const LIST_FIELDS: readonly string[] = words(
  'name firstname surname initials title emailaddress phonenumber homenumber mobilenumber mobilenumber2 fax telpref ' +
    'activedirectory_dn login inactive colour isimportantcontact other1 other2 other3 other4 other5 notes neversendemails priority_id ' +
    'isserviceaccount isimportantcontact2 connectwiseid autotaskid messagegroup_id okta_id azure_id neversendmarketingemails is_prospect ' +
    'whatsapp_number azureoid date_of_birth language_id',
);

/** Those that an older Halo may not show in its list rows. */
export const NEWER_LIST_FIELDS: readonly string[] = words('notes title other5 date_of_birth language_id');

/** What a field has that nobody has written. */
export function emptyValue(type: FieldType): HaloScalar {
  switch (type) {
    case 'string':
      return '';
    case 'boolean':
      return false;
    case 'integer':
      return 0;
    case 'date':
      return null;
  }
}

/** Most characters a column takes (`reference/halo.md` 3.6); 4,000 where nothing is known. */
export function maxLength(field: string): number {
  if (field === 'name') return 255;
  return field === 'firstname' || field === 'surname' ? 200 : 4_000;
}

export interface CustomFieldInfo {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  /** Halo's number of the kind: 0 text, 1 memo, 2 single select, 4 date, 5 time, 6 checkbox, 0 when not known better. */
  readonly type: number;
  /** What it is a field of; numbers are the sandbox's own, 1 tickets and 2 users. */
  readonly usage: number;
}

/** The form in which the tenant keeps a text (`storedTexts`). `field`: its name, custom fields too. */
export function storedText(field: string, value: HaloScalar, form: HaloDialect['storedTexts']): HaloScalar {
  if (typeof value !== 'string' || field === 'emailaddress') return value;
  switch (form) {
    case 'as-sent':
      return value;
    case 'unix-lines':
      return value.replaceAll('\r\n', '\n');
    case 'entities':
      return value.replaceAll('&', '&amp;').replaceAll("'", '&#39;').replaceAll('"', '&quot;');
    case 'trimmed':
      return value.trim();
    case 'bare-phones':
      return /number|phone|fax/.test(field) ? value.replace(/[\s().-]/g, '') : value;
    case 'cut':
      return /^(name|firstname|surname)$/.test(field) ? value : value.slice(0, CUT_AT);
    case 'upper-case':
      return value.toUpperCase();
  }
}

/** Characters that are kept where texts are cut. */
export const CUT_AT = 30;

/** Custom fields of the sandbox's tenant; users have those with usage 2. */
export const CUSTOM_FIELDS: readonly CustomFieldInfo[] = [
  { id: 148, name: 'CFTicketGate', label: 'Gate', type: 0, usage: 1 },
  { id: 163, name: 'CFTicketRow', label: 'Row', type: 0, usage: 1 },
  { id: 211, name: 'CFSeatGeekID', label: 'SeatGeek ID', type: 0, usage: 2 },
  { id: 212, name: 'CFLoyaltyTier', label: 'Loyalty tier', type: 0, usage: 2 },
  { id: 213, name: 'CFSource', label: 'Source', type: 0, usage: 2 },
  { id: 214, name: 'CFCustomerSince', label: 'Customer since', type: 0, usage: 2 },
  { id: 230, name: 'CFBadgeNumber', label: 'Badge number', type: 0, usage: 2 },
  { id: 231, name: 'CFDietaryNotes', label: 'Dietary notes', type: 1, usage: 2 },
  { id: 232, name: 'CFPressPass', label: 'Press pass', type: 6, usage: 2 },
  { id: 233, name: 'CFStand', label: 'Stand', type: 2, usage: 2 },
];

/** A single select: its options are numbers with labels. */
export const STAND_FIELD = 233;

const STANDS: readonly string[] = ['North', 'East', 'South', 'West'];

/** The label of an option; the value itself where it is none. */
export function optionLabel(value: HaloScalar): HaloScalar {
  return STANDS[Number(value) - 1] ?? value;
}

/** What is kept of a value that is sent for the field: an option's number; nothing of anything else, a label included. */
export function storedOption(value: HaloScalar): HaloScalar {
  return value !== null && STANDS[Number(value) - 1] !== undefined ? Number(value) : null;
}

export const USER_CUSTOM_FIELDS: readonly CustomFieldInfo[] = CUSTOM_FIELDS.filter(({ usage }) => usage === 2);

/** A user's custom field by id or name, in any case. */
export function findUserCustomField(key: { id?: unknown; name?: unknown }): CustomFieldInfo | undefined {
  const name = typeof key.name === 'string' ? key.name.toLowerCase() : undefined;
  return USER_CUSTOM_FIELDS.find((field) => field.id === key.id || field.name.toLowerCase() === name);
}

export interface HaloCustomField {
  readonly id: number;
  readonly name: string;
  readonly label: string;
  readonly type: number;
  readonly value: HaloScalar;
  readonly display: string;
}

/** A custom field as it stands on a user with these `custom` values, by id. */
export function shownField(
  { id, name, label, type }: CustomFieldInfo,
  { custom }: { readonly custom: Readonly<Record<number, HaloScalar>> },
): HaloCustomField {
  const value = custom[id] ?? null;
  return { id, name, label, type, value, display: textOf(id === STAND_FIELD ? optionLabel(value) : value) };
}

export function textOf(value: HaloScalar | undefined): string {
  return value === null || value === undefined ? '' : String(value);
}

function words(text: string): string[] {
  return text.split(' ');
}
