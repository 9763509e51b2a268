/** Activity: reads one page of the feed into the worker's memory and answers its name, its size and where the next begins. */
import type { ConnectionContexts } from './connection-contexts.js';
import { newColumns } from './feed-columns.js';
import { withHeartbeat } from './heartbeat.js';
import type { RunMemories } from './run-memories.js';
import type { FetchRequest, FetchResult } from './types.js';

export function fetchChangeEvents(contexts: ConnectionContexts, memories: RunMemories) {
  return ({ config, run, page, isMorePromised = false, knownColumns }: FetchRequest): Promise<FetchResult> =>
    withHeartbeat(async ({ signal }) => {
      const context = contexts.open(config);
      const read = await memories.use(context, run, (memory) => memory.readLatest(page, { signal, isMorePromised }));
      if (read.page.rows.length === 0 && !read.page.hasMore) memories.end(context, run);
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
