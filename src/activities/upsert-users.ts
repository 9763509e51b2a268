/**
 * Activity: writes the page that it is asked for and, while that is quick, those that follow, each as if it had been asked for: a step that takes a
 * fraction of a second costs as much again to begin and end.
 */
import { isDeepStrictEqual } from 'node:util';
import { BrakeError, SyncError } from '../errors.js';
import { adoptHabits, habitsOf } from '../halo/habits.js';
import type { HaloInstance } from '../halo/instance.js';
import { lostUntil, noteLostCreates } from '../halo/write/lost-creates.js';
import { eachCount } from '../contract/counts.js';
import { foldId, keysOf, personKey } from '../contract/person-key.js';
import { hidesUsers, pastOf, usersShown } from './brake.js';
import type { ConnectionContext, ConnectionContexts } from './connection-contexts.js';
import { Deactivated } from './deactivated.js';
import { withHeartbeat, type Running } from './heartbeat.js';
import type { RunMemories, RunMemory } from './run-memories.js';
import type { EmailClaim, FollowingResult, PageResult, UpsertRequest, UpsertResult } from './types.js';
import { isWholePage, upsertPage, type PageWork } from './upsert-page.js';

/**
 * Safe to repeat: people written by an attempt that died come out unchanged. What a page settles is told by the page as it is read now,
 * which need not be the page that was fetched.
 */
export function upsertUsers(contexts: ConnectionContexts, memories: RunMemories) {
  return (request: UpsertRequest): Promise<UpsertResult> =>
    withHeartbeat(async (running) => {
      const told = toldBefore(running);
      const notBefore = createsNotBefore(contexts, request, running);
      running.keep(() => ({ ...told, createsNotBefore: notBefore }));
      const context = contexts.open(request.config);
      const { instance } = context;
      adoptHabits(instance, told.habits ?? request.habits);
      noteLostCreates(instance, notBefore);
      if (isWholePage(request)) memories.goOn(context, request.run);
      try {
        const result = await memories.use(context, request.run, (memory) =>
          upsertPages(context, memory, request, running, told),
        );
        const { hasMore } = result.following?.at(-1) ?? result;
        if (isWholePage(request) && !hasMore) memories.end(context, request.run);
        return result;
      } catch (error) {
        // Who lets the run go on has looked at what was counted; if something was corrected instead, it is counted anew.
        if (error instanceof BrakeError) memories.forget(context, request.run);
        throw error;
      }
    });
}

/** Until when creates may be under way of which an earlier attempt, or the connection, does not know what became. */
function createsNotBefore(
  { settlingMs }: ConnectionContexts,
  { createsNotBefore: carried = 0, movedAt }: UpsertRequest,
  { before }: Running,
): number {
  if (before === null) return movedAt === undefined ? carried : Math.max(carried, movedAt + settlingMs);
  const told = before.kept['createsNotBefore'];
  const ofAttempt = before.hasFailed && typeof told === 'number' ? told : before.endedBy + settlingMs;
  return Math.max(carried, ofAttempt);
}

/** What the attempts before told, as far as they could: their Halo requests, whom they made inactive, and what Halo was seen to do. */
type Told = Readonly<{ haloRequests: number; deactivated: string; habits: unknown }>;

function toldBefore({ before }: Running): Told {
  const { haloRequests, deactivated, habits } = before?.kept ?? {};
  return {
    haloRequests: typeof haloRequests === 'number' ? haloRequests : 0,
    deactivated: typeof deactivated === 'string' ? deactivated : '',
    habits,
  };
}

/** No page is begun later. */
const GO_ON_MS = 5_000;
/** Nor behind so many pages, or people to be named in the answer, which Temporal has to take. */
const MOST_FOLLOWING = 50;
const MANY_REJECTED = 200;

