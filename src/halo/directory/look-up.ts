/** Looks users up by a field's exact value, and finds out what the tenant's `advanced_search` does (`reference/halo.md` 3.2). */
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import { foldId, type LookUpField } from './known-user.js';
import { VALUES_PER_LOOK_UP } from './planner.js';
import { advancedSearch, FILTER_EQUALS, FILTER_IN, type SearchSupport } from './search-support.js';
import { PAGE_SIZE, readAllUsers, readUsersPage } from './users-reader.js';
import type { WireUser } from '../api/wire.js';

export interface LookUpContext {
  readonly client: HaloClient;
  readonly customIds: readonly number[];
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

async function isAnswered(
  { client, customIds, call }: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  support: 'many' | 'one',
): Promise<boolean> {
  const query = { advanced_search: advancedSearch(field.name, values, filterOf(support)) };
  try {
    const { users } = await readUsersPage(client, { customIds, query }, { no: 1, size: PAGE_SIZE }, call);
    const found = new Set(users.map(field.valueOf));
    return users.length > 0 && found.size === values.length && values.every((value) => found.has(value));
  } catch (error) {
    if (error instanceof HaloRefusalError) return false;
    throw error;
  }
}

/**
 * The users whose field has one of the values, and perhaps more. Values that can't stand in a list are asked for alone. Each list ends with
 * `control`, a value that is known to be there: an answer without its user did not heed the whole list.
 * Throws UnheededError in that case, and HaloRefusalError when the tenant no longer takes such a search.
 */
export async function lookUp(
  context: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  support: 'many' | 'one',
  control: string | null,
): Promise<WireUser[]> {
  const plain = support === 'many' ? values.filter(isPlain) : [];
  const alone = support === 'many' ? values.filter((value) => !isPlain(value)) : values;
  const found: WireUser[] = [];
  for (const group of chunks(plain, VALUES_PER_LOOK_UP)) {
    const asked = control === null ? group : [...group.filter((value) => value !== control), control];
    const users = await readAll(context, field, asked, FILTER_IN);
    const last = asked.at(-1);
    if (last !== undefined && !users.some((user) => isSame(field.valueOf(user), last))) throw new UnheededError();
    found.push(...users);
  }
  for (const value of alone) found.push(...(await readAll(context, field, [value], FILTER_EQUALS)));
  return found;
}

/** More users than this for one value mean that the condition was ignored. */
const MAX_USERS_PER_VALUE = 50;

async function readAll(
  context: LookUpContext,
  field: LookUpField,
  values: readonly string[],
  filterType: number,
): Promise<WireUser[]> {
  const { client, customIds, call } = context;
  const query = { advanced_search: advancedSearch(field.name, values, filterType) };
  const found = await readAllUsers(client, { customIds, query }, call, PAGE_SIZE + values.length * MAX_USERS_PER_VALUE);
  if (found === 'too-many') throw new HaloRefusalError(200, 'the search condition was ignored');
  return found;
}

/** `search` finds what is alike in names, e-mail addresses and logins; the caller compares (`reference/halo.md` 3.2). */
export async function searchText({ client, customIds, call }: LookUpContext, text: string): Promise<WireUser[]> {
  const found = await readAllUsers(
    client,
    { customIds, query: { search: text } },
    call,
    PAGE_SIZE + MAX_USERS_PER_VALUE,
  );
  if (found === 'too-many') throw new HaloRefusalError(200, 'the search text was ignored');
  return found;
}

/** The answer does not prove that the whole list of values was looked for. */
export class UnheededError extends HaloRefusalError {
  constructor() {
    super(200, 'the search did not heed all values of its list');
  }
}

function isSame(found: string | null, asked: string): boolean {
  return found !== null && foldId(found) === foldId(asked);
}

function filterOf(support: 'many' | 'one'): number {
  return support === 'many' ? FILTER_IN : FILTER_EQUALS;
}

/** A comma separates the values of a list. */
function isPlain(value: string): boolean {
  return value !== '' && !value.includes(',');
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, n) => items.slice(n * size, (n + 1) * size));
}
