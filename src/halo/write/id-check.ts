/**
 * Whether Halo keeps the SeatGeek IDs that it is sent: a field may be too short for them, hold numbers only, or not be writable. Then nobody
 * would be found again, and everybody created once more by each run. So the first user with an ID of a new kind or length goes out alone and
 * is looked at.
 */
import { DriftError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import type { Directory } from '../directory/directory.js';
import { foldId } from '../../contract/person-key.js';
import type { KnownUser } from '../directory/known-user.js';
import type { Targets } from '../fields/targets.js';
import type { HaloInstance } from '../instance.js';
import { isSameValue } from '../plan/same-value.js';
import type { PlannedWrite, WriteResult } from './writer.js';

export interface IdCheckOptions {
  readonly client: HaloClient;
  readonly instance: Pick<HaloInstance, 'keptIds'>;
  readonly directory: Directory;
  readonly targets: Targets;
}

export class IdCheck {
  constructor(private readonly options: IdCheckOptions) {}

  /** These people are in Halo with their IDs. */
  note(seatgeekIds: Iterable<string>): void {
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
    const user = await this.#details(result.userId, call);
    if (user === null) return;
    const { seatgeekId } = person;
    if (user.seatgeekId !== null && foldId(user.seatgeekId) === foldId(seatgeekId)) {
      this.#keep(seatgeekId);
      return;
    }
    if (!isSameValue(user.values[this.options.targets.name], String(payload['name']))) return;
    await this.options.client.delete(`/Users/${result.userId}`, call);
    this.options.directory.index.remove(result.userId);
    throw this.#notKept(user.seatgeekId);
  }

  async #details(userId: number, call: CallOptions): Promise<KnownUser | null> {
    try {
      return await this.options.directory.readDetails(userId, call);
    } catch (error) {
      if (error instanceof HaloRefusalError || error instanceof TransientError) return null;
      throw error;
    }
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
}
