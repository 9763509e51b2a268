/** Checks, once per run, that the tenant has the custom fields that the connection names (`reference/halo.md` 3.7). */
import type { Connection } from '../../connection/schema.js';
import { nearest } from '../../connection/nearest.js';
import { ConfigError, CredentialsRefusedError, DriftError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import {
  createTargets,
  isTextType,
  type CustomField,
  type TenantCustomFields,
  type Targets,
} from '../fields/targets.js';
import { isCustomField } from '../fields/user-fields.js';
import { readNewestUsers } from '../directory/newest-users.js';
import { fieldInfoListSchema, userSchema, type WireCustomField, type WireFieldInfo } from '../api/wire.js';

type UserSettings = Connection['users'];

/** Longer than this in the address of a list request, ids make it too long for some web servers; then only those of ours are asked for. */
const MAX_IDS_LENGTH = 1_500;

/** Every Halo field that the connection writes. */
export function targetNames(users: UserSettings): string[] {
  return [...users.fieldMappings, ...users.staticMappings].map(({ to }) => to);
}

/** Throws ConfigError `field-missing` naming the first custom field that the tenant does not have. */
export async function resolveTargets(
  client: HaloClient,
  users: UserSettings,
  call: CallOptions = {},
): Promise<Targets> {
  const names = targetNames(users);
  const custom = [...new Set([users.seatgeekIdField, ...names])].filter(isCustomField);
  const known =
    custom.length === 0
      ? { named: new Map(), allIds: [], textIds: [], present: [] }
      : await readCustomFields(client, custom, call);
  const missing = custom.find((name) => !known.named.has(name));
  if (missing !== undefined) throw fieldMissing(missing, users, nearest(missing, known.present));
  return createTargets(names, users.seatgeekIdField, known);
}

/** The tenant's custom fields, spelled as the connection spells them. Without the right to read definitions, as users carry them. */
async function readCustomFields(
  client: HaloClient,
  names: readonly string[],
  call: CallOptions = {},
): Promise<TenantCustomFields & { readonly present: readonly string[] }> {
  const definitions = await readDefinitions(client, call);
  if (definitions === null) {
    const isEnough = (carried: readonly NamedField[]): boolean => nameFields(names, carried).size === names.length;
    const carried = await readCarriedFields(client, isEnough, call);
    return { named: nameFields(names, carried), allIds: null, textIds: [], present: namesOf(carried) };
  }
  const named = nameFields(names, await inOrderOfChoice(client, names, definitions, call));
  const all = sameUsage(definitions, [...named.values()]);
  const fits = encodeURIComponent(all.join(',')).length <= MAX_IDS_LENGTH;
  const textIds = definitions.flatMap(({ id, type }) => (isTextType(type) ? [id] : []));
  return { named, allIds: fits ? all : null, textIds, present: namesOf(definitions) };
}

/** Every field that the tenant defines; null where this may not be read. */
export async function readDefinitions(client: HaloClient, call: CallOptions): Promise<WireFieldInfo[] | null> {
  try {
    return await client.get('/FieldInfo', fieldInfoListSchema, {}, call);
  } catch (error) {
    // Some Halos say 401 where 403 is meant; credentials that are refused everywhere show with the next request.
    if (error instanceof HaloRefusalError || error instanceof CredentialsRefusedError) return null;
    throw error;
  }
}

/** Users that Halo may fail to show, with none shown, before the failure counts as an outage. */
const MAX_UNREADABLE = 3;

/** Custom fields as the newest users carry them: one user after the other, until it is enough. Whom Halo can't show is passed over. */
export async function readCarriedFields(
  client: HaloClient,
  isEnough: (carried: readonly CarriedField[], usersRead: number) => boolean,
  call: CallOptions,
): Promise<readonly CarriedField[]> {
  const { users } = await readNewestUsers(client, { customIds: [] }, call);
  const carried = new Map<number, CarriedField>();
  let [read, failed] = [0, 0];
  for (const { id } of users) {
    try {
      const { customfields } = await client.get(`/Users/${id}`, userSchema, { includedetails: true }, call);
      for (const field of customfields) if (isNumbered(field)) carried.set(field.id, field);
      read += 1;
    } catch (error) {
      failed += 1;
      if (!isOfOneUser(error) || (read === 0 && failed > MAX_UNREADABLE)) throw error;
    }
    if (isEnough([...carried.values()], read)) break;
  }
  return [...carried.values()];
}

type CarriedField = WireCustomField & { readonly id: number };

function isNumbered(field: WireCustomField): field is CarriedField {
  return typeof field.id === 'number';
}

function isOfOneUser(error: unknown): boolean {
  const isOwn = error instanceof TransientError && error.code !== 'halo-rate-limited';
  return isOwn || error instanceof HaloRefusalError || error instanceof DriftError;
}

/** Users looked at where it is not certain that any carries what is looked for. */
export const USERS_READ = 3;

/**
 * Fields of tickets may have the names of ours, and no source tells which `usage` is that of users. First come definitions like those that some
 * users carry, then those like most of ours, as given. Reads nothing where each of our names is there once.
 */
async function inOrderOfChoice(
  client: HaloClient,
  names: readonly string[],
  definitions: readonly WireFieldInfo[],
  call: CallOptions,
): Promise<readonly WireFieldInfo[]> {
  const ours = definitions.filter((one) => names.some((name) => isNamed(one, name)));
  if (names.every((name) => ours.filter((one) => isNamed(one, name)).length <= 1)) return definitions;
  const carried = await readCarriedFields(
    client,
    (fields, read) => read >= USERS_READ || fields.some(({ id }) => ours.some((one) => one.id === id)),
    call,
  );
  const carriedIds = new Set(carried.map(({ id }) => id));
  const usages = new Set(definitions.filter(({ id }) => carriedIds.has(id)).map(({ usage }) => usage));
  const likeness = ({ usage }: WireFieldInfo): number =>
    usages.has(usage) ? definitions.length : ours.filter((one) => one.usage === usage).length;
  return [...ours].sort((a, b) => likeness(b) - likeness(a));
}

interface NamedField {
  readonly id?: number | null | undefined;
  readonly name?: string | null | undefined;
}

function isNamed({ name }: NamedField, wanted: string): boolean {
  return name?.toLowerCase() === wanted.toLowerCase();
}

function namesOf(fields: readonly NamedField[]): string[] {
  return fields.flatMap(({ name }) => name ?? []);
}

/** The first field of each name. Letter case does not tell fields apart in Halo. */
function nameFields(names: readonly string[], fields: readonly NamedField[]): Map<string, CustomField> {
  return new Map(
    names.flatMap((to): [string, CustomField][] => {
      const field = fields.find((one) => isNamed(one, to));
      return field?.id == null ? [] : [[to, { id: field.id, name: field.name ?? to }]];
    }),
  );
}

/** The fields that stand on the same kind of record as ours: those of users. All, where the tenant does not say. */
function sameUsage(definitions: readonly WireFieldInfo[], ours: readonly CustomField[]): number[] {
  const ourIds = new Set(ours.map(({ id }) => id));
  const usages = new Set(definitions.filter(({ id }) => ourIds.has(id)).map(({ usage }) => usage));
  return definitions.filter(({ usage }) => usages.has(usage)).map(({ id }) => id);
}

function fieldMissing(name: string, users: UserSettings, near: string | undefined): ConfigError {
  const place =
    name === users.seatgeekIdField ? 'users.seatgeekIdField' : 'users.fieldMappings or users.staticMappings';
  return new ConfigError(
    'field-missing',
    `Halo has no custom field for users named ${name}${near === undefined ? '.' : `; did you mean ${near}?`}`,
    `Make it in Halo under Configuration > Custom Objects > Custom Fields, for Users, with the field name ${name.replace(/^CF/, '')} ` +
      "(Halo puts CF before it), and let the API application's agent read it; or correct the name in the connection file.",
    place,
  );
}
