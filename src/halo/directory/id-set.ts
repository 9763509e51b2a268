/** A set of Halo ids in bits: a million ids that come one after the other take 130 KB. */
const BITS = 1 << 13;

export class IdSet {
  readonly #blocks = new Map<number, Uint32Array>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  has(id: number): boolean {
    const at = id % BITS;
    const word = this.#blocks.get(Math.floor(id / BITS))?.[at >>> 5] ?? 0;
    return (word & (1 << (at & 31))) !== 0;
  }

  add(id: number): void {
    const number = Math.floor(id / BITS);
    const block = this.#blocks.get(number) ?? new Uint32Array(BITS / 32);
    this.#blocks.set(number, block);
    const at = id % BITS;
    const word = block[at >>> 5] ?? 0;
    const bit = 1 << (at & 31);
    if ((word & bit) !== 0) return;
    block[at >>> 5] = word | bit;
    this.#size += 1;
  }
}
