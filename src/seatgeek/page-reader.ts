/** Reads pages at a size that SeatGeek can serve: halved when a page is too much, grown again when pages come easily. */
import { PageTooLargeError } from './errors.js';
import type { FeedClient, FeedPage, ReadPageOptions } from './types.js';

/** A page and what it took. */
export interface PageRead {
  readonly page: FeedPage;
  /** The size that was asked for in the end: with the cursor it names this page. */
  readonly limit: number;
  /** Feed requests that this read took. */
  readonly requests: number;
}

export interface PageReader {
  /** Reads one page of at most `limit` events. Throws what `FeedClient.readPage` throws. */
  read(options: ReadPageOptions): Promise<PageRead>;
}

const SMALLEST = 50;
/** Pages in a row that must come before the size is doubled. */
const EASY_PAGES = 5;
/** A size that ran into the time limit is halved this often within one read; an outage would otherwise be waited for again and again. */
const MAX_TIMEOUTS = 2;

/** One per connection: what it learns about the size counts for all its reads. */
export function createPageReader(client: FeedClient): PageReader {
  let cap = Infinity;
  let easyPages = 0;

  const shrink = (limit: number): number => {
    easyPages = 0;
    cap = Math.max(SMALLEST, Math.floor(limit / 2));
    return cap;
  };
  const grow = (asked: number): void => {
    if (asked <= cap) return;
    easyPages += 1;
    if (easyPages < EASY_PAGES) return;
    easyPages = 0;
    cap = cap * 2 >= asked ? Infinity : cap * 2;
  };

  const read = async (options: ReadPageOptions): Promise<PageRead> => {
    let limit = Math.min(options.limit, cap);
    let requests = 0;
    let timeouts = 0;
    const onRequest = (): void => {
      requests += 1;
      options.onRequest?.();
    };
    for (;;) {
      try {
        const page = await client.readPage({ ...options, limit, onRequest });
        grow(options.limit);
        return { page, limit, requests };
      } catch (error) {
        if (!(error instanceof PageTooLargeError) || limit <= SMALLEST) throw error;
        limit = shrink(limit);
        if (error.code === 'seatgeek-timeout' && (timeouts += 1) > MAX_TIMEOUTS) throw error;
      }
    }
  };
  return { read };
}