/** Throws what its first page throws. Another that can't be written is left to the step that begins with it. */
async function upsertPages(
  context: ConnectionContext,
  memory: RunMemory,
  request: UpsertRequest,
  running: Running,
  before: Told,
): Promise<UpsertResult> {
  const until = Date.now() + GO_ON_MS;
  const { instance } = context;
  for (const key of keysOf(before.deactivated)) memory.deactivated.add(key);
  const deactivated = new Deactivated(request.deactivated, memory.deactivated);
  let settled = 0;
  let ofPage = (): number => before.haloRequests;
  running.keep(() => ({
    createsNotBefore: lostUntil(instance),
    haloRequests: settled + ofPage(),
    deactivated: deactivated.untold,
    ...newHabits(instance, request, measure(context, memory, request)),
  }));
  const step = { deactivated, countRequests: (count: () => number): void => void (ofPage = count) };
  const spent = before.haloRequests;
  const first = await upsertPage(context, memory, { request, running, isFollowing: false, spent, step });
  const following: FollowingResult[] = [];
  let asked = request;
  let last: PageResult = first;
  let rejected = first.rejected.length;
  const hasRoom = (): boolean => following.length < MOST_FOLLOWING && rejected < MANY_REJECTED && Date.now() < until;
  while (request.goesOn === true && last.hasMore && isSettled(last) && hasRoom()) {
    settled += last.haloRequests;
    ofPage = () => 0;
    asked = askedNext(asked, last, context.connection.seatgeek.pageSize);
    const next = await upsertNext(context, memory, { request: asked, running, isFollowing: true, spent: 0, step });
    following.push(next);
    last = next;
    rejected += next.rejected.length;
  }
  return {
    ...first,
    ...newHabits(instance, request, measure(context, memory, request)),
    // Said once: it is of all pages.
    ...deactivated.change(),
    ...(following.length > 0 && { following }),
  };
}

/**
 * The users shown that the next run is measured by. Samples and retries must not lower it, and a run that creates nobody, which is not held, by no
 * more than the brake lets pass.
 */
function measure(context: ConnectionContext, memory: RunMemory, request: UpsertRequest): number | undefined {
  const before = usersShown(context.instance, request);
  const shown = isWholePage(request) ? memory.usersShown : null;
  if (shown === null) return before;
  const isBraked = pastOf(context, request) !== undefined;
  return isBraked && hidesUsers(context, before, shown) ? before : shown;
}

/** Only what the connection does not know yet. */
function newHabits(
  instance: HaloInstance,
  request: UpsertRequest,
  shown: number | undefined,
): Pick<PageResult, 'habits'> {
  const { newestTold, newestGone } = instance;
  const habits = {
    ...habitsOf(instance),
    ...(shown !== undefined && { usersShown: shown }),
    ...(newestTold > newestGone && { newestUser: newestTold }),
  };
  return isDeepStrictEqual(habits, request.habits) ? {} : { habits };
}

/** Otherwise the feed was only looked through, or nothing could be done. */
function isSettled({ survey }: PageResult): boolean {
  return survey?.isComplete === true;
}

/** As the workflow would ask for the page behind that of `result`. */
function askedNext(request: UpsertRequest, result: PageResult, limit: number): UpsertRequest {
  const { watch = '', claims = [] } = request;
  const resolved = new Set(result.resolved.map(foldId));
  const others = claims.filter(([seatgeekId]) => !resolved.has(foldId(seatgeekId)));
  const added = result.rejected.flatMap(({ seatgeekId, claims: userId }): EmailClaim[] =>
    userId === undefined ? [] : [[seatgeekId, userId]],
  );
  return {
    ...request,
    newer: [],
    page: { cursor: result.settledCursor, limit },
    watch: watch + result.rejected.map(({ seatgeekId }) => personKey(seatgeekId)).join(''),
    claims: [...others, ...added],
  };
}

async function upsertNext(context: ConnectionContext, memory: RunMemory, work: PageWork): Promise<FollowingResult> {
  const { request, running } = work;
  const halo = memory.halo(request.run);
  const { requests } = halo;
  let { page } = request;
  let seatgeekRequests = 0;
  let createsNotBefore = 0;
  try {
    const read = await memory.readLatest(page, { signal: running.signal, isMorePromised: true });
    page = read.name;
    seatgeekRequests = read.requests;
    if (memory.isSurveyed(read)) {
      const result = await upsertPage(context, memory, { ...work, request: { ...request, page } });
      return { ...result, page, seatgeekRequests: seatgeekRequests + result.seatgeekRequests };
    }
  } catch (error) {
    // Part of it may be written. What it failed with the step that begins there meets, and tells.
    memory.isRepeated = true;
    createsNotBefore = lostUntil(context.instance);
    const code = error instanceof SyncError ? error.code : 'internal';
    if (!running.signal.aborted) running.log(`page left to the next step: ${code}`, {});
  }
  return {
    page,
    settledCursor: request.page.cursor,
    hasMore: true,
    events: 0,
    counts: eachCount(() => 0),
    rejected: [],
    resolved: [],
    missing: [],
    haloRequests: halo.requests - requests,
    seatgeekRequests,
    ...(createsNotBefore > 0 && { createsNotBefore }),
  };
}
