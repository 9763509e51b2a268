/** What a mapping may write to in Halo. */
import { isCustomField, USER_FIELDS, userFieldType } from '../halo/fields/user-fields.js';
import { ConfigError } from '../errors.js';
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

/**
 * Fields that decide who somebody is to Halo or to a directory, what they may see and do, or in whose place: `Users` in Halo's OpenAPI
 * files. What comes from a feed that people fill in themselves must not reach them unless the worker says so.
 */
const RIGHTS: ReadonlySet<string> = new Set(
  `login samaccountname activedirectory_dn onpremise_activedirectory_dn container_dn adconnection admanager memberof useadlogin
  azureoid azure_id azure_tenant_id azure_tenant_domain azure_connectionid azure_roleid azure_last_login_date oktaid okta_id okta_status
  googleworkplace_id sailpoint_id passportal_id passportal_client_id servicenow_id servicenow_username jira_id third_party_id
  third_party_guid linked_agent_id linked_user_id linked_user_name organisation_id relationship_id role_list software_role_name
  no_manager_roleid messagegroup_id web_access_level device_access_level cataloglevel showmeonly showrecentonly isserviceaccount
  service_account_overridden isnhserveremaildefault is_comms_user isexternal isheadofdept iscontractcontact deputysite deputyusername
  manager_email delegation_activated delegation_timebased delegation_start delegation_end delegation_user_id delegation_user_name
  ispoapprover ischangeapprover ischangeapprover2 cancreateuser canadd caneditwebdetails canaccesscatalog canaccessinvoices
  canviewcontracts canviewopps canuploaddocuments allowviewsitedocs allowviewclientdocs viewallcleared emailconfirmed
  update_user_tickets check_update_user_tickets question1 question2 question3 question4 question5`.split(/\s+/),
);

/** Fields of {@link RIGHTS} that a worker lets mappings write, in lower case. */
export type AllowedFields = ReadonlySet<string>;

export function givesRights(to: string): boolean {
  return RIGHTS.has(to.toLowerCase());
}

/** Reads ALLOWED_FIELDS: names separated by commas. Throws ConfigError for an entry that is no such field. */
export function parseAllowedFields(variable: string): AllowedFields {
  const entries = variable
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== '');
  const bad = entries.findIndex((entry) => !RIGHTS.has(entry));
  if (bad < 0) return new Set(entries);
  throw new ConfigError(
    'setting-invalid',
    `ALLOWED_FIELDS: entry ${bad + 1} is no field that needs to be allowed`,
    'Name fields that give rights or identity, separated by commas, like azureoid,login. Passwords can never be mapped.',
    'ALLOWED_FIELDS',
  );
}

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
export function targetProblem(
  to: string,
  seatgeekIdField: string | undefined,
  allowed?: AllowedFields,
): string | undefined {
  const lower = to.toLowerCase();
  if (lower === seatgeekIdField?.toLowerCase())
    return 'this field keeps the SeatGeek ID (users.seatgeekIdField), which is written by itself';
  if (lower.startsWith('_')) return 'fields that begin with an underscore steer Halo and are not for a mapping';
  const reason = PROTECTED.get(lower);
  if (reason !== undefined) return `must not be written: ${reason}`;
  if (allowed !== undefined && givesRights(to) && !allowed.has(lower))
    return "gives rights or identity: this worker's ALLOWED_FIELDS does not name it";
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
