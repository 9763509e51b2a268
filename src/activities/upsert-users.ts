/** Activity: brings Halo in line with a page: surveys the feed, leaves out what is not the newest, matches, writes, and answers counts and ids. */
import { isDeepStrictEqual } from 'node:util';
import { BrakeError } from '../errors.js';
import { adoptHabits, habitsOf } from '../halo/habits.js';
import type { HaloRun, PersonOutcome } from '../halo/types.js';
import { lostUntil, noteLostCreates } from '../halo/write/lost-creates.js';
import type { MappedPage } from '../mapping/types.js';
import { foldId, keysOf, MAX_BEYOND_KEYS, personKey } from '../contract/person-key.js';
import { pastOf, usersShown } from './brake.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { Deactivated } from './deactivated.js';
import { feedKnowledge, withClaim } from './feed-knowledge.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import { nameRows } from './row-names.js';
import type { PageInHand, RunMemories, RunMemory } from './run-memories.js';
import { tally } from './tally.js';
import type { UpsertRequest, UpsertResult } from './types.js';

/**
 * Safe to repeat: people written by an attempt that died come out unchanged. What a page settles is told by the page as it is read now,
 * which need not be the page that was fetched.
 */
export function upsertUsers(contexts: ConnectionContexts, memories: RunMemories) {
  return (request: UpsertRequest): Promise<UpsertResult> =>
    withHeartbeat(async (running) => {
      const context = contexts.open(request.config);
      adoptHabits(context.instance, request.habits);
      const { instance } = context;
      running.keep(() => ({ createsNotBefore: lostUntil(instance) }));
      noteLostCreates(instance, createsNotBefore(context, request, running));
      try {
        const result = await memories.use(context, request.run, (memory) => upsert(context, memory, request, running));
        if (isWholePage(request) && !result.hasMore) memories.end(context, request.run);
        return result;
      } catch (error) {
        // Who lets the run go on has looked at what was counted; if something was corrected instead, it is counted anew.
        if (error instanceof BrakeError) memories.end(context, request.run);
        throw error;
      }
    });
}

/** Until when creates may be under way of which an earlier attempt, or the connection, does not know what became. */
function createsNotBefore(
  { instance }: ConnectionContext,
  { createsNotBefore: carried = 0, movedAt }: UpsertRequest,
  { before }: Running,
): number {
  if (before === null) return movedAt === undefined ? carried : Math.max(carried, movedAt + instance.settlingMs);
  const told = before.kept['createsNotBefore'];
  const ofAttempt = before.hasFailed && typeof told === 'number' ? told : before.endedBy + instance.settlingMs;
  return Math.max(carried, ofAttempt);
}

/** Halo requests of the attempts before. */
function spentBy({ before }: Running): number {
  const spent = before?.kept['haloRequests'];
  return typeof spent === 'number' ? spent : 0;
}

async function upsert(
  context: ConnectionContext,
  memory: RunMemory,
  request: UpsertRequest,
  running: Running,
): Promise<UpsertResult> {
  const { run, takeEvents } = request;
  const read = await memory.read(request.page, running.signal);
  context.mapper.assertColumns(read.page.columns);
  const halo = memory.halo(run);
  const spent = spentBy(running) - halo.requests;
  const haloRequests = (): number => spent + halo.requests;
  running.keep(() => ({ createsNotBefore: lostUntil(context.instance), haloRequests: haloRequests() }));
  const surveyRequests = await survey(context, memory, read, { request, running });
  const isReady = !isWholePage(request) || memory.survey.isComplete;
  const page = isReady ? select(await memory.mapped(read, takeEvents), request) : NOT_YET;
  const deactivated = new Deactivated(request.deactivated, memory.deactivated);
  const outcomes = await writePage(memory, page, { request, running, deactivated });
  if (isReady) memory.forget(read.name);
  const settledCursor = isReady ? read.page.nextCursor : read.page.cursor;
  if (isWholePage(request)) memory.settledUpTo = settledCursor;
  const counts = tally(outcomes, page.superseded);
  running.log(isReady ? 'page written' : 'feed looked through in part', {
    events: page.events,
    ...counts,
    haloRequests: haloRequests(),
  });
  return {
    settledCursor,
    hasMore: !isReady || read.page.hasMore,
    events: page.events,
    counts,
    ...rejectionsOf(outcomes),
    resolved: resolvedOf(outcomes, request.watch ?? ''),
    missing: isCutShort(read, request.page) ? [] : missingOf(outcomes, request.only ?? []),
    haloRequests: haloRequests(),
    seatgeekRequests: read.requests + surveyRequests,
    ...(isWholePage(request) && { survey: memory.survey.progress }),
    ...(halo.directory !== null && { directory: halo.directory }),
    ...(isReady ? newerImages(memory, read) : { newer: request.newer ?? [] }),
    ...deactivated.change(),
    ...newHabits(context, request, halo),
  };
}

/** The survey has not come to its end: nothing is written before it has. */
const NOT_YET: MappedPage = { events: 0, superseded: 0, people: [], rejected: [] };

function isWholePage({ takeEvents, only }: UpsertRequest): boolean {
  return takeEvents === undefined && only === undefined;
}

interface Work {
  readonly request: UpsertRequest;
  readonly running: Running;
}

/**
 * Answers the feed requests it took. A sample of a connection that was never synced is told by itself, a retry by its page alone: what is newer
 * than a rejected image has taken its place in the list.
 */
