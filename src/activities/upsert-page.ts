/** Brings Halo in line with a page: surveys the feed, leaves out what is not the newest, matches, writes, and answers counts and ids. */
import type { PersonOutcome } from '../halo/types.js';
import { foldId, keysOf, MAX_BEYOND_KEYS, personKey } from '../contract/person-key.js';
import { assertRetry, pastOf, usersShown } from './brake.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { Deactivated } from './deactivated.js';
import { feedKnowledge, withClaim } from './feed-knowledge.js';
import { gatherPages, NOTHING_YET, pageAlone, type Gathered, type GatheredPages } from './gathered-pages.js';
import type { Running } from './heartbeat.js';
import { isRowName } from './row-names.js';
import type { PageInHand, RunMemory } from './run-memories.js';
import { tally } from './tally.js';
import type { PageResult, RejectedRef, UpsertRequest } from './types.js';

/** What is to be done with a page. */
export interface PageWork {
  readonly request: UpsertRequest;
  readonly running: Running;
  /** Not the one that the workflow asked for. */
  readonly isFollowing: boolean;
  /** Halo requests that attempts before have sent for the page. */
  readonly spent: number;
  readonly step: Step;
}

/** What the pages of a step share. */
export interface Step {
  readonly deactivated: Deactivated;
  /** Takes how the page's Halo requests are counted. */
  readonly countRequests: (count: () => number) => void;
}

/** Throws what reading the feed, mapping and writing throw; nothing of the page is settled then. */
export async function upsertPage(
  context: ConnectionContext,
  memory: RunMemory,
  { request, running, isFollowing, spent, step }: PageWork,
): Promise<PageResult> {
  const { run, page, takeEvents, only } = request;
  memory.isRepeated ||= running.before !== null || request.movedAt !== undefined;
  memory.wasRepeated ||= memory.isRepeated;
  // It had events when it was fetched; where somebody is tried again they may be gone.
  const asked = { signal: running.signal, isMorePromised: only === undefined };
  const read = isWholePage(request)
    ? await memory.read(page, asked)
    : await memory.readWhole(page, takeEvents ?? page.limit, asked);
  await memory.assertColumns(read);
  memory.noteOthers(read.name);
  const halo = memory.halo(run);
  const before = halo.requests;
  const haloRequests = (): number => spent + halo.requests - before;
  step.countRequests(haloRequests);
  const surveyRequests = await survey(context, memory, read, { request, running });
  const gathered = await gather(memory, read, { request, running });
  const { pages, last } = gathered;
  // SeatGeek answers while this page is written. What comes behind the first page of a step the workflow reads meanwhile.
  if (isFollowing && last?.page.hasMore === true)
    memory.readAhead({ cursor: last.page.nextCursor, limit: context.connection.seatgeek.pageSize }, asked);
  const outcomes = await writePages(context, memory, pages, { request, running, deactivated: step.deactivated });
  // Where only the feed was looked through, it holds for the step that writes as well.
  if (last !== undefined) memory.isRepeated = false;
  for (const name of gathered.names) memory.forget(name);
  const lost = missingOf(outcomes, only ?? []);
  const isWhole = !read.page.hasMore || read.page.rows.length >= page.limit;
  const isRenamed = (seatgeekId: string): boolean => isWhole && isRowName(seatgeekId);
  const settledCursor = last === undefined ? read.page.cursor : last.page.nextCursor;
  if (isWholePage(request)) memory.settledUpTo = settledCursor;
  const counts = tally(outcomes, pages.superseded);
  running.log(last === undefined ? 'feed looked through in part' : 'page written', {
    pages: gathered.names.length,
    events: pages.events,
    ...counts,
    haloRequests: haloRequests(),
  });
  return {
    settledCursor,
    hasMore: last === undefined || last.page.hasMore,
    events: pages.events,
    counts,
    ...rejectionsOf(outcomes, gathered, request),
    resolved: [...resolvedOf(outcomes, request.watch ?? ''), ...lost.filter(isRenamed)],
    missing: request.newestOnly === true ? [] : lost.filter((seatgeekId) => !isRenamed(seatgeekId)),
    haloRequests: haloRequests(),
    seatgeekRequests: read.requests + surveyRequests + gathered.requests,
    ...(isWholePage(request) && { survey: memory.survey.progress }),
    ...(halo.directory !== null && { directory: halo.directory }),
    ...(last === undefined ? { newer: request.newer ?? [] } : newerImages(memory, last)),
  };
}

