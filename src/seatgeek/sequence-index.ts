/**
 * What a reading of the feed knows of the newest image of each person: an id's hash and a sequence, 32 bytes in flat arrays, so that a million
 * people take about 70 MB. Like the page cache only speed: without it, older images are written first and newer ones after them.
 */
import { hash64 } from '../hash.js';
import { isComparable } from './sequence.js';

export interface SequenceIndex {
  /** Remembers that an image of the person with this sequence exists. Sequences of another format are left out. */
  note(seatgeekId: string, sequence: string | null): void;
  /** Whether a strictly newer image of the person is known. */
  isSuperseded(seatgeekId: string, sequence: string | null): boolean;
  /** The newest sequence known of the person; null when there is none. */
  newest(seatgeekId: string): string | null;
  /** People known. */
  readonly size: number;
  /** Memory taken. */
  readonly bytes: number;
  /** Every page up to here was noted; undefined before the first. */
  readonly coveredTo: string | null | undefined;
  /** Says that the page from `coveredTo` to `nextCursor` has been noted. */
  coverTo(nextCursor: string | null): void;
}

/** Two words of hash, six of sequence. Ids are told apart by 64 bits of hash: among a million, two meet once in 40 million imports. */
const WORDS = 8;
const FIRST_SLOTS = 1_024;
const MAX_LOAD = 0.7;
/** Where the parts of `xxxxxxxx:xxxxxxxx:xxxx/xxxxxxxx:xxxxxxxx:xxxx` begin and end. */
const PARTS: readonly (readonly [number, number])[] = [
  [0, 8],
  [9, 17],
  [18, 22],
  [23, 31],
  [32, 40],
  [41, 45],
];

/** An empty index. */
export function createSequenceIndex(): SequenceIndex {
  let table = new Uint32Array(FIRST_SLOTS * WORDS);
  let size = 0;
  let coveredTo: string | null | undefined;

  const grow = (): void => {
    const bigger = new Uint32Array(table.length * 2);
    for (let at = 0; at < table.length; at += WORDS) {
      if (isFree(table, at)) continue;
      const to = findSlot(bigger, table[at] ?? 0, table[at + 1] ?? 0);
      bigger.set(table.subarray(at, at + WORDS), to);
    }
    table = bigger;
  };
  const note = (seatgeekId: string, sequence: string | null): void => {
    const words = parseSequence(sequence);
    if (words === undefined) return;
    if ((size + 1) * WORDS > table.length * MAX_LOAD) grow();
    const [high, low] = hash64(seatgeekId);
    const at = findSlot(table, high, low);
    if (isFree(table, at)) size += 1;
    else if (compare(table, at, words) >= 0) return;
    table[at] = high;
    table[at + 1] = low;
    table.set(words, at + 2);
  };
  const isSuperseded = (seatgeekId: string, sequence: string | null): boolean => {
    const words = parseSequence(sequence);
    if (words === undefined) return false;
    const at = findSlot(table, ...hash64(seatgeekId));
    return !isFree(table, at) && compare(table, at, words) > 0;
  };
  const newest = (seatgeekId: string): string | null => {
    const at = findSlot(table, ...hash64(seatgeekId));
    return isFree(table, at) ? null : formatSequence(table.subarray(at + 2, at + WORDS));
  };
  return {
    note,
    isSuperseded,
    newest,
    coverTo: (nextCursor) => void (coveredTo = nextCursor),
    get size() {
      return size;
    },
    get bytes() {
      return table.byteLength;
    },
    get coveredTo() {
      return coveredTo;
    },
  };
}

/** Fixed-width hexadecimal parts compare as numbers as they do as text. */
function parseSequence(sequence: string | null): number[] | undefined {
  const text = sequence?.toLowerCase();
  if (text === undefined || !isComparable(text)) return undefined;
  return PARTS.map(([start, end]) => Number.parseInt(text.slice(start, end), 16));
}

function formatSequence(words: Uint32Array): string {
  const parts = PARTS.map(([start, end], n) => (words[n] ?? 0).toString(16).padStart(end - start, '0'));
  return `${parts.slice(0, 3).join(':')}/${parts.slice(3).join(':')}`;
}

/** Above zero when the slot's sequence is newer than `words`. */
function compare(table: Uint32Array, at: number, words: readonly number[]): number {
  for (let index = 0; index < words.length; index += 1) {
    const difference = (table[at + 2 + index] ?? 0) - (words[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Index of the id's slot, or of the free one where it belongs. */
function findSlot(table: Uint32Array, high: number, low: number): number {
  const slots = table.length / WORDS;
  let slot = low & (slots - 1);
  for (;;) {
    const at = slot * WORDS;
    if (isFree(table, at) || (table[at] === high && table[at + 1] === low)) return at;
    slot = (slot + 1) & (slots - 1);
  }
}

function isFree(table: Uint32Array, at: number): boolean {
  return table[at] === 0 && table[at + 1] === 0;
}
