/** One user, sites, custom field definitions, addresses (`reference/halo.md` 3.4, 3.7, 3.9). */
import type { JsonObject } from '../json.js';
import { databaseRefusal, exceptionRefusal } from './halo-errors.js';
import type { HaloDialect } from './dialects.js';
import { wireUser } from './halo-shapes.js';
import { CUSTOM_FIELDS } from './halo-fields.js';
import { ID_FIELD, SHORT_ID, storedLines } from './halo-user-writes.js';
import type { HaloAddress, HaloSite, HaloStore } from './halo-store.js';
import { bindAddress, bindInteger, bodyArray } from './halo-user-binding.js';
import type { Answer, Ask } from './loopback-server.js';
import type { OpenWriteLog } from './write-log.js';

export interface ResourceWorld {
  readonly store: HaloStore;
  readonly dialect: HaloDialect;
  readonly writes: OpenWriteLog;
}

/** Custom fields and addresses come only with `includedetails=true`, unless the dialect shows them always. */
export function getUser({ store, dialect }: ResourceWorld, { query }: Ask, id: number): Answer {
  const stored = store.get(id);
  const isSeen = stored !== undefined && dialect.rights !== 'sees-nothing' && !store.isHidden(stored);
  const user = isSeen ? store.wholeUser(stored) : undefined;
  if (user === undefined) throw exceptionRefusal(`The User with ID ${id} could not be found.`, 404);
  if (dialect.details === 'nothing' || query.get('includedetails')?.toLowerCase() === 'true')
    return { status: 200, json: wireUser(user, dialect) };
  return { status: 200, json: { ...user, customfields: [], addresses: undefined, primary_address: undefined } };
}

export function deleteUser({ store }: ResourceWorld, id: number): Answer {
  const user = store.user(id);
  if (user === undefined) throw exceptionRefusal(`The User with ID ${id} could not be found.`, 404);
  store.remove(id);
  return { status: 200, json: user };
}

export function serveSite(
  { store, dialect }: ResourceWorld,
  { method, query }: Ask,
  id: number | undefined,
): Answer | undefined {
  if (method !== 'GET') return undefined;
  if (id === undefined) {
    const sites =
      dialect.rights === 'sees-nothing' ? [] : [...store.sites.values()].filter((site) => siteFits(site, query));
    return { status: 200, json: { record_count: sites.length, sites: paged(sites, query, dialect).map(wireSite) } };
  }
  const site = store.sites.get(id);
  if (site === undefined) throw exceptionRefusal(`The Site with ID ${id} could not be found.`, 404);
  return { status: 200, json: wireSite(site) };
}

function siteFits(site: HaloSite, query: URLSearchParams): boolean {
  const search = query.get('search')?.toLowerCase() ?? '';
  const client = query.get('client_id');
  if (site.inactive ? query.get('includeinactive') !== 'true' : query.get('includeactive') === 'false') return false;
  return site.name.toLowerCase().includes(search) && (client === null || Number(client) === site.client_id);
}

function wireSite(site: HaloSite): unknown {
  return { ...site, clientsite_name: `${site.client_name}/${site.name}`, timezone: '' };
}

export function serveFieldInfo(
  { dialect }: Pick<ResourceWorld, 'dialect'>,
  { method, query }: Ask,
  id: number | undefined,
): Answer | undefined {
  if (method !== 'GET') return undefined;
  const infos = CUSTOM_FIELDS.map((field) => ({
    ...field,
    custom: 1,
    table_id: 0,
    seq: 0,
    readonly: false,
    characterlimit: field.id === ID_FIELD && dialect.idField === 'cut' ? SHORT_ID : 0,
  }));
  if (id !== undefined) {
    const info = infos.find((field) => field.id === id);
    if (info === undefined) throw exceptionRefusal(`The Field with ID ${id} could not be found.`, 404);
    return { status: 200, json: info };
  }
  const type = query.get('inputtype');
  return { status: 200, json: type === null ? infos : infos.filter((field) => String(field.type) === type) };
}

