/**
 * Whether Halo keeps the SeatGeek IDs that it is sent, and shows them in lists: a field may be too short for them, hold numbers only, not be
 * writable, or be shown for a single user only. Then nobody would be found again, and everybody created once more by each run. So the first user
 * with an ID of a new kind or length goes out alone and is looked at.
 */
import { DriftError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import type { Directory } from '../directory/directory.js';
import type { MappedPerson } from '../../mapping/types.js';
import { foldId } from '../../contract/person-key.js';
import { customValues, type KnownUser } from '../directory/known-user.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { isSameValue } from '../plan/same-value.js';
import type { PlannedWrite, WriteResult } from './writer.js';

export interface IdCheckOptions {
  readonly client: HaloClient;
  readonly instance: Pick<HaloInstance, 'keptIds' | 'isListOrdered'>;
  readonly directory: Directory;
  readonly targets: Targets;
}

export class IdCheck {
  constructor(private readonly options: IdCheckOptions) {}

  /** These people are in Halo with their IDs. As long as no list has shown one, that is only by what was sent. */
  note(seatgeekIds: Iterable<string>): void {
    if (!this.options.directory.listsIds) return;
    for (const id of seatgeekIds) this.#keep(id);
  }

  /** Of each kind of ID the longest, unless as long a one was kept before. */
  candidates(creates: readonly PlannedWrite[]): readonly PlannedWrite[] {
    const longest = new Map<string, PlannedWrite>();
    for (const write of creates) {
      const { seatgeekId } = write.person;
      const key = this.#key(seatgeekId);
      if (seatgeekId.length <= (this.options.instance.keptIds.get(key) ?? 0)) continue;
      const before = longest.get(key);
      if (before === undefined || before.person.seatgeekId.length < seatgeekId.length) longest.set(key, write);
    }
    return [...longest.values()];
  }

  /** Looks at a user just created; one without its ID is taken away again, if it surely is that user. Throws DriftError. */
  async check({ person, payload }: PlannedWrite, result: WriteResult | undefined, call: CallOptions): Promise<void> {
    if (result?.kind !== 'written') return;
    const { directory, instance, targets } = this.options;
    const { userId } = result;
    const { seatgeekId } = person;
    const hasId = (user: KnownUser | null): boolean =>
      user?.seatgeekId != null && foldId(user.seatgeekId) === foldId(seatgeekId);
    // What shows that its list has the ID shows that it is kept too.
    const row = directory.listsIds || !instance.isListOrdered ? null : await this.#row(person, userId, call);
    if (hasId(row)) {
      this.#keep(seatgeekId);
      return;
    }
    let user = await this.#details(userId, call);
    // An answer without any custom field may be chance, and says nothing against a list.
    if (isEmpty(user, targets)) user = await this.#details(userId, call);
    if (isEmpty(user, targets) && instance.isListOrdered) user = await this.#row(person, userId, call);
    if (user === null) return;
    if (hasId(user)) {
      const isUnlisted = row?.seatgeekId === null && (await this.#row(person, userId, call))?.seatgeekId === null;
      if (isUnlisted) return this.#takeAway(userId, this.#notListed(), call);
      this.#keep(seatgeekId);
      return;
    }
    if (!isSameValue(user.values[targets.name], String(payload['name']))) return;
    return this.#takeAway(userId, this.#notKept(user.seatgeekId), call);
  }

  async #takeAway(userId: number, error: DriftError, call: CallOptions): Promise<never> {
    await this.options.client.delete(`/Users/${userId}`, call);
    this.options.directory.index.remove(userId);
    throw error;
  }

  /** As the list of the newest users shows it, or as it is known where that does not show it (yet). */
  async #row(person: MappedPerson, userId: number, call: CallOptions): Promise<KnownUser | null> {
    const { directory } = this.options;
    await asFarAsShown(() => directory.readNewest([person], call));
    return directory.index.get(userId) ?? null;
  }

  #details(userId: number, call: CallOptions): Promise<KnownUser | null> {
    return asFarAsShown(() => this.options.directory.readDetails(userId, call));
  }

  #keep(seatgeekId: string): void {
    const { keptIds } = this.options.instance;
    const key = this.#key(seatgeekId);
    keptIds.set(key, Math.max(keptIds.get(key) ?? 0, seatgeekId.length));
  }

  /** A field of numbers keeps digits, but neither letters nor zeros before them. */
  #key(seatgeekId: string): string {
    const kind = /^[1-9]\d*$/.test(seatgeekId) ? 'number' : /^\d+$/.test(seatgeekId) ? 'digits' : 'text';
    return `${this.#field} ${kind}`;
  }

  get #field(): string {
    const { targets } = this.options;
    return targets.all[targets.seatgeekId]?.to ?? '';
  }

  #notKept(stored: string | null): DriftError {
    return new DriftError(
      'seatgeek-id-not-kept',
      `Halo does not keep SeatGeek IDs in the field ${this.#field}: a new user came out ${stored === null ? 'without its ID' : 'with another one'}.`,
      'Choose for users.seatgeekIdField a text field of users that is long enough for the IDs and that the API application may write. The new user was taken away again.',
    );
  }

  #notListed(): DriftError {
    return new DriftError(
      'seatgeek-id-not-listed',
      `Halo shows the SeatGeek ID of a new user in the field ${this.#field} and does not show it in its list of users.`,
      'Nobody would be found again by it. Let the API application of the connection see this field in lists of users, or choose another for users.seatgeekIdField. The new user was taken away again.',
    );
  }
}

/** Nothing but a missing right stops the run. */
async function asFarAsShown<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HaloRefusalError || error instanceof TransientError) return null;
    throw error;
  }
}

function isEmpty(user: KnownUser | null, targets: Targets): boolean {
  return user !== null && customValues(user, targets).size === 0 && targets.all[targets.seatgeekId]?.custom != null;
}
