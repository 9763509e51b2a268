/** Names and places for made-up people: the scripts, marks and blanks that a venue's customer table really holds. */

export const FIRST_NAMES = [
  'Ada', 'Grace', 'Zoë', 'Jürgen', 'Łukasz', 'Siobhán', 'José', 'María José', 'Nguyễn', 'Søren', 'Aşlı', 'Ömer', 'Chloé', 'Jean-Luc',
  'Dàibhidh', 'Þóra', 'Ştefan', 'Dušan', 'Ольга', 'Γιώργος', '美咲', '민준', 'أحمد', 'नेहा', 'Emma', 'Liam', 'Noah', 'Olivia', 'Mia',
  'James', 'Sofia', 'Lucas', 'Hannah', 'Max', 'Ruth', 'Abdul', 'Priya', 'Kwame', 'Ingrid', 'Pedro', 'Ming', 'Tom', "D'Angelo",
] as const; // prettier-ignore

export const LAST_NAMES = [
  'Byron', 'Hopper', "O'Neill", 'Müller', 'Nowak', 'Ó Súilleabháin', 'García Márquez', 'Nguyễn', 'Sørensen', 'Yılmaz', 'van der Berg',
  'Dupont', 'MacLeod', 'Jónsdóttir', 'Popescu', 'Kovač', 'Иванова', 'Παπαδόπουλος', '佐藤', '김', 'الحسن', 'शर्मा', 'Smith', 'Jones',
  'Brown', 'Taylor', 'Lee', 'Kowalski', 'Rossi', 'Silva', 'Haddad', 'Mensah', 'Lind', 'Costa', 'Chen', 'Smith-Jones', 'de la Cruz',
] as const; // prettier-ignore

export const ORGANISATIONS = [
  'Northside Rotary Club', 'Café "Zur Linde" GmbH & Co. KG', 'St. Mary’s Primary School', 'Acme <Events> Ltd', 'Łódź Travel Sp. z o.o.',
  'City Council', 'Blue & White Supporters', '株式会社スタジアム', 'Hospital 12 de Octubre', 'Local 45 Electricians',
] as const; // prettier-ignore

export const STREETS = [
  'High St', 'Main Street', 'Rue de l’Église', 'Königsallee', 'Ulica Długa', 'Calle Mayor', 'Storgatan', 'Via Roma', 'Elm Ave Apt #4B',
] as const; // prettier-ignore

type Place = readonly [city: string, state: string | null, country: string];

/** City, state and country; the state is missing where a country has none. */
export const PLACES: readonly [Place, ...Place[]] = [
  ['Sunrise', 'FL', 'US'], ['Miami', 'FL', 'US'], ['Boca Raton', 'FL', 'US'], ['Eindhoven', null, 'NL'], ['Köln', 'NRW', 'DE'],
  ['London', null, 'GB'], ['Kraków', null, 'PL'], ['Montréal', 'QC', 'CA'], ['東京', null, 'JP'], ['Cork', 'Munster', 'IE'],
]; // prettier-ignore

export const TIERS = ['Bronze', 'Silver', 'Gold', 'Platinum'] as const;

/** What people type where an e-mail address is asked for; none has an @. */
export const BROKEN_EMAILS = ['n/a', 'unknown', 'keine', 'none given'] as const;
