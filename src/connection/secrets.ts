/** Secrets come from the worker's environment or its secrets folder, only here and only when they are used. */
import { access, constants, readFile as readFileOf } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError, errorCode } from '../errors.js';
import { connectionSchema } from './schema.js';

export interface Secrets {
  /** Reads anew at every call, so that a changed secret needs no restart. Throws ConfigError naming variable and file. */
  read(connectionName: string, secretName: string): Promise<string>;
  /** The same; null when it is not there. */
  find(connectionName: string, secretName: string): Promise<string | null>;
}

export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Folder with one file per secret, named like the variable. */
  readonly secretsDir?: string | undefined;
  readonly readFile?: (file: string) => Promise<string>;
}

/** What a secret belongs to; the first part of its name. */
const WORDS = ['seatgeek', 'halo', 'alerts'] as const;

const isWord = (part: string): boolean => WORDS.some((word) => word === part);

/**
 * Why a secret's name can't be used, in words that don't repeat it; undefined when it can.
 *
 * A name has exactly one part that is one of {@link WORDS}, and it is the first. Without that rule connection `a` with secret `halo-b-c`
 * and connection `a-halo-b` with secret `c` would share a variable, and whoever may start the one could read the other's secret.
 */
export function secretNameProblem(secretName: string): string | undefined {
  if (!/^[a-z][a-z0-9-]{0,59}$/.test(secretName)) return 'must be lower-case letters, digits or hyphens';
  const [first = '', ...rest] = secretName.split('-');
  if (!isWord(first) || rest.length === 0)
    return 'must begin with seatgeek-, halo- or alerts-, like halo-client-secret';
  if (rest.some(isWord)) return 'must hold the words seatgeek, halo and alerts only once, at its beginning';
  return undefined;
}

/** `ARENA_HALO_CLIENT_SECRET` for the secret `halo-client-secret` of `arena`. Throws ConfigError for names that break the rules. */
export function secretVariable(connectionName: string, secretName: string): string {
  const named = connectionSchema.shape.name.safeParse(connectionName).success;
  const problem = named ? secretNameProblem(secretName) : 'belongs to a connection whose name is not usable';
  if (problem !== undefined) {
    throw new ConfigError(
      'secret-name-invalid',
      `the name of a secret ${problem}`,
      'Name the secret, never write it: {"secret": "halo-client-secret"}.',
      'secret',
    );
  }
  return `${connectionName}-${secretName}`.replaceAll('-', '_').toUpperCase();
}

/** The environment goes before the folder; white space around a secret is left out, and what is blank counts as missing. */
export function createSecrets({ env, secretsDir, readFile = readText }: SecretSources): Secrets {
  const find = async (connectionName: string, secretName: string): Promise<string | null> => {
    const variable = secretVariable(connectionName, secretName);
    const secret = env[variable]?.trim() ?? '';
    if (secret !== '') return secret;
    const stored =
      secretsDir === undefined ? '' : await readStored(path.join(secretsDir, variable), variable, readFile);
    return stored === '' ? null : stored;
  };
  return {
    find,
    read: async (connectionName, secretName) => {
      const secret = await find(connectionName, secretName);
      if (secret !== null) return secret;
      throw missing(connectionName, secretName, secretVariable(connectionName, secretName));
    },
  };
}

/** Throws ConfigError `secret-unreadable` for a folder of secrets that is not there or can't be read. */
export async function assertReadable(secretsDir: string | undefined): Promise<void> {
  if (secretsDir === undefined) return;
  try {
    await access(path.join(secretsDir, '.'), constants.R_OK | constants.X_OK);
  } catch (error) {
    const code = errorCode(error) || 'unreadable';
    throw new ConfigError(
      'secret-unreadable',
      `the folder of SECRETS_DIR can't be read (${code})`,
      'Set SECRETS_DIR to the folder with one file per secret, and let the worker read it.',
      'SECRETS_DIR',
      { cause: error },
    );
  }
}

async function readStored(
  file: string,
  variable: string,
  readFile: (file: string) => Promise<string>,
): Promise<string> {
  try {
    return (await readFile(file)).trim();
  } catch (error) {
    const problem = secretUnreadable(variable, error);
    if (problem === undefined) return '';
    throw problem;
  }
}

/** What a failed attempt to read a secret's file means; undefined when there is no such file. */
export function secretUnreadable(variable: string, error: unknown): ConfigError | undefined {
  const code = errorCode(error) || 'unreadable';
  if (code === 'ENOENT') return undefined;
  return new ConfigError(
    'secret-unreadable',
    `the file ${variable} in SECRETS_DIR can't be read (${code})`,
    'Let the worker read the file.',
    variable,
  );
}

function missing(connectionName: string, secretName: string, variable: string): ConfigError {
  return new ConfigError(
    'secret-missing',
    `the secret ${secretName} of ${connectionName} is missing: neither the variable ${variable} nor a file ${variable} in SECRETS_DIR holds it`,
    `Set ${variable} where the worker runs, or put the secret into a file of that name in SECRETS_DIR.`,
    variable,
  );
}

function readText(file: string): Promise<string> {
  return readFileOf(file, 'utf8');
}
