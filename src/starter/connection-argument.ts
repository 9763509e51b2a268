/** The argument `<name>` of most commands: a connection's name, or the path of its file. */
import path from 'node:path';
import { z } from 'zod';
import { loadConnectionFile } from '../connection/load.js';
import { connectionSchema } from '../connection/schema.js';
import { UsageError } from './errors.js';
import { STARTER } from './own-command.js';

const named = z.looseObject({ name: connectionSchema.shape.name });

/** Throws UsageError for what can't be a name, ConfigError for a file that can't be read. Of the file, only the name matters. */
export async function connectionNameFrom(argument: string): Promise<string> {
  if (argument.endsWith('.json')) {
    const file = named.safeParse(await loadConnectionFile(argument));
    if (file.success) return file.data.name;
    throw new UsageError(
      'name-missing',
      `${argument} has no usable "name"`,
      `Check it with: ${STARTER} validate <file>`,
    );
  }
  const name = connectionSchema.shape.name.safeParse(argument);
  if (name.success) return name.data;
  throw new UsageError(
    'name-unusable',
    `'${argument}' is neither the name of a connection nor the path of a .json file`,
    `A name has lower-case letters, digits and hyphens. See the running ones with: ${STARTER} list`,
  );
}

/** The path of a connection file; a bare name stands for `connections/<name>.json`. */
export function connectionPath(argument: string): string {
  const isName = connectionSchema.shape.name.safeParse(argument).success;
  return isName ? path.join('connections', `${argument}.json`) : argument;
}
