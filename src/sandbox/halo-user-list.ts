/** `GET /Users`: filters, order, pages and the thin rows of lists (`reference/halo.md` 3.2, 3.3, 5.2). */
import { z } from 'zod';
import type { HaloDialect } from './dialects.js';
import { plainRefusal } from './halo-errors.js';
import {
  type CustomFieldInfo,
  emptyValue,
  FIELD_TYPES,
  findUserCustomField,
  type HaloCustomField,
  type HaloScalar,
  LIST_FIELDS,
  NEWER_LIST_FIELDS,
  optionLabel,
  shownField,
  STAND_FIELD,
  textOf,
} from './halo-fields.js';
import { wireCustomFields } from './halo-shapes.js';
import type { HaloStore, StoredUser } from './halo-store.js';

export interface ListWorld {
  readonly store: HaloStore;
  readonly dialect: HaloDialect;
}

export type UserLister = (query: URLSearchParams) => unknown;

type Keep = (user: StoredUser) => boolean;

const PAGING = new Set(['pageinate', 'page_no', 'page_size', 'include_custom_fields', 'includenotes']);

/** The last result is kept while nothing changes, so that reading a large list page by page stays cheap. */
export function createUserLister(world: ListWorld): UserLister {
  let last: { key: string; version: number; users: readonly StoredUser[] } | undefined;
  const found = (query: URLSearchParams): readonly StoredUser[] => {
    const key = [...query].filter(([name]) => !PAGING.has(name)).join('&');
    const { version } = world.store;
    if (last?.key !== key || last.version !== version) last = { key, version, users: findUsers(world, query) };
    return last.users;
  };
  const isListed = createLag(world);
  return (query) => {
    const users = world.dialect.rights === 'sees-nothing' ? [] : found(query);
    return listAnswer(world, query, isListed === undefined ? users : users.filter(isListed()));
  };
}

/** Called once for each list: tells who shows up in it. Undefined where lists never lag. Whoever is there from the start is shown at once. */
function createLag({ store, dialect: { listLag } }: ListWorld): (() => Keep) | undefined {
  if (listLag === 0) return undefined;
  const old = new Set([...store.all()].map(({ id }) => id));
  return () => {
    const until = store.now() - listLag * 1_000;
    return ({ id, created }) => old.has(id) || Date.parse(created) <= until;
  };
}

function listAnswer(world: ListWorld, query: URLSearchParams, found: readonly StoredUser[]): unknown {
  const { listRows } = world.dialect;
  const users = listRows === 'one-each' ? found : found.flatMap((user) => (isTwiceInLists(user) ? [user, user] : user));
  const record_count = listRows === 'several-not-counted' ? found.length : users.length;
  if (isTrue(query, 'pageinate')) {
    const page_no = number(query, 'page_no') ?? 1;
    const page_size = Math.min(number(query, 'page_size') ?? 50, world.dialect.pageCap);
    const rows = users.slice((page_no - 1) * page_size, page_no * page_size);
    return { page_no, page_size, record_count, users: rowsOf(world, query, rows) };
  }
  return { record_count, users: rowsOf(world, query, users) };
}

function isTwiceInLists({ id }: StoredUser): boolean {
  return id % 7 === 0;
}

function findUsers({ store, dialect }: ListWorld, query: URLSearchParams): readonly StoredUser[] {
  const keeps = [activityFilter(dialect, query), generalFilter(query), ...searchFilters(dialect, query)];
  const candidates = candidatesOf(store, dialect, query);
  const found = [...candidates].filter((user) => !store.isHidden(user) && keeps.every((keep) => keep(user)));
  return inOrder(found, query, dialect);
}

/** Inactive users only when asked for. */
function activityFilter({ searchShows }: HaloDialect, query: URLSearchParams): Keep {
  const active = query.get('includeactive') !== 'false';
  const isSearch = query.has('search') || query.has('advanced_search');
  const inactive = isTrue(query, 'includeinactive') && !(isSearch && searchShows === 'active-only');
  return (user) => (user.values['inactive'] === true ? inactive : active);
}

