/** Checks, once per run, that the tenant has the custom fields that the connection names (`reference/halo.md` 3.7). */
import type { Connection } from '../../connection/schema.js';
import { nearest } from '../../connection/nearest.js';
import { ConfigError, CredentialsRefusedError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import { createTargets, type CustomField, type KnownCustomFields, type Targets } from '../fields/targets.js';
import { isCustomField } from '../fields/user-fields.js';
import { readNewestUsers } from '../directory/users-reader.js';
import { fieldInfoListSchema, userSchema, type WireFieldInfo } from '../api/wire.js';

type UserSettings = Connection['users'];

/** More ids than this make the address of a list request too long; then users are read one by one before their custom fields are written. */
const MAX_IDS = 400;

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
    custom.length === 0 ? { named: new Map(), allIds: [], present: [] } : await readCustomFields(client, custom, call);
  const missing = custom.find((name) => !known.named.has(name));
  if (missing !== undefined) throw fieldMissing(missing, users, nearest(missing, known.present));
  return createTargets(names, users.seatgeekIdField, known);
}

/** The tenant's custom fields, spelled as the connection spells them. Without the right to read definitions, as users carry them. */
async function readCustomFields(
  client: HaloClient,
  names: readonly string[],
  call: CallOptions = {},
): Promise<KnownCustomFields & { readonly present: readonly string[] }> {
  const definitions = await readDefinitions(client, call);
  const fields = definitions ?? (await readFieldsOfUsers(client, call));
  const present = fields.flatMap(({ name }) => name ?? []);
  if (definitions === null) return { named: nameFields(names, fields), allIds: null, present };
  const named = nameFields(names, definitions);
  const all = sameUsage(definitions, [...named.values()]);
  return { named, allIds: all.length <= MAX_IDS ? all : null, present };
}

/** Every field that the tenant defines; null where this may not be read. */
export async function readDefinitions(client: HaloClient, call: CallOptions): Promise<WireFieldInfo[] | null> {
  try {
    return await client.get('/FieldInfo', fieldInfoListSchema, {}, call);
  } catch (error) {
    if (
      error instanceof HaloRefusalError ||
      (error instanceof CredentialsRefusedError && error.code === 'halo-forbidden')
    ) {
      return null;
    }
    throw error;
  }
}

/** Users looked at for the custom fields they carry. */
export const USERS_READ = 3;

async function readFieldsOfUsers(client: HaloClient, call: CallOptions): Promise<CustomField[]> {
  const { users } = await readNewestUsers(client, { customIds: [] }, 1, call);
  const fields: CustomField[] = [];
  for (const { id } of users.slice(0, USERS_READ)) {
    const { customfields } = await client.get(`/Users/${id}`, userSchema, { includedetails: true }, call);
    for (const field of customfields) {
      if (typeof field.id === 'number' && typeof field.name === 'string')
        fields.push({ id: field.id, name: field.name });
    }
  }
  return fields;
}

interface NamedDefinition {
  readonly id: number;
  readonly name?: string | null | undefined;
}

/** Letter case does not tell fields apart in Halo. */
function nameFields(names: readonly string[], definitions: readonly NamedDefinition[]): Map<string, CustomField> {
  const byName = new Map(definitions.map((field) => [field.name?.toLowerCase(), field]));
  return new Map(
    names.flatMap((to): [string, CustomField][] => {
      const field = byName.get(to.toLowerCase());
      return field === undefined ? [] : [[to, { id: field.id, name: field.name ?? to }]];
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
