/**
 * Halo users in flat arrays: ids, hashes of what they are matched by, and hashes of the fields that the connection writes. A million users take
 * about 130 MB, where whole ones would take a gigabyte. Found by Halo id, SeatGeek ID or e-mail through chains of records. Whoever may be matched
 * by e-mail, for lack of a SeatGeek ID, is kept with the text of it: a hash alone never makes somebody that user.
 */
import { hash64 } from '../../hash.js';
import { hashAddress, hashName, hashValue, HashedValue, UNKNOWN_HASH } from './hashed-value.js';
import { isBlank } from '../fields/blank.js';
import { foldId } from '../../contract/person-key.js';
import { ShownValue, type KnownUser } from './known-user.js';
import type { Targets } from '../fields/targets.js';

/** What records are chained by. */
const ID = 0;
const SEATGEEK_ID = 1;
const EMAIL = 2;
const CHAINS = [ID, SEATGEEK_ID, EMAIL] as const;
type Chain = (typeof CHAINS)[number];

/** Places of a record's words: first two for the key of each chain, then one for the next record of each. */
const SITE = 6;
const FLAGS = 7;
const NEXT = 8;
const ADDRESS = 11;
/** In seconds. */
const READ_AT = 12;
const FIELDS = 13;

const HAS_SITE = 1;
/** Bits of what is known of the custom fields. */
const ALL = 2;
const AS_LISTED = 4;

const CHUNK = 1 << 14;
const BYTES_PER_EMAIL = 100;
const FIRST_BUCKETS = 1 << 12;

type Key = readonly [number, number];
const NO_KEY: Key = [0, 0];
const NONE: readonly number[] = [];

export class CompactUsers {
  readonly #width: number;
  readonly #chunks: Uint32Array[] = [];
  readonly #free: number[] = [];
  /** By record, of users without a SeatGeek ID. */
  readonly #emails = new Map<number, string>();
  /** First record of each bucket, plus one; 0 for none. */
  #heads = CHAINS.map(() => new Uint32Array(FIRST_BUCKETS));
  #records = 0;
  #size = 0;

  constructor(private readonly targets: Targets) {
    this.#width = FIELDS + 2 * targets.all.length;
  }

  get size(): number {
    return this.#size;
  }

