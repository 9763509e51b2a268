/** Activity: what there is to choose from before a connection file is written: the feed's columns, Halo's fields and sites. Writes nothing. */
import { checkEndpoints } from '../connection/check.js';
import type { Endpoints } from '../connection/schema.js';
import { ConfigError } from '../errors.js';
import { discoverHalo } from '../halo/setup/discover.js';
import { discoverColumns } from '../seatgeek/discover.js';
import type { ConnectionContexts, Reach } from './connection-contexts.js';
import { red } from '../contract/check-line.js';
import type { Discovery, DiscoveryOptions } from '../contract/discovery.js';
import { withHeartbeat } from './heartbeat.js';

/** Expected errors become red lines; only an unexpected one fails the activity. */
export function discoverSetUp(contexts: ConnectionContexts) {
  return (part: unknown, { site = '' }: DiscoveryOptions = {}): Promise<Discovery> =>
    withHeartbeat(async ({ signal }) => {
      const opened = open(contexts, part);
      if (opened instanceof ConfigError) return refused(opened);
      const { endpoints, reach } = opened;
      const seatgeek = await discoverColumns({
        connection: endpoints,
        http: reach.feedHttp,
        credentials: reach.seatgeekCredentials,
        signal,
      });
      const halo = await discoverHalo(reach.halo, site, { signal });
      const lines = [...seatgeek.lines, ...halo.lines];
      return {
        ok: lines.every((line) => line.ok),
        lines,
        columns: seatgeek.columns,
        customFields: halo.customFields,
        sites: halo.sites,
        sitesInAll: halo.sitesInAll,
      };
    });
}

function open(contexts: ConnectionContexts, part: unknown): { endpoints: Endpoints; reach: Reach } | ConfigError {
  try {
    const endpoints = checkEndpoints(part);
    return { endpoints, reach: contexts.reach(endpoints) };
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

function refused(error: ConfigError): Discovery {
  return {
    ok: false,
    lines: [red('connection file', error)],
    columns: null,
    customFields: null,
    sites: null,
    sitesInAll: 0,
  };
}
