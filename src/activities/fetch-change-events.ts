/** Activity: reads one page of the feed into the worker's memory and answers its name, its size and where the next begins. */
import type { ConnectionContexts } from './connection-contexts.js';
import { newColumns } from './feed-columns.js';
import { withHeartbeat } from './heartbeat.js';
import type { FeedPages } from './feed-pages.js';
import type { FetchRequest, FetchResult } from './types.js';

/** Always asks SeatGeek: a page kept from before may have grown since. */
export function fetchChangeEvents(contexts: ConnectionContexts, pages: FeedPages) {
  return ({ config, page, knownColumns }: FetchRequest): Promise<FetchResult> =>
    withHeartbeat(async ({ signal }) => {
      const context = contexts.open(config);
      const read = await pages.readAnew(context, page, signal);
      return {
        page: read.name,
        nextCursor: read.page.nextCursor,
        hasMore: read.page.hasMore,
        events: read.page.rows.length,
        seatgeekRequests: read.requests,
        ...newColumns(read.page, context.mapper.columns, knownColumns),
      };
    });
}
