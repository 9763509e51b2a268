/** Up to which Halo id everybody is known, and whether that is still sure enough to create by. */
import type { Clock } from '../clock.js';
import type { HaloInstance } from '../instance.js';

/** So long the knowledge of the newest users is good enough to create by. */
const CURRENT_MS = 3_000;

/** Lists that show new users as soon as this show them at once. */
const AT_ONCE_MS = 5_000;
/** A list is not waited for longer, for somebody told may have been deleted. */
const MOST_BEHIND_MS = 120_000;
/** After so many milliseconds a list that is behind is read again. */
export const BEHIND_MS = 20_000;

/** When a reading began, and what had been created by then. */
export interface Moment {
  readonly at: number;
  readonly creations: number;
}

const NOTHING_TOLD = { id: 0, at: 0 };

export class KnownUpTo {
  #id: number | null = null;
  /** When it was last sure that nobody above `#id` is in Halo; null once it is not. */
  #currentAt: number | null = null;
  /** `HaloInstance.creations` at that time. */
  #creations = 0;
  /** Ours above `#id` with a gap before them. */
  readonly #ahead = new Set<number>();
  /** The highest id that an answer gave, and when that answer came. */
  #told: HaloInstance['newestTold'];
  #isListBehind = false;

  constructor(
    private readonly instance: HaloInstance,
    private readonly clock: Clock,
  ) {
    // Whoever an earlier run created should be in the first list of this one.
    this.#told = instance.newestTold;
  }

  /** Null before anything was read. */
  get id(): number | null {
    return this.#id;
  }

  moment(): Moment {
    return { at: this.clock.now(), creations: this.instance.creations };
  }

  /**
   * Whether the list last read lacks even somebody whose id an answer told before, or the one before it did: so it says nothing of anybody new.
   * Once more, because who is looked for is newer than those by whom it showed.
   */
  get isListBehind(): boolean {
    return this.#isListBehind;
  }

  /** The highest id that an answer gave of those that no list has shown yet; 0: none. */
  get toldId(): number {
    return this.#told.id;
  }

  /** That user is not in Halo any more, so lists need not show it. */
  forgetTold(): void {
    this.#told = NOTHING_TOLD;
    this.#isListBehind = false;
    this.instance.newestTold = NOTHING_TOLD;
  }

  /** As `take`, of the top of a list: whoever was told before should be there, so it shows whether lists are behind. */
  takeNewest(ids: readonly number[], moment: Moment): void {
    const { id, at } = this.#told;
    const age = moment.at - at;
    const isShown = ids.some((one) => one >= id);
    const isBehind = this.#isListBehind || !isShown;
    this.take(ids, moment);
    if (id === 0 || age > MOST_BEHIND_MS) return;
    this.#isListBehind = isBehind;
    if (!isShown) this.#told = { id, at };
    if (isBehind || age <= AT_ONCE_MS) this.instance.listsAtOnce = !isBehind;
  }

  /** Takes the ids of users read: whoever was created before `moment` is known. */
  take(ids: readonly number[], { at, creations }: Moment): void {
    this.#id = ids.reduce((highest, id) => Math.max(highest, id), this.#id ?? 0);
    this.#currentAt = at;
    this.#creations = creations;
    this.#ahead.clear();
    this.#told = NOTHING_TOLD;
    this.#isListBehind = false;
  }

  /** Whether nobody can have been created since without this process knowing, except in the last seconds. */
  get isCurrent(): boolean {
    const isFresh = this.#currentAt !== null && this.clock.now() - this.#currentAt <= CURRENT_MS;
    return isFresh && this.#ahead.size === 0 && this.instance.creations === this.#creations;
  }

  /** This process is about to create: everybody else must read the newest users first. */
  noteCreating(): void {
    this.instance.creations += 1;
    this.#creations = this.instance.creations;
  }

  /**
   * Takes what became of creates: the ids that an answer of `at` gave, or null when that is not sure of all. Halo numbers users in the order of their
   * creation, so ids that follow on the highest one known, in whatever order they are told, prove that nobody else created any in between. As
   * long as there is a gap, whatever made it, the newest are read before the next create.
   */
  noteCreated(ids: readonly number[] | null, at: number): void {
    for (const id of ids ?? []) if (id > this.instance.newestTold.id) this.instance.newestTold = { id, at };
    if (ids === null) this.#currentAt = null;
    if (ids === null || this.#id === null || this.#currentAt === null) return;
    for (const id of ids) {
      // Of whoever was there when the newest were read it tells nothing new.
      if (id <= this.#id) continue;
      this.#ahead.add(id);
      if (id > this.#told.id) this.#told = { id, at };
    }
    while (this.#ahead.delete(this.#id + 1)) this.#id += 1;
    this.#currentAt = Math.max(this.#currentAt, this.#told.at);
  }
}
