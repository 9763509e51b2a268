/** Activity: brings Halo in line with a page: drops what is older than what was seen, matches, writes, and answers counts and ids. */
import { isDeepStrictEqual } from 'node:util';
import { adoptHabits, habitsOf } from '../halo/habits.js';
import type { PersonOutcome } from '../halo/types.js';
import type { MappedPage, MappedPerson } from '../mapping/types.js';
import { personKey } from '../workflows/rejected.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import type { FeedPages, MappedPageInHand } from './feed-pages.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { nameRows } from './row-names.js';
import type { RunMemories, RunMemory } from './run-memories.js';
import { tally } from './tally.js';
import type { UpsertRequest, UpsertResult } from './types.js';

/**
 * Safe to repeat: people written by an attempt that died come out unchanged. What a page settles is told by the page as it is read now,
 * which need not be the page that was fetched.
 */
export function upsertUsers(contexts: ConnectionContexts, pages: FeedPages, memories: RunMemories) {
  return (request: UpsertRequest): Promise<UpsertResult> =>
    withHeartbeat(async (running) => {
      const context = contexts.open(request.config);
      adoptHabits(context.instance, request.habits);
      const read = await pages.readMapped(context, request.page, running.signal, request.takeEvents);
      const memory = memories.open(context, request.run, request.newer);
      const before = memory.halo.requests;
      const isWholePage = request.takeEvents === undefined && request.only === undefined;
      // The brake reads on to the end of the feed itself.
      const past = isWholePage && context.connection.integrator.brake.enabled ? request.past : undefined;
      const scoutRequests = isWholePage && past === undefined ? await memory.scout(read, running) : 0;
      const coverRequests = await memory.cover(read, running.signal);
      const brakeRequests = past === undefined ? 0 : await memory.brake(read, past, running);
      const page = select(read.mapped, request);
      const outcomes = await writePage(memory, page, running, isWholePage && request.run.from !== null);
      const counts = tally(outcomes);
      const haloRequests = memory.halo.requests - before;
      pages.forget(context, read.name);
      running.log('page written', { events: read.mapped.events, ...counts, haloRequests });
      return {
        settledCursor: read.page.nextCursor,
        hasMore: read.page.hasMore,
        events: read.mapped.events,
        counts,
        rejected: outcomes.flatMap(({ rejection }) => (rejection === undefined ? [] : [rejection])),
        resolved: resolvedOf(outcomes, request.watch ?? ''),
        missing: missingOf(outcomes, request.only ?? []),
        haloRequests,
        seatgeekRequests: read.requests + brakeRequests + coverRequests + scoutRequests,
        ...(memory.halo.directory !== null && { directory: memory.halo.directory }),
        ...newerImages(memory, read),
        ...newHabits(context, request),
      };
    });
}

/** More than these would make the connection's state large; then the oldest of a long page may come back. */
const MAX_NEWER = 200;

/** A page that the next run reads again must not undo what newer images on earlier pages did. */
function newerImages(memory: RunMemory, { page, mapped }: MappedPageInHand): Pick<UpsertResult, 'newer'> {
  if (page.hasMore || page.nextCursor !== page.cursor) return {};
  const superseded = mapped.people.filter((person) => memory.isSuperseded(person));
  const newer = superseded.flatMap((person) => {
    const image = memory.newest(person);
    return image === null ? [] : [image];
  });
  return { newer: newer.slice(0, MAX_NEWER) };
}

/** Only what the connection does not know yet. */
function newHabits({ instance }: ConnectionContext, { habits: known }: UpsertRequest): Pick<UpsertResult, 'habits'> {
  const habits = habitsOf(instance);
  return isDeepStrictEqual(habits, known) ? {} : { habits };
}

async function writePage(
  memory: RunMemory,
  page: MappedPage,
  running: Running,
  haveChanged: boolean,
): Promise<readonly PersonOutcome[]> {
  const current: MappedPerson[] = [];
  const superseded: MappedPerson[] = [];
  for (const person of page.people) (memory.isSuperseded(person) ? superseded : current).push(person);
  const written = await memory.halo.write(current, {
    haveChanged,
    signal: running.signal,
    onProgress: ({ settled, waitingUntil }) => running.progress({ settled, of: current.length, waitingUntil }),
  });
  return [
    ...written,
    ...superseded.map(({ seatgeekId }): PersonOutcome => ({ seatgeekId, outcome: 'skipped' })),
    ...page.rejected.map((rejection): PersonOutcome => ({
      seatgeekId: rejection.seatgeekId,
      outcome: 'rejected',
      rejection,
    })),
  ];
}

function select(mapped: MappedPage, { page, only }: UpsertRequest): MappedPage {
  const rejected = nameRows(mapped.rejected, page);
  if (only === undefined) return { ...mapped, rejected };
  const wanted = new Set(only);
  return {
    ...mapped,
    people: mapped.people.filter((person) => wanted.has(person.seatgeekId)),
    rejected: rejected.filter((rejection) => wanted.has(rejection.seatgeekId)),
  };
}

/** The watch list holds eight digits per person (`personKey`). */
function resolvedOf(outcomes: readonly PersonOutcome[], watch: string): string[] {
  const watched = new Set(watch.match(/.{8}/g) ?? []);
  return outcomes
    .filter(({ outcome, seatgeekId }) => outcome !== 'rejected' && watched.has(personKey(seatgeekId)))
    .map(({ seatgeekId }) => seatgeekId);
}

function missingOf(outcomes: readonly PersonOutcome[], only: readonly string[]): string[] {
  const found = new Set(outcomes.map(({ seatgeekId }) => seatgeekId));
  return only.filter((seatgeekId) => !found.has(seatgeekId));
}
