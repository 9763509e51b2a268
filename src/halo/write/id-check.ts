/**
 * Whether Halo keeps the SeatGeek IDs that it is sent, and shows them in lists: a field may be too short for them, hold numbers only, not be
 * writable, or be shown for a single user only. Then nobody would be found again, and everybody created once more by each run. So the first user
 * with an ID of a new kind or length goes out alone and is looked at.
 */
import { DriftError, SyncError, TransientError } from '../../errors.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import { HaloRefusalError } from '../api/errors.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import type { MappedPerson } from '../../mapping/types.js';
import { foldId } from '../../contract/person-key.js';
import { customValues, storedOf, type KnownUser } from '../directory/known-user.js';
import type { Targets } from '../fields/targets.js';
import { isFormOf } from '../fields/text-form.js';
import type { HaloInstance } from '../instance.js';
import { isSameValue } from '../plan/same-value.js';
import { LISTED_AFTER_MS } from './lost-creates.js';
import type { PlannedWrite, WriteResult } from './writer.js';

export interface IdCheckOptions {
  readonly client: HaloClient;
  readonly clock: Clock;
  readonly instance: Pick<HaloInstance, 'keptIds' | 'usersWithoutId' | 'isListOrdered' | 'newestGone'>;
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

  /**
   * Of each kind of ID the longest, unless as long a one was kept before. First those with an e-mail address: one who can't be taken away again is
   * found by it in the next run, and not made once more.
   */
  candidates(creates: readonly PlannedWrite[]): readonly PlannedWrite[] {
    const unproved = creates.filter(({ person: { seatgeekId } }) => seatgeekId.length > this.#keptLength(seatgeekId));
    const withEmail = this.#longest(unproved.filter(({ person }) => person.matchEmail !== null));
    const lengths = new Map(withEmail.map(({ person: { seatgeekId } }) => [this.#key(seatgeekId), seatgeekId.length]));
    const longer = unproved.filter(
      ({ person: { seatgeekId } }) => seatgeekId.length > (lengths.get(this.#key(seatgeekId)) ?? 0),
    );
    return [...withEmail, ...this.#longest(longer)];
  }

  /** As long as a user is there whom a field left without its ID, and who could not be taken away, the next would be another. Throws DriftError. */
  async assertNobodyLeft(call: CallOptions): Promise<void> {
    const { directory, instance } = this.options;
    const { usersWithoutId } = instance;
    const left = usersWithoutId.get(this.#field);
    if (left === undefined) return;
    const user = await directory.readDetails(left.userId, call);
    if (user === null && left.isUnshown && !directory.listsIds) throw this.#notShown(left.userId);
    if (user !== null && !isOf(user, left.seatgeekId))
      throw this.#notKept(user.seatgeekId, left.isTheirs ? stays(left.userId) : mayStay(left.userId));
    usersWithoutId.delete(this.#field);
  }

  /**
   * Takes a user who seems to be a new one that came out without its ID. Answers whether it has its ID all the same. Throws DriftError as long as such an ID
   * was never seen to be kept.
   */
  async cameOutOtherwise(
    { person: { seatgeekId } }: PlannedWrite,
    user: KnownUser,
    call: CallOptions,
  ): Promise<boolean> {
    const { instance, directory } = this.options;
    const details = await directory.readDetails(user.id, call);
    const hasId = details !== null && isOf(details, seatgeekId);
    const isProved = seatgeekId.length <= this.#keptLength(seatgeekId);
    if (isProved || hasId) {
      if (!hasId)
        instance.usersWithoutId.set(this.#keyOfOne(seatgeekId), { userId: user.id, seatgeekId, isTheirs: false });
      return hasId;
    }
    instance.usersWithoutId.set(this.#field, { userId: user.id, seatgeekId, isTheirs: false });
    throw this.#notKept(details?.seatgeekId ?? user.seatgeekId, mayStay(user.id));
  }

  /** The user who took the place of a new one before and is still there without its ID; null for none. */
  async inPlaceOf({ person: { seatgeekId } }: PlannedWrite, call: CallOptions): Promise<number | null> {
    const { instance, directory } = this.options;
    const key = this.#keyOfOne(seatgeekId);
    const left = instance.usersWithoutId.get(key);
    if (left === undefined) return null;
    const user = await directory.readDetails(left.userId, call);
    if (user !== null && !isOf(user, seatgeekId)) return left.userId;
    instance.usersWithoutId.delete(key);
    return null;
  }

  /** Of each kind. */
  #longest(writes: readonly PlannedWrite[]): readonly PlannedWrite[] {
    const longest = new Map<string, PlannedWrite>();
    for (const write of writes) {
      const { seatgeekId } = write.person;
      const before = longest.get(this.#key(seatgeekId))?.person.seatgeekId.length ?? 0;
      if (seatgeekId.length > before) longest.set(this.#key(seatgeekId), write);
    }
    return [...longest.values()];
  }

  #keptLength(seatgeekId: string): number {
    return this.options.instance.keptIds.get(this.#key(seatgeekId)) ?? 0;
  }

  /**
   * Looks at a user just created; one without its ID is taken away again, if it surely is that user: it has the name that was sent, or that in
   * another form and an id which the answer gave. Throws DriftError.
   */
  async check({ person, payload }: PlannedWrite, result: WriteResult | undefined, call: CallOptions): Promise<void> {
    if (result?.kind !== 'written') return;
    const { directory, instance, targets } = this.options;
    const { userId } = result;
    const { seatgeekId } = person;
    const hasId = (user: KnownUser | null): boolean => user !== null && isOf(user, seatgeekId);
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
    if (user === null && !directory.listsIds && (await this.#isUnshown(person, userId, call))) {
      instance.usersWithoutId.set(this.#field, { userId, seatgeekId, isTheirs: true, isUnshown: true });
      throw this.#notShown(userId);
    }
    if (user === null) return;
    if (hasId(user)) {
      const isUnlisted = row?.seatgeekId === null && (await this.#row(person, userId, call))?.seatgeekId === null;
      if (isUnlisted) throw this.#notListed(await this.#takeAway(userId, call));
      this.#keep(seatgeekId);
      return;
    }
    const [name, sent] = [user.values[targets.name], String(payload['name'])];
    const isTheirs = isSameValue(name, sent) || (result.shown !== undefined && isFormOf(storedOf(name), sent));
    // The answer may have told somebody else's id.
    if (!isTheirs && (await this.#isListed(person, call))) {
      this.#keep(seatgeekId);
      return;
    }
    instance.usersWithoutId.set(this.#field, { userId, seatgeekId, isTheirs });
    throw this.#notKept(user.seatgeekId, isTheirs ? await this.#takeAway(userId, call) : mayStay(userId));
  }

  /** Answers what became of the user: the agent may write users and not delete them, and the field is what somebody has to look at. */
  async #takeAway(userId: number, call: CallOptions): Promise<string> {
    try {
      await this.options.client.delete(`/Users/${userId}`, call);
    } catch (error) {
      if (!(error instanceof SyncError)) throw error;
      const isGone = error instanceof HaloRefusalError && error.isNotFound;
      if (!isGone) return stays(userId);
    }
    const { instance, directory } = this.options;
    instance.usersWithoutId.delete(this.#field);
    instance.newestGone = Math.max(instance.newestGone, userId);
    directory.noteDeleted(userId);
    return 'The new user was taken away again.';
  }

  /** Whether a user has the person's ID once the newest are read. */
  async #isListed(person: MappedPerson, call: CallOptions): Promise<boolean> {
    const { directory } = this.options;
    await asFarAsShown(() => directory.readNewest([person], call));
    return directory.index.bySeatgeekId(person.seatgeekId).length > 0;
  }

  /** As the list of the newest users shows it, or as it is known where that does not show it (yet). */
  async #row(person: MappedPerson, userId: number, call: CallOptions): Promise<KnownUser | null> {
    const { directory } = this.options;
    await asFarAsShown(() => directory.readNewest([person], call));
    return directory.index.get(userId) ?? null;
  }

  /** Whether neither lists nor details show a new user nor anybody's ID, after the time that lists are late by. False where one can't be read. */
  async #isUnshown(person: MappedPerson, userId: number, call: CallOptions): Promise<boolean> {
    const { directory, clock } = this.options;
    for (const pause of LISTED_AFTER_MS) {
      await clock.sleep(pause, call.signal);
      const isRead = await asFarAsShown(async () => {
        await directory.readNewest([person], call);
        return directory.index.get(userId) === undefined && (await directory.readDetails(userId, call)) === null;
      });
      if (isRead !== true || directory.listsIds) return false;
    }
    return true;
  }

  #details(userId: number, call: CallOptions): Promise<KnownUser | null> {
    return asFarAsShown(() => this.options.directory.readDetails(userId, call));
  }

  #keep(seatgeekId: string): void {
    const { keptIds } = this.options.instance;
    const key = this.#key(seatgeekId);
    keptIds.set(key, Math.max(this.#keptLength(seatgeekId), seatgeekId.length));
  }

  /** A field of numbers keeps digits, but neither letters nor zeros before them. */
  #key(seatgeekId: string): string {
    const kind = /^[1-9]\d*$/.test(seatgeekId) ? 'number' : /^\d+$/.test(seatgeekId) ? 'digits' : 'text';
    return `${this.#field} ${kind}`;
  }

  #keyOfOne(seatgeekId: string): string {
    return `${this.#field} of ${foldId(seatgeekId)}`;
  }

  get #field(): string {
    const { targets } = this.options;
    return targets.all[targets.seatgeekId]?.to ?? '';
  }

  #notKept(stored: string | null, became: string): DriftError {
    return new DriftError(
      'seatgeek-id-not-kept',
      `Halo does not keep SeatGeek IDs in the field ${this.#field}: a new user came out ${stored === null ? 'without its ID' : 'with another one'}.`,
      `Choose for users.seatgeekIdField a text field of users that is long enough for the IDs and that the API application may write. ${became}`,
    );
  }

  #notShown(userId: number): DriftError {
    return new DriftError(
      'new-users-not-shown',
      `Halo has created user ${userId} and shows it to nobody of this API application, neither in its list of users nor alone.`,
      'Nobody would be found again. Let the API application of the connection, and the agent it logs in as, see the clients and sites of users. ' +
        `Leave user ${userId} in Halo: it is known by its SeatGeek ID as soon as it is shown.`,
    );
  }

  #notListed(became: string): DriftError {
    return new DriftError(
      'seatgeek-id-not-listed',
      `Halo shows the SeatGeek ID of a new user in the field ${this.#field} and does not show it in its list of users.`,
      `Nobody would be found again by it. Let the API application of the connection see this field in lists of users, or choose another for users.seatgeekIdField. ${became}`,
    );
  }
}

function isOf({ seatgeekId }: KnownUser, asked: string): boolean {
  return seatgeekId !== null && foldId(seatgeekId) === foldId(asked);
}

function stays(userId: number): string {
  return `The new user could not be taken away again: delete user ${userId} in Halo.`;
}

function mayStay(userId: number): string {
  return `Look at user ${userId} in Halo, which may be the new one: delete it if so.`;
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
