/** Up to which Halo id everybody is known, and whether that is still sure enough to create by. */
import type { Clock } from '../clock.js';
import type { HaloInstance } from '../instance.js';

/** So long the knowledge of the newest users is good enough to create by. */
const CURRENT_MS = 3_000;

/** Lists that show new users as soon as this show them at once. */
export const AT_ONCE_MS = 5_000;
/** A list is not waited for longer, for it may never show somebody told. */
export const MOST_BEHIND_MS = 120_000;
/** After so many milliseconds a list that is behind is read again. */
export const BEHIND_MS = 20_000;

/** When a reading began, and what had been created by then. */
export interface Moment {
  readonly at: number;
  readonly creations: number;
  /** Id of the newest user who should be there; 0 for none. */
  readonly newestTold: number;
}

const NOTHING_TOLD: { readonly id: number; readonly at: number } = { id: 0, at: 0 };

export class KnownUpTo {
  #id: number | null = null;
  /** When it was last sure that nobody above `#id` is in Halo; null once it is not. */
  #currentAt: number | null = null;
  /** `HaloInstance.creations` at that time. */
  #creations = 0;
  /** Ours above `#id` with a gap before them. */
  readonly #ahead = new Set<number>();
  /** The highest id that an answer gave to this run and no list has shown yet, and when that answer came. */
  #told = NOTHING_TOLD;
  /** The highest id that is not missed: this run knows the user itself, or is not to see it. */
  #notMissed = 0;
  /** When a list was first seen to be behind; null once none is. */
  #behindSince: number | null = null;

  constructor(
    private readonly instance: HaloInstance,
    private readonly clock: Clock,
  ) {}

  /** Null before anything was read. */
  get id(): number | null {
    return this.#id;
  }

  moment(): Moment {
    const { creations, newestTold, newestGone } = this.instance;
    return { at: this.clock.now(), creations, newestTold: newestTold > newestGone ? newestTold : 0 };
  }

  /**
   * Whether the list last read lacks even somebody whose id an answer told before, or the one before it did: so it says nothing of anybody new.
   * Once more, because who is looked for is newer than those by whom it showed. For two minutes at most.
   */
  get isListBehind(): boolean {
    return this.#behindSince !== null;
  }

  /** The newest user of another run who was told before that moment, and whom no reading has shown; null: nobody. */
  missing({ newestTold }: Moment): number | null {
    return newestTold > Math.max(this.#id ?? 0, this.#notMissed) ? newestTold : null;
  }

  /** This run is not to miss that user; where it is gone, or no list shows it, nobody is. */
  forgetMissing(id: number, isGone: boolean): void {
    this.#notMissed = Math.max(this.#notMissed, id);
    if (isGone) this.#expectNobody(id);
  }

  #expectNobody(id: number): void {
    this.instance.newestGone = Math.max(this.instance.newestGone, id);
  }

  /** As `take`, of the top of a list that was read just now: whoever was told before should be there, so it shows whether lists are behind. */
  takeNewest(ids: readonly number[], moment: Moment): void {
    const told = this.#told;
    const isShown = ids.some((id) => id >= told.id);
    const since = this.#behindSince ?? (isShown ? null : moment.at);
    this.take(ids, moment);
    if (told.id === 0) return;
    // By when the answer came: it may have been made as late as that.
    if (since !== null || this.clock.now() - told.at <= AT_ONCE_MS) this.instance.listsAtOnce = since === null;
    if (since !== null && moment.at - since > MOST_BEHIND_MS) {
      this.#expectNobody(told.id);
      return;
    }
    this.#behindSince = since;
    if (!isShown) this.#told = told;
  }

  /** Takes the ids of users read: whoever was created before `moment` is known. */
  take(ids: readonly number[], moment: Moment): void {
    this.#id = ids.reduce((highest, id) => Math.max(highest, id), this.#id ?? 0);
    this.renew(moment);
  }

  /** Whoever was created before `moment` is known, or is none of those who were looked up. */
  renew({ at, creations }: Moment): void {
    this.#currentAt = at;
    this.#creations = creations;
    this.#ahead.clear();
    this.#told = NOTHING_TOLD;
    this.#behindSince = null;
  }

  /** Whether nobody can have been created since without this process knowing, except in the last seconds. */
  get isCurrent(): boolean {
    if (this.missing(this.moment()) !== null) return false;
    const isFresh = this.#currentAt !== null && this.clock.now() - this.#currentAt <= CURRENT_MS;
    return isFresh && this.#ahead.size === 0 && this.instance.creations === this.#creations;
  }

  /** This process is about to create, or has just done so: everybody else must read the newest users first. */
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
    for (const id of ids ?? []) this.#noteTold(id);
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

  #noteTold(id: number): void {
    const { instance } = this;
    this.#notMissed = Math.max(this.#notMissed, id);
    // Where nobody is expected above it, Halo may have begun to number anew.
    if (instance.newestTold > instance.newestGone && instance.newestTold >= id) return;
    instance.newestTold = id;
    instance.newestGone = Math.min(instance.newestGone, id - 1);
  }
}
