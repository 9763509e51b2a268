/** The codec server's settings from its environment, checked once. */
import { z } from 'zod';
import { readProcessSecret, type Environment } from '../connection/process-secret.js';
import { ConfigError } from '../errors.js';
import { isLoopbackHost } from '../http/addresses.js';
import { PAYLOAD_KEYS, readPayloadKeys, type PayloadKeys } from '../temporal/payload-keys.js';
import { listenAddress, type ListenAddress } from '../worker/listen-address.js';

export interface CodecServerSettings {
  readonly keys: PayloadKeys;
  readonly address: ListenAddress;
  /** What callers must send as `Authorization: Bearer …`. Undefined: open to everybody on this machine. */
  readonly token: string | undefined;
  /** Web UIs that may ask from a browser, each an origin exactly as browsers send it. */
  readonly origins: ReadonlySet<string>;
  /** Namespaces that are served; undefined serves all. */
  readonly namespaces: ReadonlySet<string> | undefined;
}

export const TOKEN_VARIABLE = 'CODEC_SERVER_TOKEN';

/** Characters below which a token can be guessed. */
const SHORTEST_TOKEN = 32;

const DEFAULT_ADDRESS: ListenAddress = { host: '127.0.0.1', port: 8_234, text: '127.0.0.1:8234' };

const settingsSchema = z.object({
  CODEC_SERVER_ADDRESS: listenAddress,
  CODEC_SERVER_OPEN: z.enum(['0', '1']).default('0'),
  CODEC_SERVER_ORIGINS: z.string().default(''),
  CODEC_SERVER_NAMESPACES: z.string().default(''),
});

/** Throws ConfigError naming the variable; no text holds a key or the token. */
export function readCodecServerSettings(env: Environment): CodecServerSettings {
  const parsed = settingsSchema.safeParse(env);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw refused(issue?.path.join('.') ?? 'environment', issue?.message ?? 'not usable', 'Correct the variable.');
  }
  const { data } = parsed;
  const address = data.CODEC_SERVER_ADDRESS ?? DEFAULT_ADDRESS;
  const namespaces = listOf(data.CODEC_SERVER_NAMESPACES);
  return {
    keys: someKeys(env),
    address,
    token: tokenOf(env, address, data.CODEC_SERVER_OPEN === '1'),
    origins: new Set(listOf(data.CODEC_SERVER_ORIGINS).map(checkedOrigin)),
    namespaces: namespaces.length === 0 ? undefined : new Set(namespaces),
  };
}

function someKeys(env: Environment): PayloadKeys {
  const keys = readPayloadKeys(env);
  if (keys.length > 0) return keys;
  throw refused(PAYLOAD_KEYS, 'holds no key', 'Set it as it is set for the workers.');
}

function tokenOf(env: Environment, { host }: ListenAddress, open: boolean): string | undefined {
  const token = readProcessSecret(env, TOKEN_VARIABLE);
  if (open) {
    if (token !== undefined) {
      throw refused('CODEC_SERVER_OPEN', `contradicts ${TOKEN_VARIABLE}`, 'Leave one of the two out.');
    }
    if (isLoopbackHost(host)) return undefined;
    throw refused(
      'CODEC_SERVER_OPEN',
      'is for loopback only, and CODEC_SERVER_ADDRESS is not',
      `Set ${TOKEN_VARIABLE} instead, or listen on 127.0.0.1.`,
    );
  }
  if (token === undefined) {
    throw refused(
      TOKEN_VARIABLE,
      'is missing: whoever asks would read everything',
      `Set it, or a file of that name in SECRETS_DIR, for example to what \`openssl rand -hex 32\` prints. On your own machine alone, CODEC_SERVER_OPEN=1 does without.`,
    );
  }
  if (!/^[\x21-\x7e]+$/.test(token) || token.length < SHORTEST_TOKEN) {
    throw refused(
      TOKEN_VARIABLE,
      `is not ${SHORTEST_TOKEN} or more visible characters without blanks`,
      'Set it to what `openssl rand -hex 32` prints.',
    );
  }
  return token;
}

function checkedOrigin(text: string): string {
  const origin = URL.canParse(text) ? new URL(text).origin : '';
  if (origin === text && /^https?:/.test(text)) return text;
  throw refused(
    'CODEC_SERVER_ORIGINS',
    text === '*' ? 'takes no *: any web page could ask' : `${JSON.stringify(text.slice(0, 100))} is not an origin`,
    'Name the Web UI exactly as the browser shows it, without a path: https://temporal.example.com',
  );
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function refused(variable: string, what: string, hint: string): ConfigError {
  return new ConfigError('setting-invalid', `${variable}: ${what}`, hint, variable);
}