/** Nothing is written before the survey has come to its end. */
async function gather(memory: RunMemory, read: PageInHand, { request, running }: Work): Promise<Gathered> {
  const { takeEvents, only } = request;
  if (isWholePage(request) && !memory.survey.isComplete) return NOTHING_YET;
  if (request.takesFurther === true)
    return gatherPages(memory, read, { limit: request.page.limit, signal: running.signal });
  const page = pageAlone(await memory.mapped(read, takeEvents));
  const pages = only === undefined ? page : onlyThese(page, only, request.withoutImage);
  return { pages, names: [read.name], last: read, requests: 0 };
}

/** No sample, and no retry. */
export function isWholePage({ takeEvents, only }: UpsertRequest): boolean {
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
  context: ConnectionContext,
  memory: RunMemory,
  read: PageInHand,
  { request, running }: Work,
): Promise<number> {
  const { run, takeEvents, only, newer, newestOnly } = request;
  if (only !== undefined && newestOnly !== true) return 0;
  const past = pastOf(context, request);
  let requests = 0;
  if (takeEvents !== undefined && newestOnly !== true)
    memory.survey.note(read.page, read.page.rows.slice(0, takeEvents));
  else
    requests = await memory.surveyOn(read, {
      run,
      newer,
      past: isWholePage(request) ? past : undefined,
      isWhole: !isWholePage(request),
      running,
    });
  if (takeEvents !== undefined && past !== undefined)
    await memory.checkSample(read, takeEvents, { run, past, running });
  return requests;
}

/** As many as a connection keeps; beyond them a result could outgrow what Temporal takes. */
const MAX_REJECTED = 400;

/** What no retry mends is listed until the list has so many; then it is only counted, so that there is room for those whom one may. */
const MAX_UNMENDABLE = 200;
const UNMENDABLE: ReadonlySet<string> = new Set(['operation-unknown', 'id-missing', 'id-unsafe']);

function rejectionsOf(
  outcomes: readonly PlacedOutcome[],
  { names }: Gathered,
  { only, watch = '' }: UpsertRequest,
): Pick<PageResult, 'rejected' | 'furtherPages' | 'rejectedBeyond' | 'beyondKeys'> {
  const rows = new Set<string>();
  const all = outcomes.flatMap(({ rejection }) => {
    // Rows that hold the same are one in the list, and tried once.
    if (rejection === undefined || rows.has(rejection.seatgeekId)) return [];
    if (isRowName(rejection.seatgeekId)) rows.add(rejection.seatgeekId);
    return [rejection];
  });
  const watched = new Set(keysOf(watch));
  let room = MAX_UNMENDABLE - watched.size;
  // Who is listed stays, with one more attempt.
  const isListed = ({ seatgeekId, code }: RejectedRef): boolean =>
    only !== undefined || !UNMENDABLE.has(code) || watched.has(personKey(seatgeekId)) || (room -= 1) >= 0;
  const [listed, others]: [RejectedRef[], RejectedRef[]] = [[], []];
  for (const rejection of all) (isListed(rejection) && listed.length < MAX_REJECTED ? listed : others).push(rejection);
  const beyond = others.map(({ seatgeekId }) => personKey(seatgeekId));
  const beyondKeys = beyond.slice(0, MAX_BEYOND_KEYS).join('');
  return {
    rejected: listed,
    ...(all.some(({ page }) => page !== undefined) && { furtherPages: names.slice(1) }),
    ...(beyond.length > 0 && { rejectedBeyond: beyond.length, beyondKeys }),
  };
}

/** More than these would make the connection's state large; then the oldest of a long page may come back. */
const MAX_NEWER = 200;

/** A page that the next run reads again must not undo what newer images on earlier pages did. */
function newerImages({ survey }: RunMemory, { page }: PageInHand): Pick<PageResult, 'newer'> {
  if (page.hasMore || page.nextCursor !== page.cursor) return {};
  return { newer: survey.newerThan(page).slice(0, MAX_NEWER) };
}

