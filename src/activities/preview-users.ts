/** Activity: what the first change events of history would do in Halo. Writes nothing. Its answer is sealed to whoever asks. */
import { adoptHabits } from '../halo/habits.js';
import { mergePreviews } from '../halo/preview/preview-person.js';
import { previewPages } from '../halo/preview/preview.js';
import type { MappedPage } from '../mapping/types.js';
import { createSequenceIndex } from '../seatgeek/sequence-index.js';
import type { PreviewedPerson, PreviewReply } from './answers.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { nameRows } from './row-names.js';
import { sealedPreview } from './sealed-answers.js';
import type { PreviewRequest } from './types.js';

interface FirstEvents {
  readonly pages: readonly MappedPage[];
  readonly events: number;
  readonly requests: number;
}

/** Throws as an import does. */
export function previewUsers(contexts: ConnectionContexts) {
  return ({ config, events, habits, asker }: PreviewRequest): Promise<PreviewReply> =>
    withHeartbeat(async (running) => {
      const context = contexts.open(config);
      adoptHabits(context.instance, habits);
      const first = await readFirstEvents(context, events, running);
      let haloRequests = 0;
      const { connection, halo, instance } = context;
      const call = {
        signal: running.signal,
        onRequest: () => void (haloRequests += 1),
        onWait: (waitingUntil: number | null) => running.progress({ waitingUntil }),
      };
      const { current, superseded } = withoutSuperseded(first.pages);
      const previews = await previewPages(current, { client: halo, connection, instance, call });
      const rejected = first.pages.flatMap((page) => page.rejected);
      const people = merge([
        ...previews,
        ...superseded.map((seatgeekId) => bare(seatgeekId, 'skip')),
        ...rejected.map(({ seatgeekId, code, message }) => ({
          ...bare(seatgeekId, 'rejected'),
          rejection: { code, message },
        })),
      ]);
      running.log('preview made', { events: first.events, people: people.length, haloRequests });
      const answer = {
        connection: connection.name,
        events: first.events,
        people,
        haloRequests,
        seatgeekRequests: first.requests,
      };
      return sealedPreview(answer, { asker: asker ?? null, what: events });
    });
}

/** As the sample import reads them: a feed may serve fewer events than asked for with more to come. */
async function readFirstEvents(
  { reader, mapper }: ConnectionContext,
  events: number,
  running: Running,
): Promise<FirstEvents> {
  const pages: MappedPage[] = [];
  let requests = 0;
  let cursor: string | null = null;
  for (let left = events; left > 0;) {
    const read = await reader.read({ cursor, limit: left, signal: running.signal });
    const mapped = await mapper.mapPage(read.page, { takeEvents: left });
    pages.push({ ...mapped, rejected: nameRows(mapped.rejected, { cursor, limit: read.limit }) });
    requests += read.requests;
    left -= mapped.events;
    cursor = read.page.nextCursor;
    if (!read.page.hasMore) break;
  }
  return { pages, events: pages.reduce((sum, page) => sum + page.events, 0), requests };
}

/** An image older than one on a page before it is not written. */
function withoutSuperseded(pages: readonly MappedPage[]): {
  current: (readonly MappedPage['people'][number][])[];
  superseded: string[];
} {
  const index = createSequenceIndex();
  const superseded: string[] = [];
  const current = pages.map(({ people }) =>
    people.filter(({ seatgeekId, sequence }) => {
      index.note(seatgeekId, sequence);
      if (!index.isSuperseded(seatgeekId, sequence)) return true;
      superseded.push(seatgeekId);
      return false;
    }),
  );
  return { current, superseded };
}

/** One entry per person, in the order in which they are met. */
function merge(previews: readonly PreviewedPerson[]): PreviewedPerson[] {
  const people = new Map<string, PreviewedPerson>();
  for (const preview of previews) {
    const before = people.get(preview.seatgeekId);
    people.set(preview.seatgeekId, before === undefined ? preview : mergePreviews(before, preview));
  }
  return [...people.values()];
}

function bare(seatgeekId: string, outcome: 'skip' | 'rejected'): PreviewedPerson {
  return { seatgeekId, outcome, matchedBy: null, haloUserId: null, name: null, changes: [], rejection: null };
}
