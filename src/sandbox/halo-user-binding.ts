/** The body of `POST /Users` as Halo binds it: an array, types converted where they can be, else refused by path (`reference/halo.md` 3.5, 5.3). */
import { isObject, readJson, type JsonObject } from '../json.js';
import { bindingRefusal, HaloRefusal, plainRefusal } from './halo-errors.js';
import { FIELD_TYPES, type FieldType, findUserCustomField, type HaloScalar } from './halo-fields.js';
import type { AddressLines } from './halo-store.js';
import type { Ask } from './loopback-server.js';

/** One element of the array, ready to be applied. Undefined: not sent. */
export interface BoundUser {
  readonly id: number | undefined;
  readonly siteId: number | undefined;
  readonly values: Readonly<Record<string, HaloScalar>>;
  readonly custom: ReadonlyMap<number, HaloScalar> | undefined;
  readonly address: BoundAddress | undefined;
}

export interface BoundAddress {
  /** 0: not sent. */
  readonly id: number;
  readonly lines: Partial<AddressLines>;
}

/** The elements of an array body. Throws a refusal: 415 for another content type, 400 for anything but an array of objects. */
export function bodyArray({ contentType, body }: Ask): JsonObject[] {
  if (contentType !== 'application/json' && contentType !== 'text/json') {
    throw new HaloRefusal({ status: 415, json: { title: 'Unsupported Media Type', status: 415 } });
  }
  const value = readJson(body);
  if (value === undefined)
    throw plainRefusal(400, "Unexpected character encountered while parsing value. Path '', line 1, position 1.");
  if (!Array.isArray(value)) {
    throw bindingRefusal(
      '',
      'Cannot deserialize the current JSON object because the type requires a JSON array (e.g. [1,2,3]) to deserialize correctly.',
    );
  }
  return value.map((item: unknown, at) => {
    if (!isObject(item))
      throw bindingRefusal(`[${at}]`, `Error converting value to an object. Path '[${at}]', line 1, position 1.`);
    return item;
  });
}

/** Throws a refusal that names the path. Keys are taken in any case; unknown ones are ignored. */
export function bindUser(item: JsonObject, at: number): BoundUser {
  const values: Record<string, HaloScalar> = {};
  let id: number | undefined;
  let siteId: number | undefined;
  let custom: Map<number, HaloScalar> | undefined;
  let address: BoundAddress | undefined;
  for (const [key, value] of Object.entries(item)) {
    const name = key.toLowerCase();
    const path = `[${at}].${key}`;
    const type = FIELD_TYPES.get(name);
    if (name === 'id') id = bindInteger(value, path) || undefined;
    else if (name === 'site_id' || name === 'site_id_int') siteId = bindInteger(value, path) || siteId;
    else if (name === 'customfields') custom = bindCustomFields(value, path);
    else if (name === 'primary_address') address = bindPrimaryAddress(value, path);
    else if (type !== undefined) values[name] = bindScalar(value, type, path);
  }
  return { id, siteId, values, custom, address };
}

const OTHER_KEYS = new Set('id site_id site_id_int customfields primary_address addresses'.split(' '));
/** Instructions to Halo (`reference/halo.md` 3.6). */
const INSTRUCTIONS = new Set(
  '_isimport _importtype _importtypeid _importthirdpartyid _isbatch _dont_fire_automations _convert_phonenumbers'.split(
    ' ',
  ),
);

/** As a binder that allows no additional properties (`reference/halo.md` 3.5). */
export function refuseUnknownKeys(item: JsonObject, at: number): void {
  for (const key of Object.keys(item)) {
    const name = key.toLowerCase();
    if (FIELD_TYPES.has(name) || OTHER_KEYS.has(name) || INSTRUCTIONS.has(name)) continue;
    throw bindingRefusal(`[${at}].${key}`, `Could not find member '${key}' on object of type 'Users'.`);
  }
}

/** An integer; text of digits only is converted, so `"18.0"` is refused (seen, `reference/halo.md` 3.5). */
export function bindInteger(value: unknown, path: string): number {
  if (value === null || value === undefined) return 0;
  if (typeof value === 'number' && Number.isFinite(value)) return Math.trunc(value);
  if (typeof value === 'string' && /^-?\d+$/.test(value.trim())) return Number(value);
  throw cannotConvert(value, 'integer', path);
}

export function bindText(value: unknown, path: string): string {
  const text = bindScalar(value, 'string', path);
  return text === null ? '' : String(text);
}

function bindScalar(value: unknown, type: FieldType, path: string): HaloScalar {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'string':
      if (typeof value === 'string') return value;
      if (typeof value === 'number' || typeof value === 'boolean') return String(value);
      throw cannotConvert('value', 'string', path);
    case 'integer':
      return bindInteger(value, path);
    case 'boolean':
      return bindBoolean(value, path);
    case 'date':
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw cannotConvert(value, 'DateTime', path);
      return value;
  }
}

function bindBoolean(value: unknown, path: string): boolean {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  if (typeof value === 'string' && /^(true|false)$/i.test(value.trim())) return value.trim().toLowerCase() === 'true';
  throw cannotConvert(value, 'boolean', path);
}

/** Elements are known by id or name; those that are no user's custom field are ignored. */
function bindCustomFields(value: unknown, path: string): Map<number, HaloScalar> | undefined {
  if (value === null || value === undefined) return undefined;
  if (!Array.isArray(value)) throw cannotConvert('value', 'array', path);
  const custom = new Map<number, HaloScalar>();
  value.forEach((element: unknown, at) => {
    if (!isObject(element)) throw cannotConvert('value', 'object', `${path}[${at}]`);
    const field = findUserCustomField(element);
    if (field !== undefined && 'value' in element) custom.set(field.id, customScalar(element['value']));
  });
  return custom;
}

function customScalar(value: unknown): HaloScalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null;
}

function bindPrimaryAddress(value: unknown, path: string): BoundAddress | undefined {
  const lines = bindAddress(value, path);
  return lines === undefined ? undefined : { id: isObject(value) ? bindInteger(value['id'], `${path}.id`) : 0, lines };
}

/** Lines of an address; undefined when none was sent. */
export function bindAddress(value: unknown, path: string): Partial<AddressLines> | undefined {
  if (value === null || value === undefined) return undefined;
  if (!isObject(value)) throw cannotConvert('value', 'AddressStore', path);
  const lines: Record<string, string> = {};
  for (const line of ['line1', 'line2', 'line3', 'line4', 'postcode']) {
    if (line in value) lines[line] = bindText(value[line], `${path}.${line}`);
  }
  return lines;
}

function cannotConvert(value: unknown, type: string, path: string): HaloRefusal {
  const shown = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : 'value';
  const text = `Could not convert ${typeof shown} to ${type}: ${String(shown)}. Path '${path}', line 1, position 20.`;
  return bindingRefusal(path, text);
}
