/**
 * What a reading of the feed ahead of writing knows: of everybody the newest image, whether it is a delete, its e-mail address, and what the
 * brake made of it. 48 bytes a person in flat arrays, ids and addresses as salted hashes: a million people take under 60 MB. Pure.
 */
import { hash, randomBytes } from 'node:crypto';
import { foldId } from '../contract/person-key.js';
import { depthBeyond, MAX_DEPTH } from '../json.js';
import type { FeedRow } from './types.js';

/** A readable event of the feed. */
export interface Image {
  readonly seatgeekId: string;
  readonly sequence: string | null;
  /** `unknown`: it says nothing about the person. */
  readonly operation: 'upsert' | 'delete' | 'unknown';
  readonly row: FeedRow;
}

/** What a run would do with a person; null: nothing that the brake counts. See `Forecast`. */
export type Mark = 'create' | 'take' | 'deactivate' | 'overwrite' | 'stranger' | 'known' | null;

const MARKS: readonly Mark[] = [null, 'create', 'deactivate', 'overwrite', 'stranger', 'known', 'take'];

/** Two words of hash, five of sequence, the place of the newest image, its hash, two of e-mail, flags. */
const WORDS = 12;
const [SEQUENCE, PLACE, IMAGE, EMAIL, FLAGS] = [2, 7, 8, 9, 11];
const ENTRIES_PER_CHUNK = 16_384;
const MAX_LOAD = 0.7;

const MARK_BITS = 0b111;
const IS_DELETED = 0b1000;
/** Some image had a sequence that can be compared; the highest is kept. */
const HAS_SEQUENCE = 0b1_0000;
/** The newest image is not told by its sequence: its hash is kept. */
const HAS_IMAGE = 0b10_0000;
/** The newest image has a sequence that can be compared. */
const NEWEST_HAS_SEQUENCE = 0b100_0000;
/** See `isFirstLook`. */
const IS_LOOKED_AT = 0b1000_0000;

/** New with every process, so that nobody can make two ids or addresses meet. */
const SALT = randomBytes(16).toString('hex');

export class Survey {
  readonly #chunks: Uint32Array[] = [];
  /** Numbers of entries, from 1; 0 is free. */
  #index = new Uint32Array(1_024);
  #people = 0;
  #shared: ReadonlySet<number> | null = null;
  readonly #marked: number[] = [];
  /** Changes whenever an image is noted. */
  version = 0;

  /** People noted. */
  get people(): number {
    return this.#people;
  }

  /** Memory taken. */
  get bytes(): number {
    return this.#index.byteLength + this.#chunks.length * ENTRIES_PER_CHUNK * WORDS * 4;
  }

  /**
   * Notes an event; `place` is its number in the feed, `email` the folded address it comes with. The last image in feed order is the newest,
   * unless its sequence is older than one before it (`reference/seatgeek.md` 6.11 and 6.12).
   */
  note(event: Image, place: number, email: string | null): void {
    if (event.operation === 'unknown') return;
    this.version += 1;
    const { chunk, at, isNew } = this.#entryOf(event.seatgeekId);
    const flags = chunk[at + FLAGS] ?? 0;
    const words = parseSequence(event.sequence);
    const order = isNew ? 1 : orderOf(chunk, at, words);
    const known = chunk[at + PLACE] ?? 0;
    if (order < 0 || (order === 0 && place < known)) return;
    if (words !== undefined) chunk.set(words, at + SEQUENCE);
    chunk[at + PLACE] = place;
    // One image, or the only one with its sequence, is told without its hash.
    const isTold = order > 0 || (place === known && (flags & HAS_IMAGE) === 0);
    chunk[at + IMAGE] = isTold ? 0 : imageHash(event.row);
    chunk.set(event.operation === 'delete' || email === null ? [0, 0] : hash53(email), at + EMAIL);
    this.#shared = null;
    chunk[at + FLAGS] =
      (flags & (MARK_BITS | HAS_SEQUENCE)) |
      (event.operation === 'delete' ? IS_DELETED : 0) |
      (words === undefined ? 0 : HAS_SEQUENCE | NEWEST_HAS_SEQUENCE) |
      (isTold ? 0 : HAS_IMAGE);
  }

  /**
   * Whether no newer image than this is known. Where sequences do not tell, the newest is known by its place, and by its content too, because
   * pages that are cut otherwise may count differently; `place` is left out where it is not known. An unknown operation counts until an image stands
   * after it.
   */
  isNewest({ seatgeekId, sequence, operation, row }: Image, place = -1): boolean {
    const entry = this.#find(seatgeekId);
    if (entry === undefined) return true;
    const { chunk, at } = entry;
    const flags = chunk[at + FLAGS] ?? 0;
    const isPlacedAfter = place >= (chunk[at + PLACE] ?? 0);
    if (operation === 'unknown') return isPlacedAfter;
    const words = parseSequence(sequence);
    const order = orderOf(chunk, at, words);
    if (order < 0) return false;
    if (order > 0 || isPlacedAfter) return true;
    if ((flags & HAS_IMAGE) !== 0) return chunk[at + IMAGE] === imageHash(row);
    return (words !== undefined) === ((flags & NEWEST_HAS_SEQUENCE) !== 0);
  }

