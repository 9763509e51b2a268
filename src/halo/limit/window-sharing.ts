/** How connections into one Halo share its window: whose turn it is, what is kept for small runs, when to slow down. Pure. */

/** Places of the window. */
export interface WindowUse {
  readonly limit: number;
  readonly total: number;
  readonly by: ReadonlyMap<string, number>;
}

const RESERVE = 0.05;

/** The one that has used least of the window; among equals the first in the order of turns. */
export function leastUsed(waiting: Iterable<string>, { by }: Pick<WindowUse, 'by'>): string | undefined {
  let least: string | undefined;
  for (const connection of waiting)
    if (least === undefined || (by.get(connection) ?? 0) < (by.get(least) ?? 0)) least = connection;
  return least;
}

/**
 * Places that a connection must leave free. A twentieth of the window is for those who have used no more than that of it, so that a small run
 * starts at once although a huge import has spent all the rest. Nothing is kept while one connection is alone.
 */
export function placesKept(connection: string, connections: number, { limit, by }: WindowUse): number {
  const reserve = Math.floor(limit * RESERVE);
  return connections > 1 && (by.get(connection) ?? 0) >= reserve ? reserve : 0;
}

/**
 * Milliseconds between two starts. From half of a window that is shared, by connections or with other processes, they start at twice the rate of
 * the limit at most. A connection with few requests on their way would else find each freed place taken by one with many, and a window spent by
 * others would refuse many requests at once.
 */
export function spacingMs(isShared: boolean, { limit, total }: WindowUse, windowMs: number): number {
  return isShared && total * 2 >= limit ? windowMs / (limit * 2) : 0;
}
