/**
 * Reads pages at a size that SeatGeek can serve: halved when a page can't be had, down to the one row that is the cause; grown again when pages
 * come easily. Pages without rows are passed over.
 */
import { systemClock, type Clock } from '../halo/clock.js';
import { mayPass, PageNotHadError, rowError } from './errors.js';
import { cursorStuck } from './feed-client.js';
import type { FeedClient, FeedPage, ReadPageOptions } from './types.js';

/** A page and what it took. */
export interface PageRead {
  /** Begins at the cursor asked for, or at a later one if all before it is empty. */
  readonly page: FeedPage;
  /** The size that was asked for in the end: with the page's cursor it names this page. */
  readonly limit: number;
  /** Feed requests that this read took. */
  readonly requests: number;
}

export interface PageReadOptions extends ReadPageOptions {
  /**
   * Waits out what passes by itself and asks again, within bounds: where a failure would cost more than this page. Default: it is thrown at once,
   * for somebody may wait for the answer.
   */
  readonly isPatient?: boolean;
}

export interface PageReader {
  /**
   * Reads one page of at most `limit` events. Empty only at the end of the feed, or after a thousand empty ones. Throws what
   * `FeedClient.readPage` throws, DriftError `row-unreadable` for a row that is broken or too large alone, RowNotHadError for one that may be,
   * `cursor-stuck` for a feed that goes in a circle.
   */
  read(options: PageReadOptions): Promise<PageRead>;
}

/** Pages in a row that must come before the size is doubled: twice as many after each time that the doubled one did not last. */
const EASY_PAGES = 5;
/** A size that ran into the time limit is halved this often within one read; an outage would otherwise be waited for again and again. */
const MAX_TIMEOUTS = 2;
/** So many are passed over in one read; then the caller gets an empty one, so that it can note how far the feed is read. */
const MAX_EMPTY_PAGES = 1_000;

/** Refusals for their number that are waited out for one page, and for how long each at most. */
const MAX_LIMIT_ANSWERS = 5;
const MAX_LIMIT_WAIT_MS = 6 * 60_000;
/** The same of whatever else may pass. A longer outage is given to the caller. */
const MAX_REPEATS = 2;
const MAX_PAUSE_MS = 60_000;
const FIRST_PAUSE_MS = 1_000;

/** For one page: answers whether what it failed with was waited out, so that it may be asked for again. Throws the signal's reason. */
function createPatience(clock: Clock, signal: AbortSignal | undefined): (error: unknown) => Promise<boolean> {
  let limited = 0;
  let repeats = 0;
  return async (error) => {
    if (!mayPass(error)) return false;
    const isLimit = error.code === 'seatgeek-rate-limited';
    const [before, max, maxMs] = isLimit
      ? [limited++, MAX_LIMIT_ANSWERS, MAX_LIMIT_WAIT_MS]
      : [repeats++, MAX_REPEATS, MAX_PAUSE_MS];
    const ms = Math.max(error.retryAfterMs ?? 0, FIRST_PAUSE_MS * 2 ** before);
    if (before >= max || ms > maxMs) return false;
    await clock.sleep(ms, signal);
    return true;
  };
}

/** One per connection: what it learns about the size counts for all its reads. */
export function createPageReader(client: FeedClient, clock: Clock = systemClock): PageReader {
  let cap = Infinity;
  let easyPages = 0;
  let needed = EASY_PAGES;
  /** It is not known yet whether the size lasts. */
  let hasGrown = false;

  const shrink = (limit: number): number => {
    if (hasGrown) needed *= 2;
    hasGrown = false;
    easyPages = 0;
    cap = Math.max(1, Math.floor(limit / 2));
    return cap;
  };
  const grow = (asked: number): void => {
    // A page that is asked for much smaller tells nothing of the size.
    if (asked <= cap / 2) return;
    easyPages += 1;
    if (easyPages < needed) return;
    easyPages = 0;
    if (hasGrown) needed = EASY_PAGES;
    hasGrown = asked > cap;
    if (hasGrown) cap *= 2;
  };

  const readOne = async (options: PageReadOptions): Promise<Omit<PageRead, 'requests'>> => {
    const isWaitedOut = createPatience(clock, options.signal);
    let limit = Math.min(options.limit, cap);
    let timeouts = 0;
    for (;;) {
      try {
        const page = await client.readPage({ ...options, limit });
        grow(options.limit);
        return { page, limit };
      } catch (error) {
        if (options.isPatient === true && (await isWaitedOut(error))) continue;
        if (!(error instanceof PageNotHadError)) throw error;
        if (limit === 1) throw rowError(error);
        limit = shrink(limit);
        if (error.code === 'seatgeek-timeout' && (timeouts += 1) > MAX_TIMEOUTS) throw error;
      }
    }
  };
  const read = async (options: PageReadOptions): Promise<PageRead> => {
    let requests = 0;
    const onRequest = (): void => {
      requests += 1;
      options.onRequest?.();
    };
    const passed = new Set([options.cursor]);
    for (let { cursor, isMorePromised = false } = options; ;) {
      const { page, limit } = await readOne({ ...options, cursor, isMorePromised, onRequest });
      const isPassedOver = page.rows.length === 0 && page.hasMore && passed.size <= MAX_EMPTY_PAGES;
      if (!isPassedOver) return { page, limit, requests };
      if (passed.has(page.nextCursor)) throw cursorStuck();
      cursor = page.nextCursor;
      isMorePromised = true;
      passed.add(cursor);
    }
  };
  return { read };
}