async function survey(
  { connection, instance }: ConnectionContext,
  memory: RunMemory,
  read: PageInHand,
  { request, running }: Work,
): Promise<number> {
  const { run, takeEvents, only, newer } = request;
  if (only !== undefined) return 0;
  const past = connection.integrator.brake.enabled ? pastOf(instance, request) : undefined;
  if (takeEvents !== undefined && request.newestOnly !== true) {
    memory.survey.note(read.page, read.page.rows.slice(0, takeEvents));
    if (past !== undefined) await memory.checkSample(read, takeEvents, { run, past, running });
    return 0;
  }
  return memory.surveyOn(read, {
    run,
    newer,
    past: takeEvents === undefined ? past : undefined,
    isWhole: takeEvents !== undefined,
    running,
  });
}

/** As many as a connection keeps; beyond them a result could outgrow what Temporal takes. */
const MAX_REJECTED = 400;

function rejectionsOf(
  outcomes: readonly PersonOutcome[],
): Pick<UpsertResult, 'rejected' | 'rejectedBeyond' | 'beyondKeys'> {
  const all = outcomes.flatMap(({ rejection }) => (rejection === undefined ? [] : [rejection]));
  const beyond = all.slice(MAX_REJECTED).map(({ seatgeekId }) => personKey(seatgeekId));
  const beyondKeys = beyond.slice(0, MAX_BEYOND_KEYS).join('');
  return {
    rejected: all.slice(0, MAX_REJECTED),
    ...(beyond.length > 0 && { rejectedBeyond: beyond.length, beyondKeys }),
  };
}

/** More than these would make the connection's state large; then the oldest of a long page may come back. */
const MAX_NEWER = 200;

/** A page that the next run reads again must not undo what newer images on earlier pages did. */
function newerImages({ survey }: RunMemory, { page }: PageInHand): Pick<UpsertResult, 'newer'> {
  if (page.hasMore || page.nextCursor !== page.cursor) return {};
  return { newer: survey.newerThan(page).slice(0, MAX_NEWER) };
}

/** Only what the connection does not know yet. */
function newHabits(
  { instance }: ConnectionContext,
  request: UpsertRequest,
  halo: HaloRun,
): Pick<UpsertResult, 'habits'> {
  // Samples and retries are not braked, so they must not lower what the next run is measured by.
  const shown = (isWholePage(request) ? halo.usersShown : null) ?? usersShown(instance, request);
  const habits = { ...habitsOf(instance), ...(shown !== undefined && { usersShown: shown }) };
  return isDeepStrictEqual(habits, request.habits) ? {} : { habits };
}

async function writePage(
  memory: RunMemory,
  page: MappedPage,
  { request, running, deactivated }: Work & { readonly deactivated: Deactivated },
): Promise<readonly PersonOutcome[]> {
  const { people } = memory.survey;
  const known = { people, claims: request.claims, deactivated };
  const refused = page.rejected.map((rejection): PersonOutcome => ({
    seatgeekId: rejection.seatgeekId,
    outcome: 'rejected',
    rejection: withClaim(rejection, known),
  }));
  if (page.people.length === 0) return refused;
  const written = await memory.halo(request.run).write(page.people, {
    feed: feedKnowledge(known),
    othersMayHaveWritten: othersMayHaveWritten(memory, request, running),
    haveChanged: isWholePage(request) && request.run.from !== null,
    signal: running.signal,
    onProgress: ({ settled, waitingUntil }) => running.progress({ settled, of: page.people.length, waitingUntil }),
  });
  deactivated.note(page.people, written, isRepeated(request, running));
  return [...written, ...refused];
}

/** Whether this page was tried before, or follows on one that this worker did not write. The first page of a pass follows on none. */
function othersMayHaveWritten(memory: RunMemory, request: UpsertRequest, running: Running): boolean {
  const { page, run } = request;
  return isRepeated(request, running) || (page.cursor !== run.from && page.cursor !== memory.settledUpTo);
}

/** An attempt before this one may have written, and said nothing of it. */
function isRepeated({ movedAt }: UpsertRequest, { before }: Running): boolean {
  return before !== null || movedAt !== undefined;
}

function select(mapped: MappedPage, { page, only }: UpsertRequest): MappedPage {
  const rejected = nameRows(mapped.rejected, page);
  if (only === undefined) return { ...mapped, rejected };
  const wanted = new Set(only.map(foldId));
  const isWanted = ({ seatgeekId }: { readonly seatgeekId: string }): boolean => wanted.has(foldId(seatgeekId));
  return { ...mapped, people: mapped.people.filter(isWanted), rejected: rejected.filter(isWanted) };
}

/** Who was refused as well, for another event, stays in the list. The watch list holds eight digits per person (`personKey`). */
function resolvedOf(outcomes: readonly PersonOutcome[], watch: string): string[] {
  const watched = new Set(keysOf(watch));
  const refused = new Set<string>();
  for (const { outcome, seatgeekId } of outcomes) if (outcome === 'rejected') refused.add(foldId(seatgeekId));
  return outcomes
    .map(({ seatgeekId }) => seatgeekId)
    .filter((seatgeekId) => !refused.has(foldId(seatgeekId)) && watched.has(personKey(seatgeekId)));
}

/** Fewer events came than asked for, with more to come: whoever is not among them may be among those. */
function isCutShort({ name, page }: PageInHand, { limit }: UpsertRequest['page']): boolean {
  return page.hasMore && name.limit < limit;
}

function missingOf(outcomes: readonly PersonOutcome[], only: readonly string[]): string[] {
  const found = new Set(outcomes.map(({ seatgeekId }) => foldId(seatgeekId)));
  return only.filter((seatgeekId) => !found.has(foldId(seatgeekId)));
}