  /** The highest sequence known of the person; null when none can be compared. */
  newestSequence(seatgeekId: string): string | null {
    const entry = this.#find(seatgeekId);
    if (entry === undefined || ((entry.chunk[entry.at + FLAGS] ?? 0) & HAS_SEQUENCE) === 0) return null;
    return formatSequence(entry.chunk.subarray(entry.at + SEQUENCE, entry.at + PLACE));
  }

  /** Whether the newest image of the person is a delete. */
  isDeleted(seatgeekId: string): boolean {
    const entry = this.#find(seatgeekId);
    return entry !== undefined && ((entry.chunk[entry.at + FLAGS] ?? 0) & IS_DELETED) !== 0;
  }

  /** Whether somebody else comes with the e-mail address of this person's newest image. */
  sharesEmail(seatgeekId: string): boolean {
    return this.#sharedEmails().has(this.#emailOf(seatgeekId));
  }

  /** Whether the newest image of the person is known, and is a delete or comes with another address than this folded one. */
  hasLeft(seatgeekId: string, email: string): boolean {
    const current = this.#emailOf(seatgeekId);
    return this.isDeleted(seatgeekId) || (current !== 0 && current !== toNumber(...hash53(email)));
  }

  /** 0: none, or nobody was noted. */
  #emailOf(seatgeekId: string): number {
    const entry = this.#find(seatgeekId);
    return entry === undefined ? 0 : emailAt(entry);
  }

  /** Whether several people whose newest image is no delete come with this folded address. */
  isEmailShared(email: string): boolean {
    return this.#sharedEmails().has(toNumber(...hash53(email)));
  }

  /** Says what the run would do with a person who was noted. */
  mark(seatgeekId: string, mark: Mark): void {
    const entry = this.#find(seatgeekId);
    if (entry === undefined) return;
    const { chunk, at } = entry;
    const flags = chunk[at + FLAGS] ?? 0;
    const next = MARKS.indexOf(mark);
    this.#count(flags & MARK_BITS, -1);
    this.#count(next, 1);
    chunk[at + FLAGS] = (flags & ~MARK_BITS) | next;
  }

  /** Whether this is asked of the person for the first time: a feed may serve the newest image of somebody on two pages. */
  isFirstLook(seatgeekId: string): boolean {
    const entry = this.#find(seatgeekId);
    if (entry === undefined) return true;
    const { chunk, at } = entry;
    const flags = chunk[at + FLAGS] ?? 0;
    chunk[at + FLAGS] = flags | IS_LOOKED_AT;
    return (flags & IS_LOOKED_AT) === 0;
  }

  /** People with this mark. */
  marked(mark: Exclude<Mark, null>): number {
    return this.#marked[MARKS.indexOf(mark)] ?? 0;
  }

  /** Those of them whose e-mail address others come with as well. */
  markedSharing(mark: Exclude<Mark, null>): number {
    const shared = this.#sharedEmails();
    let found = 0;
    for (let number = 0; shared.size > 0 && number < this.#people; number += 1) {
      const { chunk, at } = this.#entry(number);
      if (((chunk[at + FLAGS] ?? 0) & MARK_BITS) !== MARKS.indexOf(mark)) continue;
      if (shared.has(emailAt({ chunk, at }))) found += 1;
    }
    return found;
  }

  #count(mark: number, by: number): void {
    this.#marked[mark] = (this.#marked[mark] ?? 0) + by;
  }

  #sharedEmails(): ReadonlySet<number> {
    if (this.#shared !== null) return this.#shared;
    const emails = Float64Array.from({ length: this.#people }, (_, number) => emailAt(this.#entry(number))).sort();
    const shared = emails.filter((email, n) => email !== 0 && email === emails[n - 1]);
    return (this.#shared = new Set(shared));
  }

  #entry(number: number): Entry {
    const chunk = this.#chunks[Math.floor(number / ENTRIES_PER_CHUNK)];
    if (chunk === undefined) throw new Error('no such entry');
    return { chunk, at: (number % ENTRIES_PER_CHUNK) * WORDS };
  }

  #find(seatgeekId: string): Entry | undefined {
    const number = this.#index[this.#slotOf(hash64(foldId(seatgeekId)))] ?? 0;
    return number === 0 ? undefined : this.#entry(number - 1);
  }

  #entryOf(seatgeekId: string): Entry & { isNew: boolean } {
    if (this.#people >= this.#index.length * MAX_LOAD) this.#grow();
    const key = hash64(foldId(seatgeekId));
    const slot = this.#slotOf(key);
    const number = this.#index[slot] ?? 0;
    if (number !== 0) return { ...this.#entry(number - 1), isNew: false };
    if (this.#people % ENTRIES_PER_CHUNK === 0) this.#chunks.push(new Uint32Array(ENTRIES_PER_CHUNK * WORDS));
    this.#people += 1;
    this.#index[slot] = this.#people;
    const { chunk, at } = this.#entry(this.#people - 1);
    chunk.set(key, at);
    this.#count(0, 1);
    return { chunk, at, isNew: true };
  }

  /** Where the key's number stands, or belongs. */
  #slotOf(key: readonly [number, number]): number {
    for (let slot = key[1] & (this.#index.length - 1); ; slot = (slot + 1) & (this.#index.length - 1)) {
      const number = this.#index[slot] ?? 0;
      if (number === 0) return slot;
      const { chunk, at } = this.#entry(number - 1);
      if (chunk[at] === key[0] && chunk[at + 1] === key[1]) return slot;
    }
  }

  #grow(): void {
    this.#index = new Uint32Array(this.#index.length * 2);
    for (let number = 0; number < this.#people; number += 1) {
      const { chunk, at } = this.#entry(number);
      this.#index[this.#slotOf([chunk[at] ?? 0, chunk[at + 1] ?? 0])] = number + 1;
    }
  }
}

/** Where somebody's words are. */
interface Entry {
  readonly chunk: Uint32Array;
  readonly at: number;
}

function emailAt({ chunk, at }: Entry): number {
  return toNumber(chunk[at + EMAIL] ?? 0, chunk[at + EMAIL + 1] ?? 0);
}

/** Below zero when the entry has a newer sequence, above when an older one; zero when they are the same or can't be compared. */
function orderOf(chunk: Uint32Array, at: number, words: Sequence | undefined): number {
  if (words === undefined || ((chunk[at + FLAGS] ?? 0) & HAS_SEQUENCE) === 0) return 0;
  const n = words.findIndex((word, place) => word !== chunk[at + SEQUENCE + place]);
  return n < 0 ? 0 : (words[n] ?? 0) - (chunk[at + SEQUENCE + n] ?? 0);
}

/** Fixed width, so that its order is known; others leave it to the order of the feed. */
const COMPARABLE = /^[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}\/[0-9a-f]{8}:[0-9a-f]{8}:[0-9a-f]{4}$/i;

type Sequence = readonly [number, number, number, number, number];

/** `xxxxxxxx:xxxxxxxx:xxxx/xxxxxxxx:xxxxxxxx:xxxx` as five words that compare as the text does. */
function parseSequence(sequence: string | null): Sequence | undefined {
  if (sequence === null || !COMPARABLE.test(sequence)) return undefined;
  const digits = (from: number, to: number): number => Number.parseInt(sequence.slice(from, to), 16);
  const half = (high: number, low: number): number => high * 0x1_0000 + low;
  return [
    digits(0, 8),
    digits(9, 17),
    half(digits(18, 22), digits(23, 27)),
    half(digits(27, 31), digits(32, 36)),
    half(digits(36, 40), digits(41, 45)),
  ];
}

function formatSequence(words: Uint32Array): string {
  const digits = [...words].map((word) => word.toString(16).padStart(8, '0')).join('');
  const part = (from: number): string =>
    `${digits.slice(from, from + 8)}:${digits.slice(from + 8, from + 16)}:${digits.slice(from + 16, from + 20)}`;
  return `${part(0)}/${part(20)}`;
}

/** Among a million people two ids meet once in 37 million surveys. */
function hash64(text: string): [number, number] {
  const bytes = digest(text);
  return [wordAt(bytes, 0), wordAt(bytes, 4)];
}

/** As many bits as a number holds, for sorting; never zero. */
function hash53(email: string): [number, number] {
  const [high, low] = hash64(email);
  return [high >>> 11, low || 1];
}

function toNumber(high: number, low: number): number {
  return high * 0x1_0000_0000 + low;
}

function imageHash(row: FeedRow): number {
  return wordAt(digest(imageText(row)), 0);
}

/** All that a row holds. What is nested too deep to be written as text counts as one value. */
export function imageText(row: FeedRow): string {
  const image = Object.entries(row).map(([column, value]) => [column, depthBeyond(value, MAX_DEPTH) ? 'deep' : value]);
  return JSON.stringify(image);
}

/** A character for each byte. */
function digest(text: string): string {
  return hash('sha256', SALT + text, 'binary');
}

function wordAt(bytes: string, at: number): number {
  const byte = (n: number): number => bytes.charCodeAt(at + n);
  return ((byte(0) << 24) | (byte(1) << 16) | (byte(2) << 8) | byte(3)) >>> 0;
}
