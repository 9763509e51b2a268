/**
 * What this worker has in memory of the runs that are going on: pages, survey, and what was learnt of Halo. One owner for all of it. Any other
 * worker learns it anew: memory is only speed. Holds people.
 */
import { LRUCache } from 'lru-cache';
import type { HaloRun, WriteOptions } from '../halo/types.js';
import type { ChangeEvent } from '../mapping/row.js';
import type { MappedPage } from '../mapping/types.js';
import type { PageRead } from '../seatgeek/page-reader.js';
import type { FeedPage } from '../seatgeek/types.js';
import { assertWithin, markPeople, whoCounts, type Past } from './brake.js';
import type { ConnectionContext } from './connection-contexts.js';
import { FeedSurvey, isUnreadable, newestOfPage } from './feed-survey.js';
import type { Running } from './heartbeat.js';
import { keyOf, KeptPages } from './kept-pages.js';
import { nameRows } from './row-names.js';
import type { NewerImage, PageName, RunName } from './types.js';

/** A memory that nobody used for so long belongs to a run that was stopped, or goes on elsewhere. */
const IDLE_MS = 20 * 60_000;
/** Together; then who was not used for longest goes first, though never one in use. */
const MAX_BYTES = 512 * 1_024 * 1_024;
/** Passes known to be over; of more, those that ended longest ago are forgotten, for which nothing reads ahead any more. */
const MAX_OVER = 1_000;
/** A survey gives the workflow its turn, so that its progress gets on view and a new file is taken. */
const SURVEY_SLICE_MS = 20_000;
/** Rows in memory against their text. */
const BYTES_PER_CHARACTER = 3;

export interface PageInHand {
  /** The page as it was read, which may be smaller than asked for, save by `readWhole`. */
  readonly name: PageName;
  readonly page: FeedPage;
  /** Feed requests this took; 0 when it was in memory. */
  readonly requests: number;
}

interface Asked {
  readonly signal: AbortSignal;
  /** See `ReadPageOptions`. */
  readonly isMorePromised: boolean;
}

/** One run, or what was left of one that goes on. */
export class RunMemory {
  readonly survey: FeedSurvey;
  /** See `Deactivated`. */
  readonly deactivated = new Set<string>();
  /** What is written next may have been written by an attempt that could not say so. */
  isRepeated = false;
  /** So was something of the run. How far a step went on before it came to nothing it could not say. */
  wasRepeated = false;
  /** The cursor up to which the last write settled the feed; undefined before there was one. */
  settledUpTo: string | null | undefined;
  readonly #pages = new KeptPages();
  #halo: { readonly run: string; readonly of: HaloRun; withCreated: number | null } | null = null;
  /** The page that comes next. */
  #ahead: { readonly key: string; readonly read: Promise<PageInHand | undefined> } | undefined;
  #isWithinPast = false;
  #isMarkedBefore = false;
  #run = '';

  constructor(
    private readonly context: ConnectionContext,
    from: string | null,
  ) {
    this.survey = new FeedSurvey(context, from);
  }

