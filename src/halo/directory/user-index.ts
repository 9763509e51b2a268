/** Who is in Halo, as far as this run knows: by Halo id, by SeatGeek ID and by e-mail. Pure. */
import { CompactUsers, isHidden } from './compact-users.js';
import { packCustom, unpackCustom } from './packed-custom-fields.js';
import { isGeneralUser, type KnownUser } from './known-user.js';
import type { Targets } from '../fields/targets.js';

/** Users with one SeatGeek ID or e-mail address that are looked at: of thousands who share one nobody is meant. */
export const MOST_ALIKE = 100;

/** What matching reads. */
export interface UserLookup {
  /** Not all of more than `MOST_ALIKE`. */
  bySeatgeekId(seatgeekId: string): readonly KnownUser[];
  /** `email` folded. Not all of more than `MOST_ALIKE`. */
  byEmail(email: string): readonly KnownUser[];
}

/** Users kept whole at least: those learnt last. They are about to be compared, or were just written. */
const MIN_WHOLE = 2_000;
const BYTES_PER_WHOLE = 2_000;
/** Users of whom the custom fields of others are kept: about 40 MB. Those of all others are read again before they are sent back. */
const MAX_CUSTOM = 200_000;

const NOBODY: readonly KnownUser[] = [];

/** All users compact, the last ones whole as well. */
export class UserIndex implements UserLookup {
  readonly #compact: CompactUsers;
  readonly #whole = new Map<number, KnownUser>();
  readonly #bySite = new Map<number, number>();
  readonly #custom = new Map<number, string>();
  #customCharacters = 0;

  constructor(
    private readonly targets: Targets,
    private maxWhole = MIN_WHOLE,
  ) {
    this.#compact = new CompactUsers(targets);
  }

  get size(): number {
    return this.#compact.size;
  }

  /** Memory taken, about. */
  get bytes(): number {
    return this.#compact.bytes + this.#whole.size * BYTES_PER_WHOLE + this.#customCharacters;
  }

  /** Keeps at least so many users whole from now on. */
  keepWhole(users: number): void {
    this.maxWhole = Math.max(this.maxWhole, users);
  }

  /** Takes a user's newest image; the placeholder "General User" is left out. */
  put(user: KnownUser): void {
    const before = this.#whole.get(user.id);
    if (before !== undefined && isFoundAlike(before, user) && !isGeneralUser(user, this.targets)) this.#drop(user.id);
    else if (!this.#list(user)) return;
    // The hash is of an address known before.
    const isOutdated = user.address !== undefined && user.addressHash !== undefined;
    this.#keep(isOutdated ? { ...user, addressHash: undefined } : user);
  }

  /** False for somebody who is left out. */
  #list(user: KnownUser): boolean {
    if (isGeneralUser(user, this.targets)) {
      this.remove(user.id);
      return false;
    }
    this.#drop(user.id);
    this.#count(this.#compact.siteOf(user.id) ?? null, -1);
    this.#compact.put(user);
    this.#count(user.siteId, 1);
    return true;
  }

  /** Shrinks a tenth at once: finding the oldest of a map from which many were taken is slow. */
  #keep(user: KnownUser): void {
    this.#whole.set(user.id, user);
    if (this.#whole.size <= this.maxWhole * 1.1) return;
    for (const oldest of this.#whole.values()) {
      if (this.#whole.size <= this.maxWhole) break;
      this.#shrink(oldest);
    }
  }

  /** Of a user with custom fields of others, all custom fields stay known: the whole array must be sent back when one of ours changes. */
  #shrink(user: KnownUser): void {
    this.#whole.delete(user.id);
    this.#compact.keepValues(user);
    const kept = user.others.length === 0 || this.#custom.size >= MAX_CUSTOM ? null : packCustom(user, this.targets);
    if (kept === null) return;
    this.#custom.set(user.id, kept);
    this.#customCharacters += kept.length;
  }

  remove(id: number): void {
    const site = this.#compact.siteOf(id);
    if (site === undefined) return;
    this.#count(site, -1);
    this.#compact.remove(id);
    this.#drop(id);
  }

  #drop(id: number): void {
    this.#whole.delete(id);
    this.#customCharacters -= this.#custom.get(id)?.length ?? 0;
    this.#custom.delete(id);
  }

  get(id: number): KnownUser | undefined {
    const whole = this.#whole.get(id);
    if (whole !== undefined) return whole;
    const user = this.#compact.get(id);
    if (user === undefined) return undefined;
    const custom = this.#custom.get(id);
    const known = custom === undefined ? user : unpackCustom(custom, user, this.targets);
    // Whoever is asked for once is asked for with every group until it is written.
    this.#keep(known);
    return known;
  }

  bySeatgeekId(seatgeekId: string): readonly KnownUser[] {
    return this.#all(this.#compact.withSeatgeekId(seatgeekId, MOST_ALIKE + 1));
  }

  byEmail(email: string): readonly KnownUser[] {
    const users = this.#all(this.#compact.withEmail(email, MOST_ALIKE + 1));
    // Whose text is known is compared by it.
    return users.filter((user) => isHidden(user.email) || user.email === email);
  }

  countAt(siteId: number): number {
    return this.#bySite.get(siteId) ?? 0;
  }

  #count(siteId: number | null, change: number): void {
    if (siteId !== null) this.#bySite.set(siteId, this.countAt(siteId) + change);
  }

  #all(ids: readonly number[]): readonly KnownUser[] {
    return ids.length === 0 ? NOBODY : ids.flatMap((id) => this.get(id) ?? []);
  }
}

/** Whether the compact part has both images alike while one of them is kept whole. */
function isFoundAlike(before: KnownUser, now: KnownUser): boolean {
  return before.seatgeekId === now.seatgeekId && before.email === now.email && before.siteId === now.siteId;
}
