/** The pages that runs are working on, read and mapped, in this worker's memory: only speed, for any page can be read again by its name. */
import type { MappedPage } from '../mapping/types.js';
import { createPageCache, type CachedPage, type PageKey } from '../seatgeek/page-cache.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { ConnectionContext } from './connection-contexts.js';
import type { PageName } from './types.js';

/** A run holds two pages at a time; the rest serves other connections. */
const BOUNDS = { maxPages: 100, maxRows: 20_000 };

export interface PageInHand {
  /** The page as it was read, which may be smaller than asked for. */
  readonly name: PageName;
  readonly page: FeedPage;
  /** Feed requests this took; 0 when it was in memory. */
  readonly requests: number;
}

export interface MappedPageInHand extends PageInHand {
  readonly mapped: MappedPage;
}

/** Pages by connection, cursor and size; shared by all activities of a worker. */
export class FeedPages {
  readonly #cache = createPageCache<MappedPage>(BOUNDS);

  /** Asks SeatGeek whatever is in memory. */
  async readAnew(context: ConnectionContext, name: PageName, signal: AbortSignal): Promise<PageInHand> {
    this.#cache.drop(keyOf(context, name));
    return this.read(context, name, signal);
  }

  /** Frees the memory of a page that is settled. */
  forget(context: ConnectionContext, name: PageName): void {
    this.#cache.drop(keyOf(context, name));
  }

  async read(context: ConnectionContext, name: PageName, signal: AbortSignal): Promise<PageInHand> {
    const { entry, ...page } = await this.#read(context, name, signal);
    return { ...page, page: entry.page };
  }

  /** Read and mapped; throws DriftError when a mapped column is missing. With `takeEvents` only the first so many rows are mapped. */
  async readMapped(
    context: ConnectionContext,
    name: PageName,
    signal: AbortSignal,
    takeEvents?: number,
  ): Promise<MappedPageInHand> {
    const { entry, ...page } = await this.#read(context, name, signal);
    context.mapper.assertColumns(entry.page.columns);
    const mapped =
      takeEvents === undefined
        ? await entry.derived((rows) => context.mapper.mapPage(rows))
        : await context.mapper.mapPage(entry.page, { takeEvents });
    return { ...page, page: entry.page, mapped };
  }

  async #read(
    context: ConnectionContext,
    name: PageName,
    signal: AbortSignal,
  ): Promise<{ name: PageName; entry: CachedPage<MappedPage>; requests: number }> {
    let requests = 0;
    const entry = await this.#cache.read(keyOf(context, name), async () => {
      const read = await context.reader.read({ ...name, signal });
      requests = read.requests;
      return read;
    });
    return { name: { cursor: entry.page.cursor, limit: entry.limit }, entry, requests };
  }
}

function keyOf(context: ConnectionContext, { cursor, limit }: PageName): PageKey {
  return { connection: context.key, cursor, limit };
}
