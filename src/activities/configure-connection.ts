/** Activity: checks the connection file that is to take the place of the running one, and says what it changes. */
import { changeEffects } from '../connection/change-effects.js';
import { fileChanges, type FileChange } from '../connection/file-changes.js';
import type { Connection } from '../connection/schema.js';
import { ConfigError } from '../errors.js';
import type { ConnectionContexts } from './connection-contexts.js';
import { readConnection } from './read-connection.js';
import type { ConfigureRequest, ConfigureResult } from './types.js';

/** Throws ConfigError naming every place that is wrong, or `name` for a file of another connection. Speaks to nobody. */
export function configureConnection(
  contexts: ConnectionContexts,
  { running, file, reimport }: ConfigureRequest,
): ConfigureResult {
  const settings = readConnection(contexts, file);
  if (settings.name !== running.name) throw otherName();
  const before = usableOrNull(contexts, running);
  const after = contexts.open(file).connection;
  const changes = before === null ? UNKNOWN_CHANGES : fileChanges(before, after);
  return { settings, answer: { changes, effects: changeEffects(changes, reimport), reimport } };
}

/** The running file was accepted by an older version, whose rules this one need not share. */
const UNKNOWN_CHANGES: readonly FileChange[] = [{ place: 'connection file', before: null, after: null }];

function usableOrNull(contexts: ConnectionContexts, running: unknown): Connection | null {
  try {
    return contexts.open(running).connection;
  } catch (error) {
    if (error instanceof ConfigError) return null;
    throw error;
  }
}

function otherName(): ConfigError {
  return new ConfigError(
    'config-invalid',
    'name: is that of another connection',
    'Send the file to the connection that it names, or onboard it as a new one.',
    'name',
  );
}
