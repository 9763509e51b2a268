/** Secrets of the whole process, such as the keys of sealed payloads: read once at start, where a connection's own are read at each use. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { secretUnreadable } from './secrets.js';

/** The environment of a process, as Node hands it over. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The value of `variable`: from the environment, else from the file of that name in the folder `SECRETS_DIR`, white space around it left out.
 * What is blank counts as missing: undefined. Throws ConfigError naming the file that can't be read.
 */
export function readProcessSecret(env: Environment, variable: string): string | undefined {
  const given = env[variable]?.trim() ?? '';
  if (given !== '') return given;
  const folder = env.SECRETS_DIR ?? '';
  const stored = folder === '' ? '' : readStored(path.join(folder, variable), variable);
  return stored === '' ? undefined : stored;
}

/** Empty when there is no such file. */
function readStored(file: string, variable: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    const problem = secretUnreadable(variable, error);
    if (problem === undefined) return '';
    throw problem;
  }
}