  /** Memory taken. */
  get bytes(): number {
    const arrays = [...this.#chunks, ...this.#heads].reduce((sum, { byteLength }) => sum + byteLength, 0);
    return arrays + this.#emails.size * BYTES_PER_EMAIL;
  }

  /**
   * Takes a user or its newest image, to be found by its keys. What its fields hold is unknown until `keepValues`. A key that stays keeps its
   * place: taking a record out of the chain of an address that thousands share takes a walk through all of them.
   */
  put(user: KnownUser): void {
    const known = this.#find(ID, numberKey(user.id))[0];
    const record = known ?? this.#newRecord();
    const keys = [numberKey(user.id), idKey(user.seatgeekId), textKey(user.email)];
    for (const chain of CHAINS) {
      const key = keys[chain] ?? NO_KEY;
      if (known !== undefined && isSameKey(this.#key(record, chain), key)) continue;
      if (known !== undefined) this.#unlink(record, chain);
      this.#setKey(record, chain, key);
      this.#link(record, chain);
    }
    if (user.seatgeekId === null && user.email !== null) this.#emails.set(record, user.email);
    else this.#emails.delete(record);
    this.#set(record, SITE, user.siteId ?? 0);
    this.#set(record, FLAGS, flagsOf(user));
  }

  /** Keeps the hashes of the fields of a user who is in; nothing of one who is not. */
  keepValues(user: KnownUser): void {
    const { id, values, address, addressHash = UNKNOWN_HASH } = user;
    const record = this.#find(ID, numberKey(id))[0];
    if (record === undefined) return;
    this.#set(record, FLAGS, flagsOf(user));
    this.#set(record, READ_AT, Math.floor(user.readAt / 1_000));
    this.#set(record, ADDRESS, address === undefined ? addressHash : hashAddress(address));
    values.forEach((value, place) => {
      const { stored, shown } = place === this.targets.name ? hashesOfName(value) : hashesOf(value);
      this.#set(record, FIELDS + 2 * place, stored);
      this.#set(record, FIELDS + 2 * place + 1, shown);
    });
  }

  /** The user as far as it is kept: custom fields of others are not. */
  get(id: number): KnownUser | undefined {
    const record = this.#find(ID, numberKey(id))[0];
    return record === undefined ? undefined : this.#inflate(record);
  }

  siteOf(id: number): number | null | undefined {
    const record = this.#find(ID, numberKey(id))[0];
    return record === undefined ? undefined : this.#siteOf(record);
  }

  /** Halo ids, at most so many. */
  withSeatgeekId(seatgeekId: string, most: number): readonly number[] {
    return this.#ids(this.#find(SEATGEEK_ID, idKey(seatgeekId), most));
  }

  /** Halo ids, at most so many; `email` folded. */
  withEmail(email: string, most: number): readonly number[] {
    return this.#ids(this.#find(EMAIL, textKey(email), most));
  }

  remove(id: number): void {
    const record = this.#find(ID, numberKey(id))[0];
    if (record === undefined) return;
    for (const chain of CHAINS) this.#unlink(record, chain);
    this.#emails.delete(record);
    this.#free.push(record);
    this.#size -= 1;
  }

  #inflate(record: number): KnownUser {
    const flags = this.#word(record, FLAGS);
    const addressHash = this.#word(record, ADDRESS);
    return {
      id: this.#idOf(record),
      seatgeekId: this.#hiddenText(record, SEATGEEK_ID),
      email: this.#emails.get(record) ?? this.#hiddenText(record, EMAIL),
      siteId: this.#siteOf(record),
      values: this.targets.all.map((_, place) => {
        const at = FIELDS + 2 * place;
        return HashedValue.of(this.#word(record, at), this.#word(record, at + 1));
      }),
      others: [],
      customFields: (flags & ALL) !== 0 ? 'all' : (flags & AS_LISTED) !== 0 ? 'as-listed' : 'some',
      address: undefined,
      ...(addressHash !== UNKNOWN_HASH && { addressHash }),
      readAt: this.#word(record, READ_AT) * 1_000,
    };
  }

  /** Null for none. A text that is not kept is told from others by its hash. */
  #hiddenText(record: number, chain: Chain): string | null {
    const [high, low] = this.#key(record, chain);
    return high === 0 && low === 0 ? null : hiddenKey(high, low);
  }

  #ids(records: readonly number[]): readonly number[] {
    return records.length === 0 ? records : records.map((record) => this.#idOf(record));
  }

  #idOf(record: number): number {
    const [high, low] = this.#key(record, ID);
    return high * 0x1_0000_0000 + low;
  }

  #siteOf(record: number): number | null {
    return (this.#word(record, FLAGS) & HAS_SITE) === 0 ? null : this.#word(record, SITE);
  }

  #find(chain: Chain, [high, low]: Key, most = 1): readonly number[] {
    if (high === 0 && low === 0) return NONE;
    const found: number[] = [];
    for (
      let at = this.#head(chain, high, low);
      at !== 0 && found.length < most;
      at = this.#word(at - 1, NEXT + chain)
    ) {
      const isSame = this.#word(at - 1, 2 * chain) === high && this.#word(at - 1, 2 * chain + 1) === low;
      if (isSame) found.push(at - 1);
    }
    return found;
  }

