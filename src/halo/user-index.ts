/** Who is in Halo, as far as this run knows: by Halo id, by SeatGeek ID and by e-mail. Pure. */
import { isGeneralUser, type KnownUser } from './known-user.js';
import type { Targets } from './targets.js';

/** What matching reads. */
export interface UserLookup {
  bySeatgeekId(seatgeekId: string): readonly KnownUser[];
  /** `email` folded. */
  byEmail(email: string): readonly KnownUser[];
}

export class UserIndex implements UserLookup {
  readonly #users = new Map<number, KnownUser>();
  readonly #bySeatgeekId = new Map<string, number[]>();
  readonly #byEmail = new Map<string, number[]>();

  constructor(private readonly targets: Targets) {}

  /** Takes a user's newest image; the placeholder "General User" is left out. */
  put(user: KnownUser): void {
    this.remove(user.id);
    if (isGeneralUser(user, this.targets)) return;
    this.#users.set(user.id, user);
    add(this.#bySeatgeekId, user.seatgeekId, user.id);
    add(this.#byEmail, user.email, user.id);
  }

  remove(id: number): void {
    const user = this.#users.get(id);
    if (user === undefined) return;
    this.#users.delete(id);
    drop(this.#bySeatgeekId, user.seatgeekId, id);
    drop(this.#byEmail, user.email, id);
  }

  get(id: number): KnownUser | undefined {
    return this.#users.get(id);
  }

  bySeatgeekId(seatgeekId: string): readonly KnownUser[] {
    return this.#all(this.#bySeatgeekId.get(seatgeekId));
  }

  byEmail(email: string): readonly KnownUser[] {
    return this.#all(this.#byEmail.get(email));
  }

  #all(ids: readonly number[] = []): readonly KnownUser[] {
    return ids.flatMap((id) => this.#users.get(id) ?? []);
  }
}

function add(ids: Map<string, number[]>, key: string | null, id: number): void {
  if (key === null) return;
  const held = ids.get(key);
  if (held === undefined) ids.set(key, [id]);
  else held.push(id);
}

function drop(ids: Map<string, number[]>, key: string | null, id: number): void {
  if (key === null) return;
  const left = (ids.get(key) ?? []).filter((other) => other !== id);
  if (left.length === 0) ids.delete(key);
  else ids.set(key, left);
}