function generalFilter(query: URLSearchParams): Keep {
  const noGeneral = isTrue(query, 'exclude_generaluser');
  return ({ isGeneral }) => !(noGeneral && isGeneral);
}

function searchFilters(dialect: HaloDialect, query: URLSearchParams): Keep[] {
  const search = query.get('search')?.trim().toLowerCase() ?? '';
  const advanced = query.get('advanced_search') ?? '';
  return [
    ...(search === '' ? [] : [likeFilter(search, dialect)]),
    ...(advanced === '' ? [] : parseAdvanced(advanced).map((filter) => advancedFilter(filter, dialect))),
  ];
}

/** "Like" over names, e-mail addresses and logins, in any case. */
function likeFilter(search: string, { searchCovers }: HaloDialect): Keep {
  const fields = ['name', 'firstname', 'surname', 'emailaddress', 'email2', 'email3', 'login', 'samaccountname'];
  if (searchCovers === 'also-free-fields') fields.push('other1', 'other2', 'other3', 'other4', 'other5');
  const contains = (value: HaloScalar | undefined): boolean => textOf(value).toLowerCase().includes(search);
  return (user) =>
    fields.some((field) => contains(user.values[field])) ||
    (searchCovers === 'also-free-fields' && Object.values(user.custom).some(contains));
}

const advancedSearch = z.array(
  z.object({
    filter_name: z.string(),
    filter_type: z.number(),
    filter_value: z.union([z.string(), z.number(), z.boolean(), z.array(z.union([z.string(), z.number()]))]),
  }),
);
type AdvancedFilter = z.infer<typeof advancedSearch>[number];

function parseAdvanced(text: string): AdvancedFilter[] {
  try {
    return advancedSearch.parse(JSON.parse(text));
  } catch {
    throw invalidAdvanced();
  }
}

function invalidAdvanced(): Error {
  return plainRefusal(400, 'Invalid advanced search parameter');
}

/** So many values a search takes where it does not take as many as are sent. */
const FEW_VALUES = 10;

/** `filter_type`: 0 in, 2 and 6 equals, 4 like (`reference/halo.md` 3.2); text is compared as the database does, without case. */
function advancedFilter({ filter_name, filter_type, filter_value }: AdvancedFilter, dialect: HaloDialect): Keep {
  const valueOf = advancedName(filter_name, dialect);
  const wanted = (Array.isArray(filter_value) ? filter_value.map(String) : [String(filter_value)]).map(lower);
  const [one = ''] = wanted;
  if (filter_type === 0 && dialect.advancedSearchIn) {
    const values = Array.isArray(filter_value) ? wanted : one.split(',').map((value) => value.trim());
    if (values.length > FEW_VALUES && dialect.searchTakes === 'all-ignored') return () => false;
    const set = new Set(dialect.searchTakes === 'heeded' ? values : values.slice(0, FEW_VALUES));
    return (user) => set.has(lower(valueOf(user)));
  }
  if (filter_type === 2 || filter_type === 6) return (user) => lower(valueOf(user)) === one;
  if (filter_type === 4) return (user) => lower(valueOf(user)).includes(one);
  throw invalidAdvanced();
}

function advancedName(name: string, { advancedSearch: accepted }: HaloDialect): (user: StoredUser) => string {
  const field = lower(name);
  if (accepted !== 'none' && field === 'emailaddress') return (user) => textOf(user.values['emailaddress']);
  const custom = findUserCustomField({ name });
  if (accepted === 'emailaddress+customfields') {
    if (custom !== undefined) return (user) => textOf(user.custom[custom.id]);
    if (/^other[1-5]$/.test(field)) return (user) => textOf(user.values[field]);
  }
  throw invalidAdvanced();
}

