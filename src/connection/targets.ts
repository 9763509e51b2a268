/** What a mapping may write to in Halo. */
import { isCustomField, USER_FIELDS, userFieldType } from '../halo/fields/user-fields.js';
import { nearest } from './nearest.js';

const PLACE = 'the site of a user is users.defaultSite and afterwards Halo’s';
const COMPUTED = 'Halo computes it';
const LOGIN = 'logins and passwords are not for an import';
const ADDRESS = 'addresses are imported by users.importPrimaryAddress';

/** Fields that exist and that no mapping may write, with the reason. */
const PROTECTED: ReadonlyMap<string, string> = new Map([
  ...because('it names the user in Halo', 'id key table use uduserid uddevsite uddevnum'),
  ...because(
    PLACE,
    'site_id site_id_int site_name client_id client_name new_site_name new_account_name new_user_site_id',
  ),
  ...because(ADDRESS, 'addresses primary_address'),
  ...because('name custom fields one by one, like CFLoyaltyTier', 'customfields'),
  ...because(
    'links to other systems are theirs',
    'external_links new_external_link matching_value matchprimaryemail sqlimport_id',
  ),
  ...because(LOGIN, 'new_password resetpassword encmethod authenticatorapp_configured locked'),
  ...because(
    COMPUTED,
    `open_ticket_count onhold_ticket_count total_ticket_count opened_thismonth_count open_opportunity_count userdevicerolecount
    phonenumberint sitephonenumberint homenumberint mobileint mobilenumber2int faxint user_with_clientsite
    lastupdate ulastupdate lastlogindate datecreated isuserdetails`,
  ),
]);

/** What people call these fields elsewhere. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['email', 'emailaddress'],
  ['email_address', 'emailaddress'],
  ['mail', 'emailaddress'],
  ['emailaddress2', 'email2'],
  ['emailaddress3', 'email3'],
  ['phone', 'phonenumber'],
  ['phone_number', 'phonenumber'],
  ['mobile', 'mobilenumber'],
  ['first_name', 'firstname'],
  ['last_name', 'surname'],
  ['lastname', 'surname'],
  ['birthday', 'date_of_birth'],
  ['active', 'inactive'],
]);

const WRITABLE = USER_FIELDS.filter((field) => !PROTECTED.has(field));

/** Why a mapping can't have this target; undefined when it can. */
export function targetProblem(to: string, seatgeekIdField: string | undefined): string | undefined {
  const lower = to.toLowerCase();
  if (lower === seatgeekIdField?.toLowerCase())
    return 'this field keeps the SeatGeek ID (users.seatgeekIdField), which is written by itself';
  if (lower.startsWith('_')) return 'fields that begin with an underscore steer Halo and are not for a mapping';
  const reason = PROTECTED.get(lower);
  if (reason !== undefined) return `must not be written: ${reason}`;
  if (isCustomField(to) || userFieldType(to) !== undefined) return undefined;
  return unknownTarget(lower);
}

/** Why a field can't keep the SeatGeek ID; undefined when it can. */
export function idFieldProblem(field: string): string | undefined {
  const canKeep = isCustomField(field) || /^other[1-5]$/.test(field);
  return canKeep ? undefined : 'must be a custom field, like CFSeatGeekID, or other1 to other5';
}

function unknownTarget(lower: string): string {
  const close = nearest(lower, [...ALIASES.keys(), ...WRITABLE]);
  const suggestion = close === undefined ? undefined : (ALIASES.get(close) ?? close);
  const hint = lower.startsWith('cf')
    ? 'custom fields are written CF and the name without spaces'
    : suggestion === undefined
      ? 'custom fields begin with CF'
      : `did you mean ${suggestion}?`;
  return `Halo's API has no such user field; ${hint}`;
}

function because(reason: string, fields: string): [string, string][] {
  return fields.split(/\s+/).map((field) => [field, reason]);
}
