/** Cursors of the sandbox's feed: opaque to clients, a place in the log to the sandbox (`reference/seatgeek.md` 1.5). */
import type { SeatGeekDialect } from './dialects.js';
import { hex } from './random.js';

export interface Position {
  /** Whose feed it is. */
  readonly entity: string;
  readonly position: number;
  /** Pages without rows that were served before this position already. */
  readonly rests: number;
  readonly generation: number;
}

/** Stands behind the cursor proper and means nothing. */
const PADDING = '.';

/** Entity, position and something that looks like the end of a key. */
export function cursorText(
  { entity, position, rests, generation }: Position,
  { cursorLength }: SeatGeekDialect,
): string {
  const text = `${entity}/0019a1c3:${hex(position, 8)}:${hex(generation, 4)}-${hex(rests, 4)}-2e0c60d3e940`;
  const cursor = Buffer.from(text).toString('base64');
  return cursorLength === 'long' ? `${cursor}${PADDING.repeat(600)}` : cursor;
}

/** Another text for the same place. */
export function renewed(cursor: string): string {
  return cursor.endsWith(PADDING) ? cursor.replace(/\.+$/, '') : `${cursor}${PADDING}`;
}

/** Undefined when it is no cursor of ours. */
export function parseCursor(cursor: string): Position | undefined {
  const text = Buffer.from(cursor.replace(/\.+$/, ''), 'base64').toString();
  const match = /^(.+)\/0019a1c3:([0-9a-f]{8}):([0-9a-f]{4})-([0-9a-f]{4})-2e0c60d3e940$/.exec(text);
  const [, entity, position, generation, rests] = match ?? [];
  if (entity === undefined || position === undefined || generation === undefined || rests === undefined)
    return undefined;
  const number = (digits: string): number => Number.parseInt(digits, 16);
  return { entity, position: number(position), rests: number(rests), generation: number(generation) };
}
