/** Reads a row image: its id, its operation, its order. A row that can't be attributed to a person is rejected, never guessed. */
import type { FeedRow } from '../seatgeek/types.js';
import type { Rejection } from './types.js';

export type Operation = 'upsert' | 'delete' | 'unknown';

/** One change event of one person. */
export interface ChangeEvent {
  readonly seatgeekId: string;
  /** Its place in its page, from 1. */
  readonly number: number;
  /** `_ringside_sequence`, lower-cased; null when the row has none. */
  readonly sequence: string | null;
  readonly operation: Operation;
  readonly row: FeedRow;
}

/** `reference/seatgeek.md` 6.13: a missing operation is an upsert, like the `U` of historical rows. */
const UPSERTS: ReadonlySet<unknown> = new Set(['U', 'I', 'C', 'R', '', null, undefined]);

/** Ids are shown in Temporal, so nothing that looks like an address, a sentence, a name in another script, a phone number or a day may pass. */
const UNSAFE_ID = /[^\u0021-\u007e]|[@,]|^[+(]|^\d{4}-\d{2}-\d{2}(?!\d)|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$/u;
const MAX_ID_LENGTH = 100;

/** `number` is the row's place in its page, from 1; it names a row whose id can't be shown. */
export function readEvent(row: FeedRow, number: number, idColumn: string): ChangeEvent | Rejection {
  const seatgeekId = readId(row[idColumn]);
  if (seatgeekId === null) {
    return { seatgeekId: `row:${number}`, code: 'id-missing', message: `the column ${idColumn} holds no id` };
  }
  if (seatgeekId === undefined) {
    const message = `the column ${idColumn} holds something that can't be shown as an id (text with spaces or @, a phone number, a day, too long, or no text)`;
    return { seatgeekId: `row:${number}`, code: 'id-unsafe', message };
  }
  const sequence = row['_ringside_sequence'];
  return {
    seatgeekId,
    number,
    sequence: typeof sequence === 'string' && sequence !== '' ? sequence.toLowerCase() : null,
    operation: readOperation(row['_ringside_operation']),
    row,
  };
}

/** Some feeds name a column with the quotes around it (`reference/seatgeek.md` 1.3), and a file may have copied them. */
export function unquote(column: string): string {
  return /^"(.+)"$/.exec(column)?.[1] ?? column;
}

/** Null: there is none. Undefined: it must not be shown. */
function readId(value: unknown): string | null | undefined {
  if (value === null || value === undefined) return null;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined;
  if (typeof value !== 'string') return undefined;
  const id = value.trim();
  if (id === '') return null;
  return id.length > MAX_ID_LENGTH || UNSAFE_ID.test(id) || id.startsWith('row:') ? undefined : id;
}

function readOperation(value: unknown): Operation {
  const code = typeof value === 'string' ? value.trim().toUpperCase() : value;
  if (code === 'D') return 'delete';
  return UPSERTS.has(code) ? 'upsert' : 'unknown';
}
