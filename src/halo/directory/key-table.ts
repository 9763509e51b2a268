/** Finds records, which are numbers from 0 on, by a key that several may share. In flat arrays: 16 bytes a record, where a map takes several times that. */
import { isNone, type Key } from './match-key.js';

const FIRST_RECORDS = 1 << 12;

export class KeyTable {
  /** Two words of each record. */
  #keys = new Uint32Array(2 * FIRST_RECORDS);
  /** The first record of each bucket and the next one after each record, plus one; 0 for none. */
  #heads = new Uint32Array(FIRST_RECORDS);
  #next = new Uint32Array(FIRST_RECORDS);

  /** Memory taken. */
  get bytes(): number {
    return this.#keys.byteLength + this.#heads.byteLength + this.#next.byteLength;
  }

  keyOf(record: number): Key {
    return [this.#keys[2 * record] ?? 0, this.#keys[2 * record + 1] ?? 0];
  }

  /** At most so many, newest first. */
  find(key: Key, most = 1): number[] {
    const found: number[] = [];
    for (let at = this.#heads[this.#bucketOf(key)] ?? 0; at !== 0 && found.length < most; at = this.#next[at - 1] ?? 0)
      if (this.#has(at - 1, key)) found.push(at - 1);
    return found;
  }

  /**
   * `NO_KEY` takes the record out. A key that stays keeps its place: taking a record out from among thousands who share one takes a walk through all
   * of them.
   */
  set(record: number, key: Key): void {
    while (record >= this.#next.length) this.#grow();
    if (this.#has(record, key)) return;
    this.#unlink(record);
    this.#keys[2 * record] = key[0];
    this.#keys[2 * record + 1] = key[1];
    this.#link(record);
  }

  #has(record: number, key: Key): boolean {
    return this.#keys[2 * record] === key[0] && this.#keys[2 * record + 1] === key[1];
  }

  #link(record: number): void {
    const key = this.keyOf(record);
    if (isNone(key)) return;
    const bucket = this.#bucketOf(key);
    this.#next[record] = this.#heads[bucket] ?? 0;
    this.#heads[bucket] = record + 1;
  }

  #unlink(record: number): void {
    const key = this.keyOf(record);
    if (isNone(key)) return;
    const bucket = this.#bucketOf(key);
    const next = this.#next[record] ?? 0;
    let at = this.#heads[bucket] ?? 0;
    if (at === record + 1) this.#heads[bucket] = next;
    for (; at !== 0; at = this.#next[at - 1] ?? 0) if (this.#next[at - 1] === record + 1) this.#next[at - 1] = next;
  }

  /** Halo ids come one after the other: their low word alone spreads them. */
  #bucketOf(key: Key): number {
    return (key[0] ^ key[1]) & (this.#heads.length - 1);
  }

  #grow(): void {
    const { length } = this.#next;
    const keys = this.#keys;
    this.#keys = new Uint32Array(4 * length);
    this.#keys.set(keys);
    this.#heads = new Uint32Array(2 * length);
    this.#next = new Uint32Array(2 * length);
    for (let record = 0; record < length; record += 1) this.#link(record);
  }
}
