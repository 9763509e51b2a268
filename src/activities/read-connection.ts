/** Activity: checks a connection file and answers what the workflow needs of it. */
import { placeOf } from '../halo/instance.js';
import type { ConnectionContexts } from './connection-contexts.js';
import type { ConnectionSettings } from './types.js';

/** A search attribute of type Keyword takes no more in PostgreSQL. */
const LONGEST_KEYWORD = 255;

/** Throws ConfigError naming the place. Speaks to nobody. */
export function readConnection(contexts: ConnectionContexts, config: unknown): ConnectionSettings {
  const { connection } = contexts.open(config);
  const { name, seatgeek, halo, integrator } = connection;
  return {
    name,
    seatgeekHost: new URL(seatgeek.apiUrl).host,
    haloHost: placeOf(halo.url).slice(0, LONGEST_KEYWORD),
    pageSize: seatgeek.pageSize,
    integratorEnabled: integrator.enabled,
    intervalMs: Math.round(integrator.intervalMinutes * 60_000),
  };
}
