/**
 * Seals every payload on its way to Temporal and opens it on its way back: compression of large ones, then AES-256-GCM. The form is that of
 * Temporal's encryption samples: encoding `binary/encrypted`, the key's id in the metadata, and as data a nonce of 12 bytes, the sealed
 * payload with its own metadata, and the tag of 16 bytes.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import proto from '@temporalio/proto';
import { ConfigError } from '../errors.js';
import { compress, decompress } from './payload-compression.js';
import { isKeyId, PAYLOAD_KEYS, type PayloadKey, type PayloadKeys } from './payload-keys.js';
import { encodingOf, metadataText } from './payload-metadata.js';

const { Payload: wire } = proto.temporal.api.common.v1;

const ENCODING = 'binary/encrypted';
const KEY_ID = 'encryption-key-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface CodecOptions {
  /**
   * What is sent to a workflow and can't be opened by the key that it names, or names none, passes through `decode` as it is: no other key would open it, so
   * a workflow that waited for one would stand still for ever. Default: it is refused.
   */
  readonly leavesMessages?: boolean;
}

/**
 * Without keys it seals nothing. What is not sealed passes through `decode` untouched: the CLI's own input, and what was written before there
 * were keys. `decode` throws ConfigError naming the key id and the variable when the key is not there, or does not fit.
 */
export function createPayloadCodec(keys: PayloadKeys, { leavesMessages = false }: CodecOptions = {}): PayloadCodec {
  const [sealing] = keys;
  return {
    encode: async (payloads) =>
      sealing === undefined ? payloads : Promise.all(payloads.map((payload) => seal(payload, sealing))),
    decode: (payloads, context) => {
      const isLeft = leavesMessages && context?.type === 'workflow';
      return Promise.all(payloads.map((payload) => (isLeft ? openMessage(payload, keys) : open(payload, keys))));
    },
  };
}

async function seal(payload: Payload, { id, key }: PayloadKey): Promise<Payload> {
  const plain = wire.encode(await compress(payload)).finish();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  return {
    metadata: { encoding: Buffer.from(ENCODING), [KEY_ID]: Buffer.from(id) },
    data: Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
  };
}

async function openMessage(payload: Payload, keys: PayloadKeys): Promise<Payload> {
  try {
    return await open(payload, keys);
  } catch (error) {
    // Whoever has the key that it names can open it, so it waits for that one, and nothing that was asked for is lost.
    const id = metadataText(payload, KEY_ID) ?? '';
    if (isKeyId(id) && keys.every((key) => key.id !== id)) throw error;
    return payload;
  }
}

async function open(payload: Payload, keys: PayloadKeys): Promise<Payload> {
  if (encodingOf(payload) !== ENCODING) return payload;
  const id = metadataText(payload, KEY_ID) ?? '';
  const found = keys.find((key) => key.id === id);
  if (found === undefined) throw keyMissing(id);
  try {
    return await decompress(wire.decode(unsealed(payload.data ?? new Uint8Array(), found)));
  } catch {
    // Without the cause: its text may hold bytes of what was sealed.
    throw unopened(id);
  }
}

/** Throws when the tag does not fit, before anything is made of the bytes. */
function unsealed(data: Uint8Array, { key }: PayloadKey): Buffer {
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(data.subarray(Math.max(NONCE_BYTES, data.length - TAG_BYTES)));
  const plain = decipher.update(data.subarray(NONCE_BYTES, -TAG_BYTES));
  return Buffer.concat([plain, decipher.final()]);
}

function keyMissing(id: string): ConfigError {
  // Somebody else may have written the metadata: what does not look like a key id is not repeated.
  const name = isKeyId(id) ? `the key ${id}, which is not in ${PAYLOAD_KEYS}` : `a key whose id can't be read`;
  return new ConfigError(
    'payload-key-missing',
    `a payload is sealed with ${name}`,
    `Put the entry of that key into ${PAYLOAD_KEYS}, behind the first one, wherever sealed answers are read.`,
    PAYLOAD_KEYS,
  );
}

function unopened(id: string): ConfigError {
  return new ConfigError(
    'payload-unopened',
    `a payload sealed with the key ${id} can't be opened: ${PAYLOAD_KEYS} has another key of that id, or the payload was changed`,
    `Compare the entry ${id} of ${PAYLOAD_KEYS} with that of the worker that sealed it.`,
    PAYLOAD_KEYS,
  );
}
