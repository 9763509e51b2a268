/**
 * Answers sealed to whoever asks. The asker makes a key pair for one question and sends the public half with it; only the private half,
 * which never leaves the asker, opens the answer. X25519 agrees on a key, HKDF-SHA256 binds it to both public keys and to the question,
 * AES-256-GCM seals. So an answer to another question, or of another workflow or namespace, does not open.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  randomBytes,
  type KeyObject,
} from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { z } from 'zod';
import { ConfigError } from './errors.js';

/** Who asks. */
export interface Asker {
  /** A fresh X25519 key: its 32 bytes in base64url. */
  readonly publicKey: string;
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = 'aes-256-gcm';
const LABEL = 'seatgeek-halo sealed answer 2';

/** Temporal refuses 2 MiB; text deflates to a fifth. No answer grows beyond this when it is opened. */
const LARGEST_ANSWER = 16 * 1_024 * 1_024;

const base64url = /^[A-Za-z0-9_-]+$/;

export const sealedSchema = z.strictObject({
  version: z.literal(2),
  /** Made for this answer alone. */
  publicKey: z.string().regex(base64url).length(43),
  /** Nonce, sealed text, tag. */
  data: z.string().regex(base64url).max(LARGEST_ANSWER),
});

export type Sealed = z.output<typeof sealedSchema>;

/** What an answer is bound to: the namespace, the workflow that was asked, the update's name, and what was asked of it. */
export interface Question {
  readonly namespace: string;
  readonly workflowId: string;
  readonly update: string;
  readonly what: unknown;
}

/** The key pair of one question. */
export interface Asking {
  readonly asker: Asker;
  /** The value that was sealed. Throws ConfigError `answer-unopened` when it was not sealed for this asker and this question. */
  open(sealed: unknown, question: Question): unknown;
}

/** A fresh key pair; use it for one question. */
export function createAsking(): Asking {
  const { publicKey, privateKey } = generateKeyPairSync('x25519');
  const asker = { publicKey: bytesOf(publicKey).toString('base64url') };
  return { asker, open: (sealed, question) => open(sealed, privateKey, asker, question) };
}

/** Seals a value of plain JSON. Throws ConfigError `asker-unusable` for what is no public key. */
export function seal(value: unknown, asker: Asker, question: Question): Sealed {
  const own = generateKeyPairSync('x25519');
  const publicKey = bytesOf(own.publicKey).toString('base64url');
  const key = keyFor(own.privateKey, { sender: publicKey, asker, question });
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  const plain = deflateRawSync(JSON.stringify(value));
  const data = Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return { version: 2, publicKey, data: data.toString('base64url') };
}

function open(answer: unknown, privateKey: KeyObject, asker: Asker, question: Question): unknown {
  try {
    const { publicKey, data } = sealedSchema.parse(answer);
    const key = agreedKey(privateKey, readKey(publicKey), { sender: publicKey, asker, question });
    const bytes = Buffer.from(data, 'base64url');
    const decipher = createDecipheriv(CIPHER, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(inflateRawSync(plain, { maxOutputLength: LARGEST_ANSWER }).toString('utf8'));
  } catch {
    // Without the cause: its text may hold bytes of what was sealed.
    throw new ConfigError(
      'answer-unopened',
      'The answer does not open: it was not sealed for this question',
      'Ask again; if it happens again, somebody else answers for this connection, or an older worker does.',
      'answer',
    );
  }
}

/** What goes into the key of an answer. */
interface Bound {
  readonly sender: string;
  readonly asker: Asker;
  readonly question: Question;
}

/** The key of one answer. */
function agreedKey(privateKey: KeyObject, publicKey: KeyObject, { sender, asker, question }: Bound): Buffer {
  const shared = diffieHellman({ privateKey, publicKey });
  const { namespace, workflowId, update, what } = question;
  const bound = JSON.stringify([sender, asker.publicKey, namespace, workflowId, update, what]);
  return Buffer.from(hkdfSync('sha256', shared, LABEL, createHash('sha256').update(bound).digest(), KEY_BYTES));
}

function keyFor(privateKey: KeyObject, names: Bound): Buffer {
  try {
    return agreedKey(privateKey, readKey(names.asker.publicKey), names);
  } catch {
    throw new ConfigError(
      'asker-unusable',
      'The public key of whoever asks is not an X25519 key of 32 bytes in base64url',
      'Ask with the starter, which makes one for each question.',
      'publicKey',
    );
  }
}

function readKey(text: string): KeyObject {
  return createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: text }, format: 'jwk' });
}

function bytesOf(publicKey: KeyObject): Buffer {
  return Buffer.from(publicKey.export({ format: 'jwk' }).x ?? '', 'base64url');
}
