/** Folds a page to one event per person. Pure. */
import { isOlder } from '../seatgeek/sequence.js';

/** What folding looks at. */
export interface Foldable {
  readonly seatgeekId: string;
  readonly sequence: string | null;
}

/**
 * The last event per person in feed order, in that order; an event strictly older by sequence than one before it is dropped
 * (`reference/seatgeek.md` 6.11 and 6.12).
 */
export function foldEvents<Event extends Foldable>(events: Iterable<Event>): Event[] {
  const winners = new Map<string, Event>();
  const newest = new Map<string, string | null>();
  for (const event of events) {
    const seen = newest.get(event.seatgeekId) ?? null;
    if (isOlder(event.sequence, seen)) continue;
    // A sequence that can't be compared must not hide the newest that can.
    if (seen === null || isOlder(seen, event.sequence)) newest.set(event.seatgeekId, comparable(event.sequence));
    winners.delete(event.seatgeekId);
    winners.set(event.seatgeekId, event);
  }
  return [...winners.values()];
}

function comparable(sequence: string | null): string | null {
  return isOlder(LOWEST, sequence) || sequence?.toLowerCase() === LOWEST ? sequence : null;
}

const LOWEST = '00000000:00000000:0000/00000000:00000000:0000';