  #link(record: number, chain: Chain): void {
    const [high, low] = this.#key(record, chain);
    if (high === 0 && low === 0) return;
    this.#set(record, NEXT + chain, this.#head(chain, high, low));
    this.#setHead(chain, high, low, record + 1);
  }

  #unlink(record: number, chain: Chain): void {
    const [high, low] = this.#key(record, chain);
    if (high === 0 && low === 0) return;
    const next = this.#word(record, NEXT + chain);
    let at = this.#head(chain, high, low);
    if (at === record + 1) {
      this.#setHead(chain, high, low, next);
      return;
    }
    while (this.#word(at - 1, NEXT + chain) !== record + 1) at = this.#word(at - 1, NEXT + chain);
    this.#set(at - 1, NEXT + chain, next);
  }

  get #buckets(): number {
    return this.#heads[0]?.length ?? 0;
  }

  #head(chain: Chain, high: number, low: number): number {
    return this.#headsOf(chain)[bucketOf(high, low, this.#buckets)] ?? 0;
  }

  #setHead(chain: Chain, high: number, low: number, value: number): void {
    this.#headsOf(chain)[bucketOf(high, low, this.#buckets)] = value;
  }

  #headsOf(chain: Chain): Uint32Array {
    const heads = this.#heads[chain];
    if (heads === undefined) throw new Error('a chain without heads');
    return heads;
  }

  #growHeads(): void {
    const before = this.#buckets;
    this.#heads = CHAINS.map(() => new Uint32Array(before * 2));
    const free = new Set(this.#free);
    for (let record = 0; record < this.#records; record += 1) {
      if (!free.has(record)) for (const chain of CHAINS) this.#link(record, chain);
    }
  }

  /** Linked to nothing yet. */
  #newRecord(): number {
    if (this.#size >= this.#buckets) this.#growHeads();
    this.#size += 1;
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#records === this.#chunks.length * CHUNK) this.#chunks.push(new Uint32Array(CHUNK * this.#width));
    return this.#records++;
  }

  #key(record: number, chain: Chain): Key {
    return [this.#word(record, 2 * chain), this.#word(record, 2 * chain + 1)];
  }

  #setKey(record: number, chain: Chain, [high, low]: Key): void {
    this.#set(record, 2 * chain, high);
    this.#set(record, 2 * chain + 1, low);
  }

  #word(record: number, word: number): number {
    return this.#chunks[Math.floor(record / CHUNK)]?.[(record % CHUNK) * this.#width + word] ?? 0;
  }

  #set(record: number, word: number, value: number): void {
    const chunk = this.#chunks[Math.floor(record / CHUNK)];
    if (chunk !== undefined) chunk[(record % CHUNK) * this.#width + word] = value;
  }
}

/** Halo ids come one after the other: their low word alone spreads them. */
function bucketOf(high: number, low: number, buckets: number): number {
  return (low ^ high) & (buckets - 1);
}

function isSameKey([high, low]: Key, [otherHigh, otherLow]: Key): boolean {
  return high === otherHigh && low === otherLow;
}

function numberKey(id: number): Key {
  return [Math.floor(id / 0x1_0000_0000), id % 0x1_0000_0000];
}

/** What tells a text from others, as far as this program keeps it of a user. */
export function keyOfText(text: string): string {
  return hiddenKey(...textKey(text));
}

/** What tells a SeatGeek ID from others: letter case and padding do not. */
export function keyOfId(seatgeekId: string): string {
  return hiddenKey(...idKey(seatgeekId));
}

/** Begins as no text of a person can. */
const MARK = '\u0000';

function hiddenKey(high: number, low: number): string {
  return `${MARK}${high.toString(16).padStart(8, '0')}${low.toString(16).padStart(8, '0')}`;
}

/** Whether only the hash of a text is kept. */
export function isHidden(text: string | null): boolean {
  return text?.startsWith(MARK) ?? false;
}

function idKey(seatgeekId: string | null): Key {
  return textKey(seatgeekId === null ? null : foldId(seatgeekId));
}

/** A user taken out and put back has its own key again. */
function textKey(text: string | null): Key {
  if (text === null) return NO_KEY;
  return isHidden(text) ? [Number.parseInt(text.slice(1, 9), 16), Number.parseInt(text.slice(9), 16)] : hash64(text);
}

/** Others' custom fields are not kept: such a user's array must be read before it is sent back. */
function flagsOf({ customFields, others, siteId }: KnownUser): number {
  const known = customFields === 'some' || others.length > 0 ? 0 : customFields === 'all' ? ALL : AS_LISTED;
  return known | (siteId === null ? 0 : HAS_SITE);
}

function hashesOfName(name: unknown): { stored: number; shown: number } {
  return typeof name === 'string' && !isBlank(name)
    ? { stored: hashValue(name), shown: hashName(name) }
    : hashesOf(name);
}

function hashesOf(value: unknown): { stored: number; shown: number } {
  if (value === undefined) return { stored: UNKNOWN_HASH, shown: UNKNOWN_HASH };
  if (value instanceof HashedValue) return value;
  if (value instanceof ShownValue) return { stored: hashValue(value.value), shown: hashValue(value.display) };
  return { stored: hashValue(value), shown: UNKNOWN_HASH };
}
