/**
 * Reads a connection's feed ahead of writing, from where the pass began to its end, and knows of every event afterwards whether it is the newest
 * of its person. Only speed and order: any worker can make it again.
 */
import { setImmediate as oneTurn } from 'node:timers/promises';
import { CursorExpiredError, DriftError } from '../errors.js';
import { foldEmail } from '../mapping/email.js';
import { readEvent, unquote, type ChangeEvent } from '../mapping/row.js';
import type { Identity } from '../mapping/types.js';
import { RowNotHadError } from '../seatgeek/errors.js';
import { cursorStuck } from '../seatgeek/feed-client.js';
import { foldId } from '../contract/person-key.js';
import { Survey } from '../seatgeek/survey.js';
import type { PageRead } from '../seatgeek/page-reader.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { NewerImage, SurveyProgress } from './types.js';

/** Beside the characters of the cursor. */
const BYTES_PER_START = 80;

type Surveyed = Pick<ConnectionContext, 'connection' | 'reader'>;

export interface SurveyOptions {
  readonly signal: AbortSignal;
  /** Epoch milliseconds at which it stops, to go on when called again. */
  readonly until: number;
  /** Called for each page when its events are noted; a page of which it throws is read again, when the survey is called again. */
  readonly onPage?: (page: FeedPage, limit: number) => Promise<void>;
}

export class FeedSurvey {
  readonly people = new Survey();
  /** By cursor: how many events stand before it. */
  readonly #starts = new Map<string | null, number>();
  #startBytes = 0;
  #next: { readonly cursor: string | null; readonly start: number; readonly isPromised: boolean };
  #isComplete = false;

  constructor(
    private readonly context: Surveyed,
    from: string | null,
  ) {
    // Unless the page in hand begins there, it comes later.
    this.#next = { cursor: from, start: 0, isPromised: true };
  }

  /** Every event up to the end of the feed, as it was then, is noted. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Events looked through so far. */
  get events(): number {
    return this.#next.start;
  }