  get bytes(): number {
    return this.survey.bytes + (this.#halo?.of.bytes ?? 0) + this.#pages.characters * BYTES_PER_CHARACTER;
  }

  /** A later run of the same pass reads all pages anew: it may come days after the one before. */
  beginRun({ id }: RunName): void {
    if (id === this.#run) return;
    this.#run = id;
    this.#pages.clear();
    this.#ahead = undefined;
    this.isRepeated = false;
    this.wasRepeated = false;
    this.#isWithinPast = false;
    this.#isMarkedBefore = this.survey.events > 0;
  }

  /** Another worker has written what stands before the page since this one last wrote: what was learnt of Halo is no longer so. */
  noteOthers({ cursor }: PageName): void {
    if (this.settledUpTo !== undefined && this.survey.hasEventsBetween(this.settledUpTo, cursor)) this.#halo = null;
  }

  /** What was learnt of Halo in the run: a later one of the same pass learns it anew. */
  halo({ id }: RunName): HaloRun {
    if (this.#halo?.run !== id) this.#halo = { run: id, of: this.context.startHaloRun(), withCreated: null };
    return this.#halo.of;
  }

  /** Takes how many users a write has created, where Halo had told of so many before it. */
  noteCreated(created: number, shownBefore: number | null): void {
    const halo = this.#halo;
    const known = halo?.withCreated ?? shownBefore;
    if (halo !== null && known !== null) halo.withCreated = Math.max(known, shownBefore ?? 0) + created;
  }

  /** Users that Halo shows, with those created since it told; null before it did. */
  get usersShown(): number | null {
    if (this.#halo === null) return null;
    const { of, withCreated } = this.#halo;
    return withCreated === null ? of.usersShown : Math.max(withCreated, of.usersShown ?? 0);
  }

  /** The page as it is now: asks SeatGeek again where it may have grown since it was read, being the last one. */
  async readLatest(name: PageName, asked: Asked): Promise<PageInHand> {
    const isRead = this.#ahead?.key === keyOf(name) || this.#pages.get(name) !== undefined;
    const before = isRead ? await this.read(name, asked) : undefined;
    if (before?.page.hasMore === true) return before;
    const latest = await this.#readAnew(name, asked);
    return { ...latest, requests: latest.requests + (before?.requests ?? 0) };
  }

  /** The page as it was when the run read it, if that is in memory. */
  async read(name: PageName, asked: Asked): Promise<PageInHand> {
    const ahead = this.#ahead?.key === keyOf(name) ? this.#ahead.read : undefined;
    this.#ahead = ahead === undefined ? this.#ahead : undefined;
    const read = await ahead;
    if (read !== undefined) return read;
    const kept = this.#pages.get(name);
    return kept === undefined ? this.#readAnew(name, asked) : { name, page: kept.page, requests: 0 };
  }

  /** Begins to read what `read` will be asked for. What fails is tried anew then. */
  readAhead(name: PageName, asked: Asked): void {
    this.#ahead = { key: keyOf(name), read: this.read(name, asked).catch(() => undefined) };
  }

  /** Whether the feed was looked through beyond the page, so that it can be written as it is. */
  isSurveyed({ page }: PageInHand): boolean {
    return page.rows.length > 0 && this.survey.isComplete && this.survey.covers(page);
  }

  /**
   * The page with so many events as were on it once, read in parts where SeatGeek serves it only in parts by now. It ends early at the end of the
   * feed, and at an event that can't be read alone.
   */
  async readWhole(name: PageName, events: number, asked: Asked): Promise<PageInHand> {
    const first = await this.read(name, asked);
    let { page, requests } = first;
    while (page.hasMore && page.rows.length < events) {
      const part = await this.#readPart({ cursor: page.nextCursor, limit: events - page.rows.length }, asked);
      requests += part?.requests ?? 0;
      if (part === null || part.page.rows.length === 0) break;
      page = joined(page, part.page);
    }
    if (page === first.page) return first;
    this.forget(first.name);
    this.#pages.keep(page, name.limit);
    return { name: { cursor: page.cursor, limit: name.limit }, page, requests };
  }

  async #readPart(name: PageName, { signal }: Asked): Promise<PageRead | null> {
    try {
      return await this.#ask(name, { signal, isMorePromised: true });
    } catch (error) {
      if (isUnreadable(error)) return null;
      throw error;
    }
  }

  async #readAnew(name: PageName, asked: Asked): Promise<PageInHand> {
    const { page, limit, requests } = await this.#ask(name, asked);
    if (page.rows.length > 0) this.#pages.keep(page, limit);
    return { name: { cursor: page.cursor, limit }, page, requests };
  }

  #ask({ cursor, limit }: PageName, { signal, ...asked }: Asked): Promise<PageRead> {
    const isMorePromised = asked.isMorePromised || this.survey.hasEventsAt(cursor);
    return this.context.reader.read({ cursor, limit, signal, isMorePromised });
  }

  /** Frees the memory of a page that is settled. */
  forget(name: PageName): void {
    this.#pages.forget(name);
  }

  /**
   * The page's newest images, mapped: newest as far as the survey knows once it is made, else on the page. Throws DriftError when a mapped column
   * is missing.
   */
  mapped(read: PageInHand, takeEvents?: number): Promise<MappedPage> {
    return this.#orForget(read, () => this.#mapped(read, takeEvents));
  }

  /** Throws DriftError when the page lacks a mapped column. */
  assertColumns(read: PageInHand): Promise<void> {
    return this.#orForget(read, () => this.context.mapper.assertColumns(read.page.columns));
  }

  /** A page that can't be mapped is read anew by whoever needs it next: the column may be back. */
  async #orForget<T>({ name }: PageInHand, look: () => T | Promise<T>): Promise<T> {
    try {
      return await look();
    } catch (error) {
      this.forget(name);
      throw error;
    }
  }

