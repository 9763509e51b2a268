/** Up to which Halo id everybody is known, and whether that is still sure enough to create by. */
import type { Clock } from '../clock.js';
import type { HaloInstance } from '../instance.js';

/** So long the knowledge of the newest users is good enough to create by. */
const CURRENT_MS = 3_000;

/** When a reading began, and what had been created by then. */
export interface Moment {
  readonly at: number;
  readonly creations: number;
}

export class KnownUpTo {
  #id: number | null = null;
  /** When it was last sure that nobody above `#id` is in Halo; null once it is not. */
  #currentAt: number | null = null;
  /** `HaloInstance.creations` at that time. */
  #creations = 0;

  constructor(
    private readonly instance: HaloInstance,
    private readonly clock: Clock,
  ) {}

  /** Null before anything was read. */
  get id(): number | null {
    return this.#id;
  }

  moment(): Moment {
    return { at: this.clock.now(), creations: this.instance.creations };
  }

  /** Takes the ids of the newest users, as they were read: whoever was created before `moment` is known. */
  take(ids: readonly number[], { at, creations }: Moment): void {
    this.#id = ids.reduce((highest, id) => Math.max(highest, id), this.#id ?? 0);
    this.#currentAt = at;
    this.#creations = creations;
  }

  /** Whether nobody can have been created since without this process knowing, except in the last seconds. */
  get isCurrent(): boolean {
    const isFresh = this.#currentAt !== null && this.clock.now() - this.#currentAt <= CURRENT_MS;
    return isFresh && this.instance.creations === this.#creations;
  }

  /** This process is about to create: everybody else must read the newest users first. */
  noteCreating(): void {
    this.instance.creations += 1;
    this.#creations = this.instance.creations;
  }

  /**
   * Takes what became of creates: the ids that Halo gave, or null when that is not sure of all. Halo numbers users in the order of their
   * creation, so ids that follow on the highest one known prove that nobody else created any in between. A gap, whatever made it, has the
   * newest read before the next create.
   */
  noteCreated(ids: readonly number[] | null): void {
    const known = this.#id;
    const newer = new Set(ids?.filter((id) => known === null || id > known));
    const follows = known !== null && Math.max(known, ...newer) === known + newer.size;
    if (ids === null || !follows) this.#currentAt = null;
    else if (this.#currentAt !== null && newer.size > 0) {
      this.#id = known + newer.size;
      this.#currentAt = this.clock.now();
    }
  }
}
