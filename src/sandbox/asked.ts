/** What a request asks, for faults that are placed by it and not by its number. */
import { isObject, readJson, type JsonObject } from '../json.js';
import { parseCursor } from './feed-cursor.js';

/** A request as a fault may look at it. */
export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

/** The elements of an array that is sent; none when the body is anything else. */
export function itemsOf({ method, body }: Pick<Asked, 'method' | 'body'>): JsonObject[] {
  if (method !== 'POST' || !body.startsWith('[')) return [];
  const sent = readJson(body);
  return Array.isArray(sent) ? sent.filter(isObject) : [];
}

/** Whether an element of the array fits. */
export function sends(fits: (item: JsonObject) => boolean): (asked: Asked) => boolean {
  return (asked) => itemsOf(asked).some(fits);
}

/** Whether the text stands anywhere in an element: a name, an e-mail address, a SeatGeek ID. */
export function holds(text: string): (item: JsonObject) => boolean {
  const quoted = JSON.stringify(text).slice(1, -1);
  return (item) => JSON.stringify(item).includes(quoted);
}

/** An element without an id. */
export function isNew(item: JsonObject): boolean {
  return !('id' in item) || item['id'] === 0;
}

/** `GET /Users` for the nth page of a list in ascending order, not of one looked up by a value. */
export function listsPage(no: number): (asked: Asked) => boolean {
  return (asked) => isList(asked) && pageOf(asked).no === no;
}

/** `GET /Users` for a page, of whatever size, on which row `at` stands, counted from 0. */
export function listsRow(at: number): (asked: Asked) => boolean {
  return (asked) => {
    const { no, size } = pageOf(asked);
    return isList(asked) && at >= (no - 1) * size && at < no * size;
  };
}

/** `GET /Users` for the newest users, highest id first. */
export function listsNewest({ method, query }: Asked): boolean {
  return method === 'GET' && query.get('orderdesc') === 'true';
}

/** `GET /Users` for the users with one of several values. */
export function looksUp({ method, query }: Asked): boolean {
  return method === 'GET' && (query.has('advanced_search') || query.has('search'));
}

/** Rows asked for at once. */
export function pageSize(asked: Asked): number {
  return pageOf(asked).size;
}

/** A page of the feed, of whatever size, on which event `at` stands, counted from 0. */
export function readsEvent(at: number): (asked: Asked) => boolean {
  return ({ query }) => {
    const cursor = query.get('cursor');
    const from = cursor === null ? 0 : (parseCursor(cursor)?.position ?? 0);
    return at >= from && at < from + Number(query.get('limit') ?? Infinity);
  };
}

function isList(asked: Asked): boolean {
  return asked.method === 'GET' && !listsNewest(asked) && !looksUp(asked);
}

function pageOf({ query }: Asked): { no: number; size: number } {
  return { no: Number(query.get('page_no') ?? 1), size: Number(query.get('page_size') ?? 50) };
}
