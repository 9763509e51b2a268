/** The keys that seal what goes through Temporal: one line in `PAYLOAD_KEYS`, `<key id>:<32 bytes in base64>,<older key id>:<…>`. */
import { createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import { readProcessSecret, type Environment } from '../connection/process-secret.js';
import { ConfigError } from '../errors.js';

export interface PayloadKey {
  /** Stands in clear text beside everything that the key sealed. */
  readonly id: string;
  /** Prints as an object without its bytes. */
  readonly key: KeyObject;
}

/** The first one seals, all of them open. None: nothing is sealed. */
export type PayloadKeys = readonly PayloadKey[];

/** The variable, and the file in `SECRETS_DIR`. */
export const PAYLOAD_KEYS = 'PAYLOAD_KEYS';

/** AES-256. */
const KEY_BYTES = 32;

const KEY_ID = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;

/** Whether `text` may name a key. */
export function isKeyId(text: string): boolean {
  return KEY_ID.test(text);
}

/** The keys of this process, from `PAYLOAD_KEYS` or the file of that name; none when neither is there. Throws ConfigError, see `parsePayloadKeys`. */
export function readPayloadKeys(env: Environment): PayloadKeys {
  const text = readProcessSecret(env, PAYLOAD_KEYS);
  return text === undefined ? [] : parsePayloadKeys(text);
}

/**
 * Entries are separated by commas or line breaks. Throws ConfigError that counts to the entry that is not usable and repeats nothing of it, as
 * any part of it may be a key.
 */
export function parsePayloadKeys(text: string): PayloadKeys {
  const keys: PayloadKey[] = [];
  for (const [index, entry] of text
    .trim()
    .split(/\s*[,\r\n]\s*/)
    .entries()) {
    const place = `entry ${index + 1}`;
    const key = parseEntry(entry, place);
    const twin = keys.findIndex(({ id, key: bytes }) => id === key.id || bytes.equals(key.key));
    if (twin >= 0) throw refused(`${place} has the key id, or the key, of entry ${twin + 1}`);
    keys.push(key);
  }
  return keys;
}

function parseEntry(entry: string, place: string): PayloadKey {
  const colon = entry.indexOf(':');
  if (colon < 0) throw refused(`${place} is not of the form <key id>:<key>`);
  const id = entry.slice(0, colon);
  if (!isKeyId(id)) {
    throw refused(`the key id of ${place} is not 1 to 40 letters, digits, dots, hyphens or underscores`);
  }
  const bytes = Buffer.from(entry.slice(colon + 1), 'base64');
  // Node leaves out what is not base64; a typing mistake must not become another key.
  if (bytes.toString('base64') !== entry.slice(colon + 1)) throw refused(`the key of ${place} is not base64`);
  if (bytes.length !== KEY_BYTES) {
    throw refused(`the key of ${place} has ${bytes.length} bytes; it must have ${KEY_BYTES}`);
  }
  return { id, key: createSecretKey(bytes) };
}

function refused(what: string): ConfigError {
  return new ConfigError(
    'payload-keys-invalid',
    `${PAYLOAD_KEYS}: ${what}`,
    'Make a fresh entry with `npm run -s payload-key`, and put it before the ones in use.',
    PAYLOAD_KEYS,
  );
}

/** A fresh entry for `PAYLOAD_KEYS`, of random bytes. `id` must be a key id. */
export function newPayloadKey(id: string): string {
  return `${id}:${randomBytes(KEY_BYTES).toString('base64')}`;
}
