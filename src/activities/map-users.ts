/** Activity: maps a page's rows to Halo's fields, in the worker's memory, and answers counts. */
import type { ConnectionContexts } from './connection-contexts.js';
import { withHeartbeat } from './heartbeat.js';
import type { FeedPages } from './feed-pages.js';
import type { MapRequest, MapResult } from './types.js';

/** Throws a failure `column-missing` when a mapped column has vanished from the feed, before anything is written. */
export function mapUsers(contexts: ConnectionContexts, pages: FeedPages) {
  return ({ config, page }: MapRequest): Promise<MapResult> =>
    withHeartbeat(async ({ signal }) => {
      const { mapped, requests } = await pages.readMapped(contexts.open(config), page, signal);
      return { people: mapped.people.length, rejected: mapped.rejected.length, seatgeekRequests: requests };
    });
}