export function serveAddress(world: ResourceWorld, ask: Ask, id: number | undefined): Answer | undefined {
  const { store, dialect } = world;
  if (id !== undefined) return serveOneAddress(store, ask, id);
  if (ask.method === 'GET') return listAddresses(world, ask);
  if (ask.method !== 'POST') return undefined;
  const items = bodyArray(ask);
  const written = items.map((item, at) => writeAddress(store, dialect, item, at));
  const isNew = (at: number): boolean => !('id' in (items[at] ?? {}));
  const ids = written.map((address) => address.id);
  world.writes.add({
    path: ask.path,
    items,
    created: ids.filter((_, at) => isNew(at)),
    updated: ids.filter((_, at) => !isNew(at)),
  });
  return { status: dialect.writtenStatus, json: written.length === 1 ? written[0] : written };
}

/** Most rows of a list that the dialect cuts. */
const CUT = 10;

function listAddresses({ store, dialect }: ResourceWorld, { query }: Ask): Answer {
  const userId = query.get('user_id');
  const siteId = query.get('site_id');
  const candidates = userId === null ? [...store.addresses.values()] : store.addressesOf(Number(userId));
  const found = candidates.filter((address) => siteId === null || address.site_id === Number(siteId));
  const record_count = found.length;
  if (userId !== null) return { status: 200, json: { record_count, addresses: found } };
  switch (dialect.addressList) {
    case 'whole':
      return { status: 200, json: { record_count, addresses: found } };
    case 'cut':
      return { status: 200, json: { record_count: Math.min(CUT, record_count), addresses: found.slice(0, CUT) } };
    case 'without-users':
      return { status: 200, json: found.map((address) => ({ ...address, user_id: 0 })) };
    case 'without-primary':
      return { status: 200, json: found.map((address) => ({ ...address, primary: undefined })) };
    case 'refused':
      throw exceptionRefusal('A user must be named.');
  }
}

function serveOneAddress(store: HaloStore, { method }: Ask, id: number): Answer | undefined {
  const address = store.addresses.get(id);
  if (address === undefined) throw exceptionRefusal(`The Address with ID ${id} could not be found.`, 404);
  if (method === 'DELETE') store.removeAddress(id);
  return method === 'GET' || method === 'DELETE' ? { status: 200, json: address } : undefined;
}

function writeAddress(store: HaloStore, dialect: HaloDialect, item: JsonObject, at: number): HaloAddress {
  const { addressOfUser } = dialect;
  const id = bindInteger(item['id'], `[${at}].id`);
  const present = id === 0 ? undefined : store.addresses.get(id);
  if (id !== 0 && present === undefined) throw exceptionRefusal(`The Address with ID ${id} could not be found.`, 404);
  const user = bindInteger(item['user_id'], `[${at}].user_id`) || (present?.user_id ?? 0);
  const site = bindInteger(item['site_id'], `[${at}].site_id`) || (present?.site_id ?? 0);
  if (user !== 0 && addressOfUser === 'refused')
    throw exceptionRefusal('An address of a user can not be created here.');
  if (site === 0 && (user === 0 || addressOfUser === 'needs-site')) {
    throw databaseRefusal(
      515,
      "Cannot insert the value NULL into column 'ASSiteID', table 'HaloPSA.dbo.ADDRESSSTORE'.",
    );
  }
  const blank = { line1: '', line2: '', line3: '', line4: '', postcode: '', primary: false };
  const flag = typeof item['primary'] === 'boolean' ? { primary: item['primary'] } : {};
  const address: HaloAddress = {
    ...blank,
    ...present,
    ...storedLines(bindAddress(item, `[${at}]`) ?? {}, dialect),
    ...flag,
    id: present?.id ?? store.nextId('addresses'),
    user_id: user === 0 ? null : user,
    site_id: site === 0 ? null : site,
  };
  putOnlyPrimary(store, address);
  return address;
}

/** One primary address per user; the first of a user is it. */
function putOnlyPrimary(store: HaloStore, address: HaloAddress): void {
  const others =
    address.user_id === null ? [] : store.addressesOf(address.user_id).filter(({ id }) => id !== address.id);
  if (address.primary) for (const other of others) store.putAddress({ ...other, primary: false });
  store.putAddress(others.length === 0 && address.user_id !== null ? { ...address, primary: true } : address);
}

/** The page asked for; all of them when none is. */
function paged<T>(rows: readonly T[], query: URLSearchParams, { pageCap }: HaloDialect): readonly T[] {
  if (query.get('pageinate') !== 'true') return rows;
  const size = Math.min(Number(query.get('page_size') ?? pageCap), pageCap);
  const start = (Number(query.get('page_no') ?? 1) - 1) * size;
  return rows.slice(start, start + size);
}
