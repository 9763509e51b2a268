/**
 * Seals every payload on its way to Temporal and opens it on its way back: compression of large ones, then AES-256-GCM. The form is that of
 * Temporal's encryption samples: encoding `binary/encrypted`, the key's id in the metadata, and as data a nonce of 12 bytes, the sealed
 * payload with its own metadata, and the tag of 16 bytes. Beyond them the metadata name the workflow, and the tag also covers namespace and workflow.
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
/** The id of the workflow that a payload belongs to; empty where whoever sealed it did not know, as the codec server. */
const WORKFLOW = 'encryption-workflow-id';
const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface CodecOptions {
  /** Of Temporal. What is sealed here opens in this one only, and in its own workflow only where the reader knows which it reads. */
  readonly namespace: string;
  /**
   * What is sent to a workflow and can't be opened by the key that it names, or names none, passes through `decode` as it is: no other key would open it, so
   * a workflow that waited for one would stand still for ever. Default: it is refused.
   */
  readonly leavesMessages?: boolean;
}

/**
 * Without keys it seals nothing. What is not sealed passes through `decode` untouched: the CLI's own input, and what was written before there
 * were keys. What was sealed before payloads were bound to a namespace is opened anywhere. `decode` throws ConfigError naming the key id and the
 * variable when the key is not there, or does not fit, or when the payload belongs to another namespace or workflow.
 */
export function createPayloadCodec(
  keys: PayloadKeys,
  { namespace, leavesMessages = false }: CodecOptions,
): PayloadCodec {
  const [sealing] = keys;
  return {
    encode: async (payloads, context) => {
      if (sealing === undefined) return payloads;
      const owner = { namespace, workflowId: context?.workflowId ?? '' };
      return Promise.all(payloads.map((payload) => seal(payload, sealing, owner)));
    },
    decode: (payloads, context) => {
      const reader = { keys, namespace, workflowId: context?.workflowId };
      const isLeft = leavesMessages && context?.type === 'workflow';
      return Promise.all(payloads.map((payload) => (isLeft ? openMessage(payload, reader) : open(payload, reader))));
    },
  };
}

/** Whose a payload is. */
interface Owner {
  readonly namespace: string;
  readonly workflowId: string;
}

interface Reader {
  readonly keys: PayloadKeys;
  readonly namespace: string;
  /** Undefined: the reader does not know in which workflow it reads. */
  readonly workflowId: string | undefined;
}

async function seal(payload: Payload, { id, key }: PayloadKey, owner: Owner): Promise<Payload> {
  const plain = wire.encode(await compress(payload)).finish();
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAAD(bound(owner));
  return {
    metadata: {
      encoding: Buffer.from(ENCODING),
      [KEY_ID]: Buffer.from(id),
      [WORKFLOW]: Buffer.from(owner.workflowId),
    },
    data: Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]),
  };
}

/** What the tag covers beside the payload. */
function bound({ namespace, workflowId }: Owner): Buffer {
  return Buffer.from(JSON.stringify([namespace, workflowId]));
}

async function openMessage(payload: Payload, reader: Reader): Promise<Payload> {
  try {
    return await open(payload, reader);
  } catch (error) {
    // Whoever has the key that it names can open it, so it waits for that one, and nothing that was asked for is lost.
    const id = metadataText(payload, KEY_ID) ?? '';
    if (isKeyId(id) && reader.keys.every((key) => key.id !== id)) throw error;
    return payload;
  }
}

async function open(payload: Payload, { keys, namespace, workflowId }: Reader): Promise<Payload> {
  if (encodingOf(payload) !== ENCODING) return payload;
  const id = metadataText(payload, KEY_ID) ?? '';
  const found = keys.find((key) => key.id === id);
  if (found === undefined) throw keyMissing(id);
  const of = metadataText(payload, WORKFLOW);
  if (of !== undefined && of !== '' && workflowId !== undefined && of !== workflowId) throw unopened(id);
  const owner = of === undefined ? undefined : { namespace, workflowId: of };
  try {
    return await decompress(wire.decode(unsealed(payload.data ?? new Uint8Array(), found, owner)));
  } catch {
    // Without the cause: its text may hold bytes of what was sealed.
    throw unopened(id);
  }
}

/** Throws when the tag does not fit, before anything is made of the bytes. */
function unsealed(data: Uint8Array, { key }: PayloadKey, owner: Owner | undefined): Buffer {
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  if (owner !== undefined) decipher.setAAD(bound(owner));
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
    `a payload sealed with the key ${id} can't be opened: ${PAYLOAD_KEYS} has another key of that id, or the payload was changed, or it is that of another namespace or workflow`,
    `Compare the entry ${id} of ${PAYLOAD_KEYS}, and the namespace, with those of the worker that sealed it.`,
    PAYLOAD_KEYS,
  );
}
