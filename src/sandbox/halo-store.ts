/** What the sandbox's Halo keeps: users, sites, addresses. No rules of the API here; tests use it to act as somebody else. */
import {
  emptyValue,
  FIELD_TYPES,
  findUserCustomField,
  type HaloCustomField,
  type HaloScalar,
  shownField,
  textOf,
  USER_CUSTOM_FIELDS,
} from './halo-fields.js';

export interface HaloSite {
  readonly id: number;
  readonly name: string;
  readonly client_id: number;
  readonly client_name: string;
  readonly inactive: boolean;
}

/** `AddressStore` (`reference/halo.md` 3.9). */
export interface HaloAddress {
  readonly id: number;
  readonly user_id: number | null;
  readonly site_id: number | null;
  readonly line1: string;
  readonly line2: string;
  readonly line3: string;
  readonly line4: string;
  readonly postcode: string;
  readonly primary: boolean;
}

export type AddressLines = Pick<HaloAddress, 'line1' | 'line2' | 'line3' | 'line4' | 'postcode'>;

/** A user as it is kept: only what was written. */
export interface StoredUser {
  readonly id: number;
  readonly siteId: number;
  readonly isGeneral: boolean;
  readonly created: string;
  readonly updated: string;
  readonly values: Readonly<Record<string, HaloScalar>>;
  /** By custom field id. */
  readonly custom: Readonly<Record<number, HaloScalar>>;
}

/** A user as `GET /Users/{id}?includedetails=true` shows it. */
export interface HaloUser {
  readonly id: number;
  readonly name: string;
  readonly firstname: string;
  readonly surname: string;
  readonly emailaddress: string;
  readonly phonenumber: string;
  readonly mobilenumber: string;
  readonly inactive: boolean;
  /** A double on the wire: `18.0`. */
  readonly site_id: number;
  readonly site_id_int: number;
  readonly site_name: string;
  readonly client_id: number;
  readonly client_name: string;
  readonly customfields: readonly HaloCustomField[];
  readonly primary_address: HaloAddress | null;
  readonly addresses: readonly HaloAddress[];
  readonly [field: string]: unknown;
}

/** What a test gives to make or change a user: Halo's field names, custom fields by name, the site and the address. */
export interface UserDraft {
  readonly site_id?: number;
  readonly customFields?: Readonly<Record<string, HaloScalar>>;
  readonly address?: AddressLines;
  readonly [field: string]: HaloScalar | Readonly<Record<string, HaloScalar>> | AddressLines | undefined;
}

/** Each numbers its rows by itself. */
export type HaloTable = 'users' | 'addresses';

const BLANK_FIELDS = Object.fromEntries([...FIELD_TYPES].map(([name, type]) => [name, emptyValue(type)]));

/**
 * Every user shown is copied from it. Cloned, because V8 keeps an object that was filled member by member as a dictionary when it has so
 * many, and copying one of those takes fifty times as long.
 */
const BLANK_USER: HaloUser = structuredClone({
  ...BLANK_FIELDS,
  id: 0,
  name: '',
  firstname: '',
  surname: '',
  emailaddress: '',
  phonenumber: '',
  mobilenumber: '',
  inactive: false,
  site_id: 0,
  site_id_int: 0,
  site_name: '',
  client_id: 0,
  client_name: '',
  datecreated: '',
  lastupdate: '',
  customfields: [],
  primary_address: null,
  addresses: [],
});

/** What was written, as it is shown: text members are never null. */
function shownFields({ values }: StoredUser): Record<string, HaloScalar> {
  const fields: Record<string, HaloScalar> = {};
  for (const name of Object.keys(values)) {
    const type = FIELD_TYPES.get(name);
    if (type !== undefined) fields[name] = values[name] ?? emptyValue(type);
  }
  return fields;
}

