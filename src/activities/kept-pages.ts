/** Pages of one run that this worker has in memory. Holds people. */
import type { MappedPage } from '../mapping/types.js';
import type { FeedPage } from '../seatgeek/types.js';
import type { PageName } from './types.js';

/** A run works on one page and has the next one read; a third may be in the survey's hand. */
const FEWEST_PAGES = 3;
/** Beyond these so many characters are kept: then a run of some ten thousand events reads its feed once, not twice. */
const MAX_CHARACTERS = 8 * 1_024 * 1_024;

export interface KeptPage {
  readonly page: FeedPage;
  /** What the survey knew when the page was mapped, and what came of it. */
  mapped?: { readonly version: number; readonly people: MappedPage };
}

export class KeptPages {
  readonly #pages = new Map<string, KeptPage>();
  #characters = 0;

  /** Of their text as SeatGeek sent it. */
  get characters(): number {
    return this.#characters;
  }

  get(name: PageName): KeptPage | undefined {
    return this.#pages.get(keyOf(name));
  }

  /** A page that is worked on next, however large; those kept for longest make room for it. */
  keep(page: FeedPage, limit: number): void {
    const key = keyOf({ cursor: page.cursor, limit });
    this.#forget(key);
    this.#add(key, page);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size <= FEWEST_PAGES || this.#characters <= MAX_CHARACTERS) break;
      this.#forget(oldest);
    }
  }

  /** A page that comes later: there is room for it, or it is read again. The first ones are those that are written first. */
  keepAhead(page: FeedPage, limit: number): void {
    const key = keyOf({ cursor: page.cursor, limit });
    if (this.#pages.has(key) || this.#characters + charactersOf(page) > MAX_CHARACTERS) return;
    this.#add(key, page);
  }

  forget(name: PageName): void {
    this.#forget(keyOf(name));
  }

  clear(): void {
    this.#pages.clear();
    this.#characters = 0;
  }

  #add(key: string, page: FeedPage): void {
    this.#pages.set(key, { page });
    this.#characters += charactersOf(page);
  }

  #forget(key: string): void {
    const kept = this.#pages.get(key);
    if (kept === undefined) return;
    this.#characters -= charactersOf(kept.page);
    this.#pages.delete(key);
  }
}

function charactersOf({ characters = 0 }: FeedPage): number {
  return characters;
}

/** Tells pages from each other. */
export function keyOf({ cursor, limit }: PageName): string {
  return JSON.stringify([cursor, limit]);
}
