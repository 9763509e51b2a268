/** Finds one person in the feed by reading it from a cursor to its end. */
import { createHmac } from 'node:crypto';
import type { PageReader } from '../seatgeek/page-reader.js';
import { foldId } from '../contract/person-key.js';
import { Survey } from '../seatgeek/survey.js';
import type { FeedPage } from '../seatgeek/types.js';
import { foldEmail } from './email.js';
import { readEvent, unquote, type ChangeEvent } from './row.js';

/** How to read the feed. */
export interface Walk {
  readonly reader: PageReader;
  readonly columns: { readonly id: string; readonly email: string };
  /** Page size. */
  readonly limit: number;
  readonly signal: AbortSignal;
  /** Epoch milliseconds after which no further page is read. */
  readonly until: number;
  /** Called after each page with the number of pages read so far. */
  readonly onPage: (pages: number) => void;
}

/** Where an image stands, counted from 1. */
export interface ImagePlace {
  readonly page: number;
  readonly position: number;
  readonly operation: ChangeEvent['operation'];
  readonly sequence: string | null;
}

export interface NewestImage extends ImagePlace {
  /** A page that holds nothing but this image. */
  readonly alone: FeedPage;
}

/** A person in the feed. */
export interface FoundPerson {
  readonly pages: number;
  readonly images: number;
  /** The last ones. */
  readonly places: readonly ImagePlace[];
  readonly newest: NewestImage | null;
  /** Number of the page after which the cursor asked for stands; null when no page ends there. */
  readonly cursorAfterPage: number | null;
  /** False when time was up before the end of the feed. */
  readonly isWholeFeed: boolean;
  readonly requests: number;
}

const PLACES_KEPT = 20;
const IDS_KEPT = 10;

/** Reads from `from` to the end of the feed. Throws what reading the feed throws. */
export async function findPerson(
  walk: Walk,
  seatgeekId: string,
  from: string | null,
  cursor: string | null = null,
): Promise<FoundPerson> {
  let places: ImagePlace[] = [];
  let images = 0;
  const survey = new Survey();
  let newest: NewestImage | null = null;
  let cursorAfterPage: number | null = null;
  const read = await readFeed(walk, from, (page, number) => {
    for (const event of eventsOf(page, walk.columns.id)) {
      if (foldId(event.seatgeekId) !== foldId(seatgeekId)) continue;
      const position = event.number;
      const place = { page: number, position, operation: event.operation, sequence: event.sequence };
      images += 1;
      survey.note(event, images, null);
      places = [...places, place].slice(-PLACES_KEPT);
      // An unknown operation says nothing about the person.
      const isNewest = event.operation !== 'unknown' && survey.isNewest(event, images);
      if (isNewest || newest === null || newest.operation === 'unknown')
        newest = { ...place, alone: { ...page, rows: page.rows.slice(position - 1, position) } };
    }
    if (page.nextCursor === cursor) cursorAfterPage = number;
  });
  return { ...read, images, places, newest, cursorAfterPage };
}

/** SeatGeek IDs of the people who have, or had, an address with this `<salt>:<hash>`, the last one met last. */
export async function findIds(walk: Walk, hashed: string): Promise<{ ids: string[]; requests: number }> {
  const ids = new Set<string>();
  const [salt = '', hash] = hashed.split(':');
  const emailColumn = unquote(walk.columns.email);
  const { requests } = await readFeed(walk, null, (page) => {
    for (const event of eventsOf(page, walk.columns.id)) {
      const email = foldEmail(event.row[emailColumn]);
      if (email === null || hashEmail(email, salt) !== hash) continue;
      ids.delete(event.seatgeekId);
      ids.add(event.seatgeekId);
    }
  });
  return { ids: [...ids].slice(-IDS_KEPT), requests };
}

/** `email` folded, `salt` in hex. */
export function hashEmail(email: string, salt: string): string {
  return createHmac('sha256', Buffer.from(salt, 'hex')).update(email).digest('hex');
}

async function readFeed(
  { reader, limit, signal, until, onPage }: Walk,
  from: string | null,
  look: (page: FeedPage, number: number) => void,
): Promise<{ pages: number; isWholeFeed: boolean; requests: number }> {
  let requests = 0;
  let pages = 0;
  for (let cursor = from; ;) {
    const read = await reader.read({ cursor, limit, signal, isMorePromised: cursor !== from });
    requests += read.requests;
    if (read.page.rows.length > 0) look(read.page, (pages += 1));
    onPage(pages);
    if (!read.page.hasMore) return { pages, isWholeFeed: true, requests };
    if (Date.now() > until) return { pages, isWholeFeed: false, requests };
    cursor = read.page.nextCursor;
  }
}

function eventsOf(page: FeedPage, idColumn: string): ChangeEvent[] {
  return page.rows.flatMap((row, index) => {
    const event = readEvent(row, index + 1, unquote(idColumn));
    return 'code' in event ? [] : [event];
  });
}
