/** Pages that were read lately, with what became of them. Only speed: whatever is not here is read again by its name. Holds people. */
import { SyncError } from '../errors.js';
import type { FeedPage } from './types.js';

/** Names a page within a process. */
export interface PageKey {
  /** Tells connections and versions of their files apart. */
  readonly connection: string;
  readonly cursor: string | null;
  readonly limit: number;
}

/** A kept page. */
export interface CachedPage<Derived> {
  readonly page: FeedPage;
  /** The size the page was read with, which may be smaller than asked for. */
  readonly limit: number;
  /** What `derive` makes of the page, made once. A failure is not kept. */
  derived(derive: (page: FeedPage) => Promise<Derived>): Promise<Derived>;
}

export interface PageCache<Derived> {
  /** The kept page, or the one that `load` reads; concurrent readers of a page share one `load`. */
  read(key: PageKey, load: () => Promise<{ page: FeedPage; limit: number }>): Promise<CachedPage<Derived>>;
  /** Forgets the page, so that the next read loads it. */
  drop(key: PageKey): void;
  /** Kept pages. */
  readonly size: number;
}

export interface PageCacheBounds {
  readonly maxPages: number;
  /** A single page above it is kept alone. */
  readonly maxRows: number;
}

/** Least recently used pages go first, when either bound is passed. */
export function createPageCache<Derived>({ maxPages, maxRows }: PageCacheBounds): PageCache<Derived> {
  const kept = new Map<string, CachedPage<Derived>>();
  const loading = new Map<string, Promise<CachedPage<Derived>>>();
  let rows = 0;

  const forget = (name: string): void => {
    rows -= kept.get(name)?.page.rows.length ?? 0;
    kept.delete(name);
  };
  const keep = (name: string, entry: CachedPage<Derived>): CachedPage<Derived> => {
    forget(name);
    kept.set(name, entry);
    rows += entry.page.rows.length;
    for (const oldest of kept.keys()) {
      if (kept.size <= 1 || (kept.size <= maxPages && rows <= maxRows)) break;
      forget(oldest);
    }
    return entry;
  };
  const load = async (
    key: PageKey,
    loadPage: () => Promise<{ page: FeedPage; limit: number }>,
  ): Promise<CachedPage<Derived>> => {
    const { page, limit } = await loadPage();
    return keep(nameOf({ ...key, limit }), createEntry(page, limit));
  };
  const share = (key: PageKey, loadPage: Parameters<typeof load>[1]): Promise<CachedPage<Derived>> => {
    const name = nameOf(key);
    const started = load(key, loadPage).finally(() => loading.delete(name));
    loading.set(name, started);
    return started;
  };

  return {
    read: async (key, loadPage) => {
      const name = nameOf(key);
      const entry = kept.get(name);
      if (entry !== undefined) return keep(name, entry);
      const others = loading.get(name);
      if (others === undefined) return share(key, loadPage);
      return others.catch((error: unknown) => {
        // SeatGeek's refusal counts for everybody; that another reader gave up does not.
        if (error instanceof SyncError) throw error;
        return loading.get(name) ?? share(key, loadPage);
      });
    },
    drop: (key) => forget(nameOf(key)),
    get size() {
      return kept.size;
    },
  };
}

function nameOf({ connection, cursor, limit }: PageKey): string {
  return JSON.stringify([connection, cursor, limit]);
}

function createEntry<Derived>(page: FeedPage, limit: number): CachedPage<Derived> {
  let made: Promise<Derived> | undefined;
  return {
    page,
    limit,
    derived: (derive) => {
      made ??= derive(page).catch((error: unknown) => {
        made = undefined;
        throw error;
      });
      return made;
    },
  };
}
