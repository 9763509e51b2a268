/**
 * Halo's user fields: scalars of the schemas `Users` and `Users_List` in Halo's OpenAPI file of 2025-03, without the underscore fields,
 * plus the newer ones that `reference/halo.md` 3.3 and 3.6 name.
 */

export type UserFieldType = 'string' | 'boolean' | 'integer' | 'number' | 'date';

type FieldsByType = Readonly<Record<UserFieldType, string>>;

/** In the rows of `GET /Users`, `notes` where they are asked for and some perhaps not in an older Halo, and in `GET /Users/{id}`. */
const IN_LIST_ROWS: FieldsByType = {
  string: `
    name site_name client_name firstname surname initials title emailaddress phonenumber_preferred sitephonenumber
    phonenumber homenumber mobilenumber mobilenumber2 fax activedirectory_dn onpremise_activedirectory_dn
    container_dn login colour other1 other2 other3 other4 other5 notes site_guid area_guid site_cautomate_guid
    software_role_name site_hubspot_guid role_list sitetimezone use overridepdftemplatequote_name okta_id azure_id
    user_with_clientsite whatsapp_number azureoid third_party_relational_id
  `,
  boolean: `
    inactive isimportantcontact neversendemails covered_by_contract isserviceaccount ignoreautomatedbilling
    isimportantcontact2 automatic_sales_tax client_taxable neversendmarketingemails is_prospect
  `,
  integer: `
    id site_id_int telpref default_currency_code priority_id linked_agent_id relationship_id uddevsite uddevnum
    uduserid userdevicerolecount connectwiseid autotaskid messagegroup_id client_account_manager_id key client_id
    item_tax_code overridepdftemplatequote client_automatic_callscript_id language_id
  `,
  number: 'site_id contract_value',
  date: 'contract_end_date date_of_birth lastupdate',
};

/** Only in `GET /Users/{id}` (`reference/halo.md` 3.3). */
const IN_DETAILS_ONLY: FieldsByType = {
  string: `
    new_password third_party_guid third_party_sql department deputyusername cat2 email2 email3 disclaimermatchstring
    admanager memberof supplier_name app_colour agent_app_url imagedata webannouncement jira_id zapier_client_name
    delegation_user_name googleworkplace_id servicenow_id servicenow_username site_servicenow_id sgatewayid
    samaccountname oktaid okta_status oppcompanyname oppcontactname oppemailaddress site_guid2 azure_tenant_id
    linked_user_name hubspot_id hubspot_url hudu_url sqlimport_user azure_tenant_domain servicenow_companyid
    new_site_name facebook_username twitter_username manager_email instagram_username jira_instance_name
    third_party_id matching_value theme lang new_account_name middle_name preferred_name sailpoint_id
    country_code_name country_code_alpha2 country_code_alpha3
  `,
  boolean: `
    is_comms_user ischangeapprover2 dontackemails inform informaction informclearance showslatimes canadd
    allowviewsitedocs ischangeapprover cancreateuser isheadofdept iscontractcontact informnewarea informactionarea
    informclearancearea viewallcleared isexternal dontaddtomailinglist caneditwebdetails canaccesscatalog
    hasbeentrained canviewcontracts ispoapprover sendwelcomeemail resetpassword ismaincontact emailconfirmed
    delegation_activated delegation_timebased isnhserveremaildefault matchprimaryemail canaccessinvoices
    authenticatorapp_configured locked allowviewclientdocs hubspot_dont_sync hubspot_archived isuserdetails
    unsubscribed canviewopps salesforce_dontsync dontackemails2 service_account_overridden sendaccountsemails
    informifack informnewareaifack update_user_tickets check_update_user_tickets canuploaddocuments
  `,
  integer: `
    sitephonenumberint phonenumberint homenumberint mobileint mobilenumber2int faxint inv1 inv2 inv3 inv4 slaid
    web_access_level showmeonly showrecentonly inv1site inv2site inv3site inv4site inv5 inv6 inv7 inv8 inv9 inv10
    inv5site inv6site inv7site inv8site inv9site inv10site inv11 inv12 inv13 inv14 inv15 inv16 inv17 inv18 inv19
    inv20 inv21 inv22 inv23 inv24 inv25 inv11site inv12site inv13site inv14site inv15site inv16site inv17site
    inv18site inv19site inv20site inv21site inv22site inv23site inv24site inv25site deputysite question1 question2
    question3 question4 question5 cataloglevel encmethod adconnection useadlogin welcomeemail_template_id
    organisation_id open_ticket_count onhold_ticket_count total_ticket_count opened_thismonth_count cautomateid
    azure_connectionid delegation_user_id linked_user_id passportal_id passportal_client_id opportunity_id
    sqlimport_id azure_roleid facebook_id twitter_id device_access_level instagram_id jira_instance
    no_manager_roleid prospect_account_id open_opportunity_count runbook_button_id new_user_site_id
    country_code_numeric
  `,
  number: '',
  date: 'datecreated lastlogindate delegation_start delegation_end ulastupdate azure_last_login_date',
};

const TYPES: ReadonlyMap<string, UserFieldType> = new Map([...typesOf(IN_LIST_ROWS), ...typesOf(IN_DETAILS_ONLY)]);
const LIST_FIELDS: ReadonlySet<string> = new Set(typesOf(IN_LIST_ROWS).map(([field]) => field));

/** Every known name, spelled as Halo's API spells it. */
export const USER_FIELDS: readonly string[] = [...TYPES.keys()];

/** The type of a Halo user field; undefined for custom fields and for names that Halo's API doesn't have. */
export function userFieldType(field: string): UserFieldType | undefined {
  return TYPES.get(field);
}

/** A custom field: `CF` and the name given to it in Halo (`reference/halo.md` 3.7). */
export function isCustomField(field: string): boolean {
  return /^CF[^\s"\\]{1,98}$/.test(field);
}

/** Whether `GET /Users` is documented to show the field in its rows; custom fields it does when `include_custom_fields` names them. */
export function isInListRow(field: string): boolean {
  return LIST_FIELDS.has(field) || isCustomField(field);
}

function typesOf(fields: FieldsByType): [string, UserFieldType][] {
  const named = (type: UserFieldType): [string, UserFieldType][] =>
    fields[type]
      .split(/\s+/)
      .filter((field) => field !== '')
      .map((field) => [field, type]);
  return [...named('string'), ...named('boolean'), ...named('integer'), ...named('number'), ...named('date')];
}