/** Equality on the e-mail address or a custom field has an index; everything else reads all users. */
function candidatesOf(store: HaloStore, dialect: HaloDialect, query: URLSearchParams): Iterable<StoredUser> {
  const advanced = query.get('advanced_search') ?? '';
  if (advanced === '' || dialect.advancedSearch === 'none') return store.all();
  for (const { filter_name, filter_type, filter_value } of parseAdvanced(advanced)) {
    const value = String(filter_value);
    if (![2, 6].includes(filter_type) || value.trim() === '') continue;
    const custom = findUserCustomField({ name: filter_name });
    if (lower(filter_name) === 'emailaddress') return usersOf(store, store.withEmail(value));
    if (custom !== undefined) return usersOf(store, store.withCustom(custom.id, value));
  }
  return store.all();
}

function usersOf(store: HaloStore, ids: ReadonlySet<number>): StoredUser[] {
  return [...ids].flatMap((id) => store.get(id) ?? []);
}

/** By name unless said otherwise, as a person would expect of a list; pages shift when people come and go. */
function inOrder(users: StoredUser[], query: URLSearchParams, { listOrder }: HaloDialect): StoredUser[] {
  const field = lower((listOrder === 'by-name' ? null : query.get('order')) ?? 'name');
  const sign = listOrder === 'honoured' && isTrue(query, 'orderdesc') ? -1 : 1;
  if (field === 'id') return users.sort((a, b) => sign * (a.id - b.id));
  const key = (user: StoredUser): string => textOf(user.values[field]).toLowerCase();
  return users.sort((a, b) => sign * (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : a.id - b.id));
}

function rowsOf(world: ListWorld, query: URLSearchParams, users: readonly StoredUser[]): unknown[] {
  const asked = (query.get('include_custom_fields') ?? '').split(',').map(Number);
  const custom = asked.flatMap((id) => findUserCustomField({ id }) ?? []);
  const { listedFields } = world.dialect;
  const lacking = listedFields === 'fewer' ? NEWER_LIST_FIELDS : isTrue(query, 'includenotes') ? [] : ['notes'];
  const fields = LIST_FIELDS.filter((field) => !lacking.includes(field));
  return users.map((user) => listRow(world, user, fields, custom));
}

function listRow(
  { store, dialect }: ListWorld,
  user: StoredUser,
  fields: readonly string[],
  custom: readonly CustomFieldInfo[],
): unknown {
  const site = store.sites.get(user.siteId);
  const row: Record<string, unknown> = { id: user.id };
  for (const field of fields) {
    const value = user.values[field] ?? emptyValue(FIELD_TYPES.get(field) ?? 'string');
    const isLeftOut = dialect.listedFields === 'not-blank' && (value === null || value === '');
    if (!isLeftOut) row[field] = value;
  }
  return {
    ...row,
    site_id: user.siteId,
    site_id_int: user.siteId,
    site_name: site?.name,
    client_id: site?.client_id,
    client_name: site?.client_name,
    lastupdate: user.updated,
    customfields: wireCustomFields(
      custom.map((field) => listedField(field, user, dialect)),
      dialect,
    ),
    use: 'user',
    key: user.id,
    table: 0,
  };
}

function listedField(field: CustomFieldInfo, user: StoredUser, { selectFields }: HaloDialect): HaloCustomField {
  const shown = shownField(field, user);
  return field.id === STAND_FIELD && selectFields === 'label-in-lists'
    ? { ...shown, value: optionLabel(shown.value) }
    : shown;
}

function number(query: URLSearchParams, name: string): number | undefined {
  const value = Number.parseInt(query.get(name) ?? '', 10);
  return Number.isNaN(value) || value < 1 ? undefined : value;
}

function isTrue(query: URLSearchParams, name: string): boolean {
  return /^(true|1|yes)$/i.test((query.get(name) ?? '').trim());
}

function lower(text: string): string {
  return text.toLowerCase();
}
