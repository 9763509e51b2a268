/**
 * What is not known of the two APIs, as switches: every value that is plausible, the default first in mind. Tests run the same import over
 * all of them. `reference/seatgeek.md` 7 and `reference/halo.md` 8 ask the questions that these answer.
 */

interface Switch<T> {
  readonly question: string;
  readonly default: T;
  readonly values: readonly T[];
}

function choice<const T>(question: string, values: readonly [T, ...T[]]): Switch<T> {
  return { question, default: values[0], values };
}

/** The default is the first value of each. */
export const SEATGEEK_DIALECT = {
  idColumn: choice('What is the primary key called?', ['id', 'client_id', 'crm_id']),
  endCursor: choice('What is the cursor of a page without rows at the end of the feed?', [
    'echoed',
    'null',
    'absent',
    'renewed',
  ]),
  cursorLength: choice('How long is a cursor? (Halo keeps no more than 250 characters)', ['short', 'long']),
  lastCursor: choice('Does the last page with rows carry a cursor?', ['given', 'null', 'absent']),
  log: choice('Every version of a row, or the latest only?', ['full', 'compacted']),
  expiredCursor: choice('Status of an expired cursor?', [410, 409, 400, 404]),
  deletedRow: choice('What does a D row contain?', ['full', 'key', 'blank']),
  sequence: choice('Does every row carry a sequence?', ['given', 'absent', 'null', 'opaque']),
  firstOperation: choice('The operation of a first image?', ['U', 'I', 'C', 'R', 'absent']),
  aboveMaxLimit: choice('What happens above the largest limit?', ['cut', '413', '400', 'timeout', '500', '502']),
  maxLimit: choice('The largest limit?', [10_000, 5_000, 1_000, 250, 100]),
  emptyPageEvery: choice(
    'How often is a page without rows served in mid-feed? (0: never, n: before each nth page)',
    [0, 1, 3],
  ),
  emptyPages: choice('How many pages without rows are served in a row?', [1, 100]),
  noNews: choice('What is answered when there is nothing after the cursor?', ['empty-list', 'null', '204', 'no-body']),
  paddedIds: choice('Are primary keys padded with blanks, as a fixed-width column gives them?', [false, true]),
  repeats: choice('How many rows of the page before does a page begin with again? (at least once)', [0, 1, 7]),
  quotedColumns: choice('Do some column names carry quotes?', [false, true]),
  tableDefinition: choice('Is the table definition always there?', ['given', 'absent']),
} as const;