async function writePages(
  context: ConnectionContext,
  memory: RunMemory,
  pages: GatheredPages,
  { request, running, deactivated }: Work & { readonly deactivated: Deactivated },
): Promise<readonly PlacedOutcome[]> {
  const { people } = memory.survey;
  const known = { people, claims: request.claims, deactivated };
  const refused = pages.rejected.map((rejection): PlacedOutcome => ({
    seatgeekId: rejection.seatgeekId,
    outcome: 'rejected',
    rejection: withClaim(rejection, known),
  }));
  if (pages.people.length === 0) return refused;
  const halo = memory.halo(request.run);
  const feed = feedKnowledge(known);
  if (request.only !== undefined)
    await assertRetry({ context, halo, running }, pages.people, {
      usersShown: usersShown(context.instance, request),
      feed,
    });
  const shownBefore = halo.usersShown;
  const written = await halo.write(pages.people, {
    feed,
    othersMayHaveWritten: othersMayHaveWritten(memory, request),
    haveChanged: isWholePage(request) && request.run.from !== null,
    signal: running.signal,
    onProgress: ({ settled, waitingUntil }) => running.progress({ settled, of: pages.people.length, waitingUntil }),
    onDeactivated: (seatgeekId) => deactivated.noteOne(seatgeekId),
  });
  memory.noteCreated(written.filter(({ outcome }) => outcome === 'created').length, shownBefore);
  deactivated.note(pages.people, written, memory.wasRepeated);
  return [...written.map((outcome) => placed(outcome, pages)), ...refused];
}

/** Whether this page was tried before, or follows on one that this worker did not write. The first page of a pass follows on none. */
function othersMayHaveWritten(memory: RunMemory, { page, run }: UpsertRequest): boolean {
  return memory.isRepeated || (page.cursor !== run.from && page.cursor !== memory.settledUpTo);
}

interface PlacedOutcome extends PersonOutcome {
  readonly rejection?: RejectedRef;
}

function placed(outcome: PersonOutcome, { pageOf }: GatheredPages): PlacedOutcome {
  const { rejection, seatgeekId } = outcome;
  const page = pageOf.get(seatgeekId);
  return rejection === undefined || page === undefined ? outcome : { ...outcome, rejection: { ...rejection, page } };
}

/** Where a row without an id is listed under a name that none has now, all such rows: it is one of them, and takes its place under today's name. */
function onlyThese(page: GatheredPages, only: readonly string[], withoutImage: readonly string[] = []): GatheredPages {
  const wanted = new Set(only.map(foldId));
  const names = new Set(page.rejected.map(({ seatgeekId }) => seatgeekId));
  const wantsRows = only.some((seatgeekId) => isRowName(seatgeekId) && !names.has(seatgeekId));
  const isWanted = ({ seatgeekId }: { readonly seatgeekId: string }): boolean =>
    wanted.has(foldId(seatgeekId)) || (wantsRows && isRowName(seatgeekId));
  const imageless = new Set(withoutImage.map(foldId));
  const people = page.people.filter((person) => isWanted(person) && !imageless.has(foldId(person.seatgeekId)));
  return { ...page, people, rejected: page.rejected.filter(isWanted) };
}

/**
 * Who was refused as well, for another image, stays in the list; an event without one tells nothing of the image listed. The watch list holds eight
 * digits per person (`personKey`).
 */
function resolvedOf(outcomes: readonly PersonOutcome[], watch: string): string[] {
  const watched = new Set(keysOf(watch));
  const refused = new Set<string>();
  for (const { outcome, rejection, seatgeekId } of outcomes)
    if (outcome === 'rejected' && rejection?.code !== 'operation-unknown') refused.add(foldId(seatgeekId));
  return outcomes
    .filter(({ rejection }) => rejection === undefined)
    .map(({ seatgeekId }) => seatgeekId)
    .filter((seatgeekId) => !refused.has(foldId(seatgeekId)) && watched.has(personKey(seatgeekId)));
}

function missingOf(outcomes: readonly PersonOutcome[], only: readonly string[]): string[] {
  const found = new Set(outcomes.map(({ seatgeekId }) => foldId(seatgeekId)));
  return only.filter((seatgeekId) => !found.has(foldId(seatgeekId)));
}