  get progress(): SurveyProgress {
    return { events: this.events, people: this.people.people, isComplete: this.#isComplete };
  }

  get bytes(): number {
    return this.people.bytes + this.#startBytes;
  }

  /**
   * Reads on to the end of the feed, or until time is up; `inHand` is not read again. Does nothing when all of `inHand` is noted and the end was
   * reached. Answers the feed requests it took. Throws what reading the feed throws, and DriftError `cursor-stuck`.
   */
  async readOn(inHand: FeedPage, { signal, until, onPage }: SurveyOptions): Promise<number> {
    if (this.#isComplete && this.covers(inHand)) return 0;
    let requests = 0;
    let next: Promise<PageRead | null> | undefined = this.#read(inHand, signal);
    while (next !== undefined) {
      const read: PageRead | null = await next;
      if (read === null) {
        this.#isComplete = true;
        break;
      }
      requests += read.requests;
      const start = this.#follow(read.page, read.page.rows.length);
      next = this.#isComplete || Date.now() >= until ? undefined : this.#read(inHand, signal);
      next?.catch(() => undefined);
      // The request goes out once this process has a turn: then SeatGeek answers while the page at hand is looked at.
      if (next !== undefined) await oneTurn();
      this.#noteEvents(read.page.rows, start);
      try {
        await onPage?.(read.page, read.limit);
      } catch (error) {
        this.#goBackTo(read.page);
        throw error;
      }
    }
    return requests;
  }

  /** Where a page begins is unknown when pages are cut otherwise: then it may have events that came after the survey. */
  covers(page: FeedPage): boolean {
    const start = this.#starts.get(page.cursor);
    return start !== undefined && start + page.rows.length <= this.#next.start;
  }

  /** Whether events stand between a cursor that was noted and a later one, which may be beyond all that is noted. */
  hasEventsBetween(from: string | null, to: string | null): boolean {
    return (this.#starts.get(from) ?? Infinity) < (this.#starts.get(to) ?? Infinity);
  }

  /** Whether events are noted from there on: then an empty answer is no end of the feed. */
  hasEventsAt(cursor: string | null): boolean {
    return (this.#starts.get(cursor) ?? Infinity) < this.#next.start;
  }

  #goBackTo({ cursor, rows, hasMore }: FeedPage): void {
    this.#next = { cursor, start: this.#starts.get(cursor) ?? 0, isPromised: hasMore || rows.length > 0 };
    this.#isComplete = false;
  }

  /** Notes newer images than some of the feed, known from an earlier run. */
  noteNewer(newer: readonly NewerImage[] = []): void {
    for (const [seatgeekId, sequence] of newer)
      this.people.note({ seatgeekId, sequence, operation: 'upsert', row: {} }, 0, null);
  }

  /** Notes the events of a page, or some of its rows, that follows on what is noted. Throws DriftError `cursor-stuck`. */
  note(page: FeedPage, rows = page.rows): void {
    this.#noteEvents(rows, this.#follow(page, rows.length));
  }

  /** Goes on behind so many rows of the page; answers how many events stand before it. */
  #follow(page: FeedPage, rows: number): number {
    const start = this.#starts.get(page.cursor) ?? this.#next.start;
    const end = start + rows;
    if (page.hasMore && (this.#starts.get(page.nextCursor) ?? Infinity) <= start) throw cursorStuck();
    this.#begin(page.cursor, start);
    this.#begin(page.nextCursor, page.nextCursor === page.cursor ? start : end);
    this.#next = { cursor: page.nextCursor, start: end, isPromised: page.hasMore };
    this.#isComplete = !page.hasMore;
    return start;
  }

  #noteEvents(rows: FeedPage['rows'], start: number): void {
    const { id, email } = this.context.connection.seatgeek.columns;
    const [idColumn, emailColumn] = [unquote(id), unquote(email)];
    rows.forEach((row, index) => {
      const event = readEvent(row, index + 1, idColumn);
      if (!('code' in event)) this.people.note(event, start + event.number, foldEmail(event.row[emailColumn]));
    });
  }

  #begin(cursor: string | null, start: number): void {
    if (!this.#starts.has(cursor)) this.#startBytes += BYTES_PER_START + (cursor?.length ?? 0);
    this.#starts.set(cursor, start);
  }

  /** Of a page's events those that no newer image is known of, one image per person. */
  newestOf(page: FeedPage, events: readonly ChangeEvent[]): ChangeEvent[] {
    const start = this.#starts.get(page.cursor);
    const placeOf = ({ number }: ChangeEvent): number | undefined => (start === undefined ? undefined : start + number);
    const newest = events.filter((event) => this.people.isNewest(event, placeOf(event)));
    if (start !== undefined && !this.#starts.has(page.nextCursor))
      this.#begin(page.nextCursor, start + page.rows.length);
    return lastImages(newest);
  }

  /** What the person of an event is looked for by in Halo. */
  identityOf({ seatgeekId, operation, row }: ChangeEvent): Identity {
    const matchEmail = foldEmail(row[unquote(this.context.connection.seatgeek.columns.email)]);
    return { seatgeekId, deleted: operation === 'delete', matchEmail };
  }

  /** Of whom the page has images that are older than one elsewhere. */
  newerThan(page: FeedPage): NewerImage[] {
    const idColumn = unquote(this.context.connection.seatgeek.columns.id);
    return page.rows.flatMap((row): NewerImage[] => {
      const event = readEvent(row, 0, idColumn);
      if ('code' in event || this.people.isNewest(event, undefined)) return [];
      const sequence = this.people.newestSequence(event.seatgeekId);
      return sequence === null ? [] : [[event.seatgeekId, sequence]];
    });
  }

  /**
   * A row that can't be had alone ends what can be known: the run meets it after all that stands before it. Patient: an attempt reads many pages, and
   * where the memory of them is lost with the worker all of them would be read again.
   */
  async #read(inHand: FeedPage, signal: AbortSignal): Promise<PageRead | null> {
    const { connection, reader } = this.context;
    const limit = connection.seatgeek.pageSize;
    const { cursor, isPromised: isMorePromised } = this.#next;
    if (cursor === inHand.cursor) return { page: inHand, limit, requests: 0 };
    try {
      return await reader.read({ cursor, limit, signal, isMorePromised, isPatient: true });
    } catch (error) {
      // What came before a page that is served is written: another worker begins there where the pass began too long ago.
      if (error instanceof CursorExpiredError && !this.#starts.has(inHand.cursor))
        return { page: inHand, limit, requests: 0 };
      if (isUnreadable(error)) return null;
      if (!(error instanceof RowNotHadError)) throw error;
    }
    // An outage looks like a row that SeatGeek stumbles over: another event, and then the row once more, tell.
    await reader.read({ cursor: inHand.cursor, limit: 1, signal, isMorePromised, isPatient: true });
    try {
      return await reader.read({ cursor, limit: 1, signal, isMorePromised, isPatient: true });
    } catch (error) {
      if (isUnreadable(error) || error instanceof RowNotHadError) return null;
      throw error;
    }
  }
}

/** Of an event that can't be read alone: whatever stands behind it can't be either. */
export function isUnreadable(error: unknown): boolean {
  return error instanceof DriftError && error.code === 'row-unreadable';
}

/** Of a page alone, when nothing else is to be known. */
export function newestOfPage(context: Surveyed, page: FeedPage, events: readonly ChangeEvent[]): ChangeEvent[] {
  const survey = new FeedSurvey(context, page.cursor);
  survey.note(page);
  return survey.newestOf(page, events);
}

/** A feed may repeat a row. Each event of an unknown operation is reported. */
function lastImages(events: readonly ChangeEvent[]): ChangeEvent[] {
  const last = new Map<string, ChangeEvent>();
  for (const event of events) if (event.operation !== 'unknown') last.set(foldId(event.seatgeekId), event);
  return events.filter((event) => event.operation === 'unknown' || last.get(foldId(event.seatgeekId)) === event);
}
