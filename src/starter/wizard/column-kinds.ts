/** Recognises the obvious columns by their names, whose spelling is not public and differs between feeds. Pure. */

export type ColumnKind =
  | 'id'
  | 'email'
  | 'firstName'
  | 'middleName'
  | 'lastName'
  | 'fullName'
  | 'homePhone'
  | 'businessPhone'
  | 'mobilePhone'
  | 'birthday'
  | 'line1'
  | 'line2'
  | 'city'
  | 'state'
  | 'postcode'
  | 'country';

/** Spellings without underscores and in lower case, the likeliest first. */
const SPELLINGS: Readonly<Record<ColumnKind, readonly string[]>> = {
  id: ['id', 'clientid', 'clientguid', 'guid', 'crmid', 'accountid', 'clientcode'],
  email: ['email', 'emailaddress', 'primaryemail', 'mail'],
  firstName: ['firstname', 'fname', 'givenname', 'forename', 'primaryfirstname'],
  middleName: ['middlename'],
  lastName: ['lastname', 'lname', 'surname', 'familyname', 'primarylastname'],
  fullName: ['fullname', 'name', 'displayname', 'clientname'],
  homePhone: ['homephone', 'phone', 'phonenumber', 'telephone', 'primaryphone', 'homephonenumber'],
  businessPhone: ['businessphone', 'workphone', 'officephone', 'businessphonenumber'],
  mobilePhone: ['mobilephone', 'mobile', 'cellphone', 'cell', 'mobilenumber', 'mobilephonenumber'],
  birthday: ['birthday', 'birthdate', 'dateofbirth', 'dob'],
  line1: ['addressline1', 'address1', 'street', 'street1', 'addressstreet', 'address'],
  line2: ['addressline2', 'address2', 'street2'],
  city: ['city', 'town', 'addresscity'],
  state: ['state', 'region', 'province', 'county', 'addressstate'],
  postcode: ['postalcode', 'zip', 'zipcode', 'postcode', 'addresszip'],
  country: ['country', 'countryname', 'addresscountry', 'countrycode'],
};

/** The column of each kind that there is. */
export function columnsByKind(columns: readonly string[]): Partial<Record<ColumnKind, string>> {
  const bySpelling = new Map([...columns].reverse().map((column) => [folded(column), column]));
  return Object.fromEntries(
    Object.entries(SPELLINGS).flatMap(([kind, spellings]) => {
      const column = spellings.map((spelling) => bySpelling.get(spelling)).find((found) => found !== undefined);
      return column === undefined ? [] : [[kind, column]];
    }),
  );
}

/** Letters and digits alone, in lower case: what stays the same between spellings. */
export function folded(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}