  async #mapped({ name, page }: PageInHand, takeEvents: number | undefined): Promise<MappedPage> {
    const { mapper } = this.context;
    const { isComplete, people } = this.survey;
    const isAlone = !isComplete && takeEvents === undefined;
    const version = isAlone ? -1 : people.version;
    const kept = this.#pages.get(name);
    if (takeEvents === undefined && kept?.mapped?.version === version) return kept.mapped.people;
    const unnamed = await mapper.mapPage(page, {
      takeEvents,
      select: (events) => (isAlone ? newestOfPage(this.context, page, events) : this.survey.newestOf(page, events)),
    });
    const mapped = { ...unnamed, rejected: await nameRows(this.context, unnamed.rejected, page.rows) };
    if (kept !== undefined && takeEvents === undefined) kept.mapped = { version, people: mapped };
    return mapped;
  }

  /**
   * Reads the feed on to its end, or for a while; `survey.isComplete` tells. With `past` the brake counts meanwhile, and holds the run at the end,
   * also when more has come since it last did.
   * Answers the feed requests it took. Throws as reading the feed and Halo does, and BrakeError.
   */
  async surveyOn(page: PageInHand, options: SurveyRequest): Promise<number> {
    const { run, past, running } = options;
    const { context, survey } = this;
    survey.noteNewer(options.newer);
    const check = { context, halo: this.halo(run), survey, running };
    const requests = await survey.readOn(page.page, {
      signal: running.signal,
      until: options.isWhole ? Infinity : Date.now() + SURVEY_SLICE_MS,
      onPage: async (noted, limit) => {
        running.progress({ surveyed: survey.events });
        if (past !== undefined) {
          this.#isWithinPast = false;
          const select = (events: readonly ChangeEvent[]): Promise<readonly ChangeEvent[]> =>
            whoCounts(check, past, survey.newestOf(noted, events));
          await markPeople(check, await context.mapper.mapPage(noted, { select }));
        }
        if (noted !== page.page) this.#pages.keepAhead(noted, limit);
      },
    });
    if (survey.isComplete && past !== undefined && !this.#isWithinPast) {
      const countUsers = async (asked: WriteOptions): Promise<number> =>
        Math.max(await check.halo.countUsers(asked), this.usersShown ?? 0);
      const hasWritten = this.settledUpTo !== undefined;
      await assertWithin({ ...check, halo: { countUsers }, hasWritten, isMarkedBefore: this.#isMarkedBefore }, past);
      this.#isWithinPast = true;
    }
    return requests;
  }

  /** The brake on a sample: nobody but its people counts. Throws BrakeError. */
  async checkSample(page: PageInHand, takeEvents: number, { run, past, running }: SampleCheck): Promise<void> {
    const check = { context: this.context, halo: this.halo(run), survey: this.survey, running };
    await markPeople(check, await this.mapped(page, takeEvents));
    await assertWithin(check, past);
  }
}

function joined(page: FeedPage, { nextCursor, hasMore, rows, characters = 0 }: FeedPage): FeedPage {
  const length = (page.characters ?? 0) + characters;
  return { ...page, nextCursor, hasMore, rows: [...page.rows, ...rows], characters: length };
}

export interface SurveyRequest {
  readonly run: RunName;
  /** Newer images than some of the feed, known from an earlier run. */
  readonly newer?: readonly NewerImage[] | undefined;
  /** Left out: the brake is off. */
  readonly past?: Past | undefined;
  /** To the end, however long it takes. */
  readonly isWhole: boolean;
  readonly running: Running;
}

export interface SampleCheck extends Pick<SurveyRequest, 'run' | 'running'> {
  readonly past: Past;
}

interface Kept {
  readonly memory: RunMemory;
  users: number;
  usedAt: number;
}

/** The memories of a worker, by pass; shared by all its activities. */
export class RunMemories {
  readonly #kept = new Map<string, Kept>();
  readonly #over = new LRUCache<string, true>({ max: MAX_OVER });

  /** Makes the run's memory, or finds it, for as long as the work takes. */
  async use<T>(context: ConnectionContext, run: RunName, work: (memory: RunMemory) => Promise<T>): Promise<T> {
    const key = keyOfRun(context, run);
    const kept = this.#kept.get(key) ?? { memory: new RunMemory(context, run.from), users: 0, usedAt: 0 };
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    kept.users += 1;
    kept.memory.beginRun(run);
    try {
      return await work(kept.memory);
    } finally {
      kept.users -= 1;
      kept.usedAt = Date.now();
      if (kept.users === 0 && this.#over.has(key)) this.#kept.delete(key);
      this.#free();
    }
  }

  /** The run has come to its end: what still reads ahead for it leaves nothing behind. */
  end(context: ConnectionContext, run: RunName): void {
    this.forget(context, run);
    this.#over.set(keyOfRun(context, run), true);
  }

  /** The run may go on, and learns everything anew then. */
  forget(context: ConnectionContext, run: RunName): void {
    this.#kept.delete(keyOfRun(context, run));
  }

  /** A step writes, after the end as well: the last one is repeated where its result was lost, and may find more then. */
  goOn(context: ConnectionContext, run: RunName): void {
    this.#over.delete(keyOfRun(context, run));
  }

  #free(): void {
    let bytes = 0;
    for (const { memory } of this.#kept.values()) bytes += memory.bytes;
    const last = [...this.#kept.keys()].at(-1);
    for (const [key, { memory, users, usedAt }] of this.#kept) {
      // One that has no room even alone would learn everything anew for each step.
      if (users > 0 || key === last || (bytes <= MAX_BYTES && Date.now() - usedAt < IDLE_MS)) continue;
      bytes -= memory.bytes;
      this.#kept.delete(key);
    }
  }
}

function keyOfRun({ key }: ConnectionContext, { pass }: RunName): string {
  return `${pass} ${key}`;
}
