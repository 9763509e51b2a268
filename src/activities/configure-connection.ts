/** Activity: checks the connection file that is to take the place of the running one, and says what it changes. Writes nothing. */
import { changeEffects } from '../connection/change-effects.js';
import { fileChanges, type FileChange } from '../connection/file-changes.js';
import type { Connection } from '../connection/schema.js';
import { ConfigError, SyncError } from '../errors.js';
import { resolveTargets } from '../halo/setup/resolve-targets.js';
import { checkSite } from '../halo/setup/sites.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { priceOfFields } from '../halo/cost.js';
import { readConnection } from './read-connection.js';
import type { ConfigureRequest, ConfigureResult } from './types.js';

/**
 * Throws ConfigError naming every place that is wrong, `name` for a file of another connection, `site-missing` or `field-missing` for what Halo
 * does not have, where that has changed.
 */
export async function configureConnection(
  contexts: ConnectionContexts,
  { running, file, reimport }: ConfigureRequest,
): Promise<ConfigureResult> {
  const settings = readConnection(contexts, file);
  if (settings.name !== running.name) throw otherName();
  const before = usableOrNull(contexts, running);
  const context = contexts.open(file);
  const changes = before === null ? UNKNOWN_CHANGES : fileChanges(before, context.connection);
  const unasked = changes.some(({ place }) => IN_HALO.test(place)) ? await askHalo(context) : [];
  const effects = [...changeEffects(changes, reimport), ...pricesOf(context.connection, changes, reimport), ...unasked];
  return { settings, answer: { changes, effects, reimport } };
}

/** What names a site or a field of Halo, or the Halo itself. */
const IN_HALO =
  /^(connection file$|halo\.(url|tenant)|users\.(defaultSite|seatgeekIdField|fieldMappings|staticMappings)\b)/;

const PATIENCE_MS = 20_000;

/** A Halo that does not answer in time keeps nobody from correcting a file: then a sentence says so. Throws ConfigError for what it lacks. */
async function askHalo({ halo, connection }: ConnectionContext): Promise<string[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  try {
    await checkSite(halo, connection.users.defaultSite, { signal });
    await resolveTargets(halo, connection.users, { signal });
    return [];
  } catch (error) {
    if (error instanceof ConfigError && HALO_LACKS.has(error.code)) throw error;
    if (!signal.aborted && !(error instanceof SyncError)) throw error;
    return ['Halo could not be asked whether it has the site and the fields: the next run tells.'];
  }
}

const HALO_LACKS: ReadonlySet<string> = new Set(['site-missing', 'field-missing']);

/** What the mappings cost from now on, where they have changed or everybody is read again. */
function pricesOf({ users }: Connection, changes: readonly FileChange[], reimport: boolean): string[] {
  const isTold = reimport || changes.some(({ place }) => /^users\.(fieldMappings|staticMappings)/.test(place));
  const price = isTold ? priceOfFields(users) : undefined;
  return price === undefined ? [] : [price];
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
