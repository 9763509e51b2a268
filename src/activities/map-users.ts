/** Activity: maps a page's rows to Halo's fields, in the worker's memory, and answers counts. */
import type { ConnectionContexts } from './connection-contexts.js';
import { withHeartbeat } from './heartbeat.js';
import type { RunMemories } from './run-memories.js';
import type { MapRequest, MapResult } from './types.js';

/** Throws a failure `column-missing` when a mapped column has vanished from the feed, before anything is written. */
export function mapUsers(contexts: ConnectionContexts, memories: RunMemories) {
  return ({ config, run, page }: MapRequest): Promise<MapResult> =>
    withHeartbeat(({ signal }) =>
      memories.use(contexts.open(config), run, async (memory) => {
        const read = await memory.read(page, { signal, isMorePromised: true });
        const { people, rejected } = await memory.mapped(read);
        return { people: people.length, rejected: rejected.length, seatgeekRequests: read.requests };
      }),
    );
}
