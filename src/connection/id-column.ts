/** The SeatGeek ID is shown in Temporal, in logs and in the list of rejected people, so no personal column may be one. Pure. */
import { unquote } from '../mapping/row.js';

/** Words in the names of columns that hold what belongs to a person. */
const PERSONAL: ReadonlySet<string> = new Set(
  `name firstname lastname fullname middlename surname forename givenname familyname nickname initials username email mail emailaddress
  phone telephone tel mobile cell cellphone fax whatsapp birth birthday birthdate dob age gender sex address street city town zip zipcode
  postcode postal passport ssn iban notes note comment comments`.split(/\s+/),
);

/** `address_id` names an address; it is none. */
const NAMES_ANOTHER = /^(id|uuid|guid|key|pk)$/;

/** Halo's fields that hold what belongs to a person: the column that feeds one of them is no ID. */
const PERSONAL_FIELDS: ReadonlySet<string> = new Set(
  `name firstname middle_name surname preferred_name initials emailaddress email2 email3 phonenumber homenumber mobilenumber mobilenumber2
  fax whatsapp_number date_of_birth facebook_username twitter_username instagram_username`.split(/\s+/),
);

interface Columns {
  readonly id: string;
  readonly email: string;
}

interface Mapping {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** Why a column can't hold the SeatGeek ID; undefined when it can. */
export function idColumnProblem({ id, email }: Columns, mappings: readonly Mapping[]): string | undefined {
  const column = unquote(id);
  if (column === unquote(email)) return 'is the e-mail column, and an ID is shown where no personal data may be';
  if (isPersonal(column)) return 'looks like a column with personal data, and an ID is shown where none may be';
  const field = mappings.find(
    ({ from, to }) =>
      to !== undefined && PERSONAL_FIELDS.has(to.toLowerCase()) && unquote((from ?? '').trim()) === column,
  );
  return field === undefined
    ? undefined
    : `is mapped to ${field.to ?? ''} and so is personal data, which an ID must not be`;
}

function isPersonal(column: string): boolean {
  const words = column
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => word.replace(/\d+$/, ''));
  if (NAMES_ANOTHER.test(words.at(-1) ?? '')) return false;
  return words.some((word, at) => PERSONAL.has(word) || PERSONAL.has(`${word}${words[at + 1] ?? ''}`));
}
