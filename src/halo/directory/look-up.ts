/** Looks users up by a field's exact value, and finds out what the tenant's `advanced_search` does (`reference/halo.md` 3.2). */
import type { CallOptions, HaloClient, Query } from '../api/client.js';
import { ForbiddenError, HaloRefusalError } from '../api/errors.js';
import { inFlight } from '../in-flight.js';
import { foldId } from '../../contract/person-key.js';
import type { LookUpField } from './known-user.js';
import { VALUES_PER_LOOK_UP } from './planner.js';
import { advancedSearch, FILTER_EQUALS, FILTER_IN, type SearchSupport } from './search-support.js';
import { PAGE_SIZE, readAllUsers, readUsersPage, type RowFields } from './users-reader.js';
import { hidesWho, type WireUser } from '../api/wire.js';

export interface LookUpContext {
  readonly client: HaloClient;
  readonly fields: RowFields;
  readonly call: CallOptions;
}

/**
 * What the tenant does with the field, told by values known to be there: an answer counts only when it holds exactly the users it must.
 * Null when there is no known value to ask with.
 */
export async function findSearchSupport(
  context: LookUpContext,
  field: LookUpField,
  samples: readonly string[],
): Promise<SearchSupport | null> {
  const [first, second] = [...new Set(samples)].filter(isPlain);
  if (first === undefined) return null;
  if (second !== undefined && (await isAnswered(context, field, [first, second], 'many'))) return 'many';
  return (await isAnswered(context, field, [first], 'one')) ? 'one' : 'none';
}

/** Whether the search, which does find active users, finds an inactive one with this value too. */
export async function findsInactive(
  context: LookUpContext,
  field: LookUpField,
  value: string,
  support: 'many' | 'one',
): Promise<boolean> {
  const users = await askFor(context, field, [value], support);
  return users.some((user) => user.inactive === true && field.valueOf(user) === value);
}

async function isAnswered(
  context: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  support: 'many' | 'one',
): Promise<boolean> {
  const found = new Set((await askFor(context, field, values, support)).map(field.valueOf));
  return found.size === values.length && values.every((value) => found.has(value));
}

/** Nobody where Halo refuses or forbids to search so. */
async function askFor(
  { client, fields, call }: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  support: 'many' | 'one',
): Promise<readonly WireUser[]> {
  const query = { advanced_search: advancedSearch(field.name, values, filterOf(support)) };
  try {
    return (await readUsersPage(client, { ...fields, query }, { no: 1, size: PAGE_SIZE }, call)).users;
  } catch (error) {
    if (error instanceof HaloRefusalError || error instanceof ForbiddenError) return [];
    throw error;
  }
}

/** How values are asked for: `text` is Halo's `search`, which finds what is alike in names, e-mail addresses and logins (`reference/halo.md` 3.2). */
export type Way = Exclude<SearchSupport, 'none'> | 'text';

const SEARCHES_IN_FLIGHT = 4;

/**
 * Hands the users whose field has one of the values, and perhaps more, to `take` as they come, for many answers take long; the caller compares.
 * What can't stand in a list is asked for alone. An answer without somebody is believed as far as `control`, a value that is known to be there, is
 * found: in each list, or after those asked for alone. Throws UnheededError where it isn't, and HaloRefusalError when the tenant no longer takes
 * such a search.
 */
export async function lookUp(
  context: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  way: Way,
  control: string | null,
  take: (users: readonly WireUser[]) => void,
): Promise<void> {
  const plain = way === 'many' ? values.filter(isPlain) : [];
  const alone = way === 'many' ? values.filter((value) => !isPlain(value)) : values;
  const found: WireUser[] = [];
  const isFound = (value: string | null | undefined): boolean =>
    value != null && found.some((user) => isSame(field.valueOf(user), value));
  const read = async (count: number, query: Query): Promise<readonly WireUser[]> => {
    const users = await readAll(context, count, query);
    found.push(...users);
    take(users);
    return users;
  };
  for (const group of chunks(plain, VALUES_PER_LOOK_UP)) {
    const asked = control === null ? group : [...group.filter((value) => value !== control), control];
    const users = await read(asked.length, searchFor(field, asked, FILTER_IN));
    const last = asked.at(-1);
    if (last !== undefined && !users.some((user) => isSame(field.valueOf(user), last))) throw new UnheededError();
  }
  const ask = async (value: string): Promise<void> => {
    const query = way === 'text' ? { search: value } : searchFor(field, [value], FILTER_EQUALS);
    await read(1, query);
  };
  await inFlight(alone, SEARCHES_IN_FLIGHT, ask);
  if (alone.every(isFound)) return;
  if (control !== null && !isFound(control)) await ask(control);
  if (!isFound(control)) throw new UnheededError();
}

/** More users than this for one value mean that the condition was ignored. */
const MAX_USERS_PER_VALUE = 50;

async function readAll(
  { client, fields, call }: LookUpContext,
  values: number,
  query: Query,
): Promise<readonly WireUser[]> {
  const found = await readAllUsers(client, { ...fields, query }, call, PAGE_SIZE + values * MAX_USERS_PER_VALUE);
  if (found === null || found.some(hidesWho)) throw new UnheededError();
  return found;
}

function searchFor(field: LookUpField, values: readonly string[], filterType: number): Query {
  return { advanced_search: advancedSearch(field.name, values, filterType) };
}

/** The answer does not prove that all that was asked for was looked for. */
export class UnheededError extends HaloRefusalError {
  constructor() {
    super(200, 'the search did not find whom it must find, or found everybody');
  }
}

function isSame(found: string | null, asked: string): boolean {
  return found !== null && foldId(found) === foldId(asked);
}

function filterOf(support: 'many' | 'one'): number {
  return support === 'many' ? FILTER_IN : FILTER_EQUALS;
}

/** A comma separates the values of a list. */
export function isPlain(value: string): boolean {
  return value !== '' && !value.includes(',');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
