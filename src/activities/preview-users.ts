/** Activity: what the first change events of history would do in Halo. Writes nothing. Its answer is sealed to whoever asks. */
import { adoptHabits } from '../halo/habits.js';
import { previewPages } from '../halo/preview/preview.js';
import type { FeedKnowledge } from '../halo/types.js';
import type { MappedPage, Rejection } from '../mapping/types.js';
import type { PageRead } from '../seatgeek/page-reader.js';
import type { PreviewReply } from './answers.js';
import type { PreviewedPerson } from '../contract/previewed-person.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { feedKnowledge } from './feed-knowledge.js';
import { FeedSurvey } from './feed-survey.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { nameRows } from './row-names.js';
import { sealedPreview } from './sealed-answers.js';
import type { PreviewRequest } from './types.js';

interface FirstEvents {
  readonly pages: readonly MappedPage[];
  readonly events: number;
  readonly requests: number;
  readonly feed: FeedKnowledge;
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
      const pages = first.pages.map((page) => page.people);
      const { feed } = first;
      const previews = await previewPages(pages, { client: halo, connection, instance, call, feed });
      const rejected = first.pages.flatMap((page) => page.rejected);
      // Of everybody the newest image is previewed; one that can't be taken, for an operation that nobody knows, counts over it.
      const all = [...previews, ...rejected.map(rejectedPerson)].map((person) => [person.seatgeekId, person] as const);
      const people = [...new Map(all).values()];
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

/**
 * As the sample import reads them: a feed may serve fewer events than asked for with more to come, and of everybody the newest image counts.
 */
async function readFirstEvents(context: ConnectionContext, events: number, running: Running): Promise<FirstEvents> {
  const { reader, mapper } = context;
  const survey = new FeedSurvey(context, null);
  const reads: (PageRead & { takeEvents: number })[] = [];
  let cursor: string | null = null;
  for (let left = events; left > 0;) {
    const isMorePromised = reads.length > 0;
    const read = await reader.read({ cursor, limit: left, signal: running.signal, isMorePromised });
    const takeEvents = Math.min(left, read.page.rows.length);
    survey.note(read.page, read.page.rows.slice(0, takeEvents));
    reads.push({ ...read, takeEvents });
    left -= takeEvents;
    cursor = read.page.nextCursor;
    if (!read.page.hasMore) break;
  }
  const pages: MappedPage[] = [];
  for (const { page, takeEvents } of reads) {
    const mapped = await mapper.mapPage(page, { takeEvents, select: (all) => survey.newestOf(page, all) });
    pages.push({ ...mapped, rejected: await nameRows(context, mapped.rejected, page.rows) });
  }
  const requests = reads.reduce((sum, read) => sum + read.requests, 0);
  return { pages, events: survey.events, requests, feed: feedKnowledge({ people: survey.people }) };
}

/** Whom the mapping rejects. */
export function rejectedPerson({ seatgeekId, code, message }: Rejection): PreviewedPerson {
  const rejection = { code, message };
  return { seatgeekId, outcome: 'rejected', matchedBy: null, haloUserId: null, name: null, changes: [], rejection };
}