/** The newest state only; `version` counts changes. */
export class HaloStore {
  readonly sites: ReadonlyMap<number, HaloSite>;
  readonly addresses = new Map<number, HaloAddress>();
  readonly #users = new Map<number, StoredUser>();
  /** By field, then value; only fields that were asked for, so that an import nobody searches in costs nothing. */
  readonly #indexes = new Map<IndexedField, Map<string, Set<number>>>();
  readonly #addressesOf = new Map<number, Set<number>>();
  readonly #lastIds: Record<HaloTable, number> = { users: 0, addresses: 0 };
  #version = 0;
  #isHidden: (user: StoredUser) => boolean = () => false;

  constructor(
    sites: readonly HaloSite[],
    readonly now: () => number,
  ) {
    this.sites = new Map(sites.map((site) => [site.id, site]));
  }

  get version(): number {
    return this.#version;
  }

  get size(): number {
    return this.#users.size;
  }

  /** A new id, as the identity column of each table gives it: never used again, not even after a rollback. */
  nextId(table: HaloTable): number {
    return (this.#lastIds[table] += 1);
  }

  /** The newest id given so far; 0 when none was. */
  lastId(table: HaloTable): number {
    return this.#lastIds[table];
  }

  /** Leaves a gap, as a database does that was restarted or has taken something back. */
  skipIds(table: HaloTable, count: number): void {
    this.#lastIds[table] += count;
  }

  /** Whom lists and look-ups leave out, as when the agent's rights were cut. */
  hide(isHidden: (user: StoredUser) => boolean): void {
    this.#isHidden = isHidden;
    this.#version += 1;
  }

  isHidden(user: StoredUser): boolean {
    return this.#isHidden(user);
  }

  all(): Iterable<StoredUser> {
    return this.#users.values();
  }

  get(id: number): StoredUser | undefined {
    return this.#users.get(id);
  }

  /** Ids of the users with this e-mail, case and blanks around it aside. */
  withEmail(email: string): ReadonlySet<number> {
    return this.#having('emailaddress', email);
  }

  /** Ids of the users with this value of a custom field, case and blanks around it aside; none for a blank value. */
  withCustom(fieldId: number, value: string): ReadonlySet<number> {
    return this.#having(fieldId, value);
  }

  put(user: StoredUser): void {
    this.#unindex(this.#users.get(user.id));
    this.#users.set(user.id, user);
    this.#index(user);
    this.#version += 1;
  }

  remove(id: number): void {
    this.#unindex(this.#users.get(id));
    this.#users.delete(id);
    this.#version += 1;
  }

  putAddress(address: HaloAddress): void {
    this.addresses.set(address.id, address);
    if (address.user_id !== null) {
      const ids = this.#addressesOf.get(address.user_id) ?? new Set();
      this.#addressesOf.set(address.user_id, ids.add(address.id));
    }
    this.#version += 1;
  }

  removeAddress(id: number): void {
    const userId = this.addresses.get(id)?.user_id ?? null;
    if (userId !== null) this.#addressesOf.get(userId)?.delete(id);
    this.addresses.delete(id);
    this.#version += 1;
  }

  addressesOf(userId: number): HaloAddress[] {
    return [...(this.#addressesOf.get(userId) ?? [])].flatMap((id) => this.addresses.get(id) ?? []);
  }

  /** Writes the lines as the user's primary address, in place of the one there is. */
  putPrimaryAddress(userId: number, siteId: number, lines: AddressLines): void {
    const present = this.addressesOf(userId).find(({ primary }) => primary);
    this.putAddress({
      ...lines,
      id: present?.id ?? this.nextId('addresses'),
      user_id: userId,
      site_id: siteId,
      primary: true,
    });
  }

  /** Makes a user behind the API's back and answers its id. Site 18 unless said otherwise. */
  create(draft: UserDraft, isGeneral = false): number {
    const id = this.nextId('users');
    const at = new Date(this.now()).toISOString();
    const blank: StoredUser = { id, siteId: 18, isGeneral, created: at, updated: at, values: {}, custom: {} };
    this.#putDraft(blank, draft);
    return id;
  }

  /** Changes a user behind the API's back. Throws an Error when there is none. */
  update(id: number, draft: UserDraft): void {
    const user = this.#users.get(id);
    if (user === undefined) throw new Error(`Halo has no user ${id}`);
    this.#putDraft(user, draft);
  }

  /** The user with all fields, as the API would show it with every detail. */
  user(id: number): HaloUser | undefined {
    const stored = this.#users.get(id);
    return stored === undefined ? undefined : this.wholeUser(stored);
  }

  wholeUser(user: StoredUser): HaloUser {
    const site = this.sites.get(user.siteId);
    const addresses = this.addressesOf(user.id);

    return {
      ...BLANK_USER,
      ...shownFields(user),
      id: user.id,
      inactive: user.values['inactive'] === true,
      site_id: user.siteId,
      site_id_int: user.siteId,
      site_name: site?.name ?? '',
      client_id: site?.client_id ?? 0,
      client_name: site?.client_name ?? '',
      datecreated: user.created,
      lastupdate: user.updated,
      customfields: USER_CUSTOM_FIELDS.map((field) => shownField(field, user)),
      primary_address: addresses.find(({ primary }) => primary) ?? null,
      addresses,
    };
  }

  #putDraft(user: StoredUser, { site_id, customFields = {}, address, ...fields }: UserDraft): void {
    const custom = { ...user.custom };
    for (const [name, value] of Object.entries(customFields)) {
      const field = findUserCustomField({ name });
      if (field === undefined) throw new Error(`Halo has no custom field ${name}`);
      custom[field.id] = value;
    }
    const siteId = site_id ?? user.siteId;
    const values = { ...user.values, ...scalarsOf(fields) };
    this.put({ ...user, siteId, custom, values, updated: new Date(this.now()).toISOString() });
    if (address !== undefined) this.putPrimaryAddress(user.id, siteId, address);
  }

  #having(field: IndexedField, value: string): ReadonlySet<number> {
    let index = this.#indexes.get(field);
    if (index === undefined) {
      index = new Map();
      for (const user of this.#users.values()) addTo(index, field, user);
      this.#indexes.set(field, index);
    }
    return index.get(fold(value)) ?? new Set();
  }

  #index(user: StoredUser): void {
    for (const [field, index] of this.#indexes) addTo(index, field, user);
  }

  #unindex(user: StoredUser | undefined): void {
    if (user === undefined) return;
    for (const [field, index] of this.#indexes) {
      const key = indexKey(field, user);
      const ids = index.get(key);
      ids?.delete(user.id);
      if (ids?.size === 0) index.delete(key);
    }
  }
}

/** The e-mail address, or a custom field by its id. */
type IndexedField = 'emailaddress' | number;

/** Blank values are not kept. */
function addTo(index: Map<string, Set<number>>, field: IndexedField, user: StoredUser): void {
  const key = indexKey(field, user);
  if (key === '') return;
  const ids = index.get(key) ?? new Set();
  index.set(key, ids.add(user.id));
}

function indexKey(field: IndexedField, { values, custom }: StoredUser): string {
  return fold(textOf(field === 'emailaddress' ? values[field] : custom[field]));
}

/** Value of a custom field of a user as the API shows it; null when blank or not there. */
export function customValue(user: HaloUser, name: string): HaloScalar {
  return user.customfields.find((field) => field.name === name)?.value ?? null;
}

function scalarsOf(fields: Readonly<Record<string, unknown>>): Record<string, HaloScalar> {
  const scalars: Record<string, HaloScalar> = {};
  for (const [name, value] of Object.entries(fields)) if (isScalar(value)) scalars[name] = value;
  return scalars;
}

function isScalar(value: unknown): value is HaloScalar {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function fold(value: string): string {
  return value.trim().toLowerCase();
}
