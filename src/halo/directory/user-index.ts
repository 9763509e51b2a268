/** Who is in Halo, as far as this run knows: by Halo id, by SeatGeek ID and by e-mail. Pure. */
import { LRUCache } from 'lru-cache';
import type { Targets } from '../fields/targets.js';
import { KeyTable } from './key-table.js';
import { isGeneralUser, type KnownUser } from './known-user.js';
import { hiddenText, idKey, isHidden, NO_KEY, textKey, type Key } from './match-key.js';
import { packUser, siteOf, unpackUser, wordsPerUser } from './packed-user.js';

/** Users with one SeatGeek ID or e-mail address that are looked at: of thousands who share one nobody is meant. */
export const MOST_ALIKE = 100;

/** What matching reads. */
export interface UserLookup {
  /** Not all of more than `MOST_ALIKE`. */
  bySeatgeekId(seatgeekId: string): readonly KnownUser[];
  /** `email` folded. Not all of more than `MOST_ALIKE`. */
  byEmail(email: string): readonly KnownUser[];
}

/** Users kept whole at least: those learnt or asked for last. They are about to be compared, or were just written. */
const MIN_WHOLE = 2_000;
const BYTES_PER_WHOLE = 2_000;
/** Custom fields of others are kept up to here. Those of further users are read again before they are sent back. */
const MAX_REST = 100_000_000;
/** Records whose words are in one array. */
const CHUNK = 1 << 12;

/** All users packed, the last ones whole as well. */
export class UserIndex implements UserLookup {
  /** By these a user's record is found; one who was taken out leaves its record empty. */
  readonly #ids = new KeyTable();
  readonly #seatgeekIds = new KeyTable();
  readonly #emails = new KeyTable();
  /** Grows with each user that is taken, or taken out. */
  version = 0;
  #records = 0;
  #size = 0;
  readonly #chunks: Uint32Array[] = [];
  readonly #rest = new Map<number, string>();
  #restCharacters = 0;
  #whole: LRUCache<number, KnownUser>;
  readonly #bySite = new Map<number, number>();
  readonly #width: number;

  constructor(
    private readonly targets: Targets,
    maxWhole = MIN_WHOLE,
  ) {
    this.#whole = new LRUCache({ max: maxWhole });
    this.#width = wordsPerUser(targets);
  }

  get size(): number {
    return this.#size;
  }

  /** Memory taken, about. */
  get bytes(): number {
    const arrays = [this.#ids, this.#seatgeekIds, this.#emails].reduce((sum, { bytes }) => sum + bytes, 0);
    const words = this.#chunks.length * CHUNK * this.#width * Uint32Array.BYTES_PER_ELEMENT;
    return arrays + words + this.#restCharacters + this.#whole.size * BYTES_PER_WHOLE;
  }

  /** Whether the custom fields of others were left out of some users to save memory. */
  get isCut(): boolean {
    return this.#restCharacters >= MAX_REST;
  }

  /** Keeps at least so many users whole from now on. */
  keepWhole(users: number): void {
    if (users <= this.#whole.max) return;
    const entries = this.#whole.dump();
    this.#whole = new LRUCache({ max: users });
    this.#whole.load(entries);
  }

  /** Takes a user's newest image; the placeholder "General User" is left out. */
  put(user: KnownUser): void {
    if (isGeneralUser(user, this.targets)) {
      this.remove(user.id);
      return;
    }
    this.version += 1;
    const known = this.#recordOf(user.id);
    const record = known ?? this.#newRecord();
    if (known !== undefined) this.#count(siteOf(this.#wordsOf(known)), -1);
    this.#count(user.siteId, 1);
    this.#ids.set(record, numberKey(user.id));
    this.#seatgeekIds.set(record, idKey(user.seatgeekId));
    this.#emails.set(record, textKey(user.email));
    const { words, rest } = packUser(user, this.targets, !this.isCut);
    this.#wordsOf(record).set(words);
    this.#setRest(user.id, rest);
    // The hash is of an address known before.
    const isOutdated = user.address !== undefined && user.addressHash !== undefined;
    this.#whole.set(user.id, isOutdated ? { ...user, addressHash: undefined } : user);
  }

  remove(id: number): void {
    const record = this.#recordOf(id);
    if (record === undefined) return;
    this.version += 1;
    this.#count(siteOf(this.#wordsOf(record)), -1);
    for (const table of [this.#ids, this.#seatgeekIds, this.#emails]) table.set(record, NO_KEY);
    this.#setRest(id, '');
    this.#whole.delete(id);
    this.#size -= 1;
  }

  get(id: number): KnownUser | undefined {
    const whole = this.#whole.get(id);
    if (whole !== undefined) return whole;
    const record = this.#recordOf(id);
    if (record === undefined) return undefined;
    const seatgeekId = hiddenText(this.#seatgeekIds.keyOf(record));
    const email = hiddenText(this.#emails.keyOf(record));
    const packed = { words: this.#wordsOf(record), rest: this.#rest.get(id) ?? '' };
    const user = unpackUser(packed, { id, seatgeekId, email }, this.targets);
    // Whoever is asked for once is asked for with every group until it is written.
    this.#whole.set(id, user);
    return user;
  }

  bySeatgeekId(seatgeekId: string): readonly KnownUser[] {
    return this.#all(this.#seatgeekIds.find(idKey(seatgeekId), MOST_ALIKE + 1));
  }

  byEmail(email: string): readonly KnownUser[] {
    const users = this.#all(this.#emails.find(textKey(email), MOST_ALIKE + 1));
    // Whose text is known is compared by it.
    return users.filter((user) => isHidden(user.email) || user.email === email);
  }

  countAt(siteId: number): number {
    return this.#bySite.get(siteId) ?? 0;
  }

  #count(siteId: number | null, change: number): void {
    if (siteId !== null) this.#bySite.set(siteId, this.countAt(siteId) + change);
  }

  #all(records: readonly number[]): readonly KnownUser[] {
    return records.flatMap((record) => this.get(numberOf(this.#ids.keyOf(record))) ?? []);
  }

  #setRest(id: number, rest: string): void {
    this.#restCharacters += rest.length - (this.#rest.get(id)?.length ?? 0);
    if (rest === '') this.#rest.delete(id);
    else this.#rest.set(id, rest);
  }

  #recordOf(id: number): number | undefined {
    return this.#ids.find(numberKey(id))[0];
  }

  #newRecord(): number {
    if (this.#records === this.#chunks.length * CHUNK) this.#chunks.push(new Uint32Array(CHUNK * this.#width));
    this.#size += 1;
    return this.#records++;
  }

  #wordsOf(record: number): Uint32Array {
    const first = (record % CHUNK) * this.#width;
    return this.#chunks[Math.floor(record / CHUNK)]?.subarray(first, first + this.#width) ?? new Uint32Array();
  }
}

const WORD = 0x1_0000_0000;
/** So that no number, not even 0 or one below it, has the key of none. */
const OFFSET = WORD / 2;

function numberKey(id: number): Key {
  return [Math.floor(id / WORD) + OFFSET, id >>> 0];
}

function numberOf([high, low]: Key): number {
  return (high - OFFSET) * WORD + low;
}