/** The default is the first value of each. */
export const HALO_DIALECT = {
  arrays: choice('What does a POST of many users do when one is bad?', [
    'stops-at-bad',
    'all-or-nothing',
    'skips-bad',
    'first-only',
    'one-only',
  ]),
  mixedArrays: choice('May new and existing users stand in one array?', ['accepted', 'refused']),
  maxArray: choice('How many users may one POST hold?', [1_000, 100, 10]),
  answerOfOne: choice('The answer to an array of one?', ['object', 'list', 'users']),
  answerOfMany: choice('The answer to an array of many?', ['list', 'object', 'users']),
  answerRows: choice('What do the users of an answer hold?', ['whole', 'ids']),
  answerNames: choice('Whom does the answer to an array name?', ['heeded', 'everybody-sent', 'nobody']),
  answerOrder: choice('The order of a list answered?', ['sent', 'reversed', 'shuffled']),
  writtenStatus: choice('The status of a write?', [201, 200]),
  customFieldsLeftOut: choice('What happens to custom fields left out of an array that is sent?', ['emptied', 'kept']),
  idField: choice('What does the custom field for the SeatGeek ID keep?', ['whole', 'cut', 'not-writable', 'number']),
  newUserDefaults: choice('Does Halo fill in fields of a new user by itself?', ['none', 'custom-fields']),
  storedTexts: choice('In which form are texts kept, e-mail addresses aside?', [
    'as-sent',
    'unix-lines',
    'entities',
    'trimmed',
    'bare-phones',
    'cut',
    'upper-case',
  ]),
  selectFields: choice('How is a field with options shown in lists?', ['value', 'label-in-lists']),
  primaryAddress: choice('Is primary_address kept when sent with the user?', ['persisted', 'ignored']),
  addressWithoutId: choice('What does a primary_address without an id do to a user who has a primary address?', [
    'replaces',
    'adds',
  ]),
  addressOfUser: choice('Does POST /Address take a user_id?', ['accepted', 'needs-site', 'refused']),
  addressList: choice('What does GET /Address list?', ['whole', 'cut', 'without-users', 'without-primary', 'refused']),
  advancedSearch: choice('Which names does advanced_search take?', [
    'emailaddress',
    'none',
    'emailaddress+customfields',
  ]),
  advancedSearchIn: choice('Does advanced_search take many values (filter_type 0)?', [false, true]),
  searchTakes: choice('What becomes of values beyond the tenth that advanced_search is given?', [
    'heeded',
    'ignored',
    'all-ignored',
  ]),
  searchShows: choice('Does a search show inactive users too, as lists do that are asked for them?', [
    'everybody',
    'active-only',
  ]),
  searchCovers: choice('Does `search` look at other1 to other5 and custom fields too?', [
    'names-emails',
    'also-free-fields',
  ]),
  duplicateEmail: choice('Is a second user with one e-mail refused (enforce_unique_user_email_address)?', [
    'allowed',
    'refused',
  ]),
  duplicateEmailText: choice('How is a second user with one e-mail refused?', [
    'exception',
    'database',
    'binding',
    'simple',
    'text',
  ]),
  newIds: choice('Are the ids of new users one after another?', ['consecutive', 'with-gaps']),
  listLag: choice('After how many seconds does a new user show up in lists and searches?', [0, 10]),
  blankCustomFields: choice('How are custom fields without a value shown?', ['null', 'text', 'left-out']),
  listedFields: choice('Which of their documented fields do the rows of lists show?', [
    'notes-when-asked',
    'fewer',
    'not-blank',
  ]),
  unknownKeys: choice('What happens to keys of a user that Halo does not know?', ['ignored', 'refused']),
  listOrder: choice('Is the order that is asked for honoured?', ['honoured', 'by-name', 'upwards']),
  listRows: choice('Does a list have a row for each user, or several for some, as a join may give?', [
    'one-each',
    'several-counted',
    'several-not-counted',
  ]),
  pageCap: choice('Most rows of a page?', [100, 50, 1_000]),
  retryAfter: choice('Does a 429 say how long?', ['none', 'seconds', 'date']),
  limitBody: choice('What is the body of a 429?', ['text', 'json']),
  unknownId: choice('A write to an id that does not exist?', [400, 404]),
  wrongSecret: choice('Status of a wrong client secret?', [400, 401]),
  tenant: choice('Must the token request name the tenant?', ['ignored', 'required']),
  rights: choice('What may the application and its agent do?', [
    'all',
    'read-only',
    'no-field-info',
    'sees-nothing',
    'no-users',
  ]),
  details: choice('What does GET /Users/{id} need to show custom fields and addresses?', ['includedetails', 'nothing']),
} as const;

type Values<T> = { -readonly [key in keyof T]: T[key] extends Switch<infer V> ? V : never };

export type SeatGeekDialect = Values<typeof SEATGEEK_DIALECT>;
interface RateLimit {
  readonly requests: number;
  readonly perSeconds: number;
  readonly timeScale?: number;
}

export type HaloDialect = Values<typeof HALO_DIALECT> & {
  /** Null: no limit. The text speaks of `requests` per `perSeconds`; the window really lasts `perSeconds / timeScale`. */
  rateLimit: RateLimit | null;
  /** Holds beside the first, as where an edge has a limit of its own. */
  edgeLimit: RateLimit | null;
  tokenSeconds: number;
  /** So much longer takes every answer, as if Halo were far away. */
  latencyMs: number;
};

export function seatGeekDialect(chosen: Partial<SeatGeekDialect> = {}): SeatGeekDialect {
  return { ...defaultsOf(SEATGEEK_DIALECT), ...chosen };
}

export function haloDialect(chosen: Partial<HaloDialect> = {}): HaloDialect {
  return {
    ...defaultsOf(HALO_DIALECT),
    rateLimit: null,
    edgeLimit: null,
    tokenSeconds: 3_600,
    latencyMs: 0,
    ...chosen,
  };
}

function defaultsOf<T extends Readonly<Record<string, Switch<unknown>>>>(table: T): Values<T> {
  return Object.fromEntries(Object.entries(table).map(([name, { default: value }]) => [name, value])) as Values<T>;
}
