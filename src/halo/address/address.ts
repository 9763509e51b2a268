/**
 * Primary addresses. Whether a tenant keeps the one sent with the user is not documented (`reference/halo.md` 3.9), so the first is read back;
 * if it is not there, addresses go to `/Address`. An address that Halo refuses never costs the person; that it refuses them again
 * and again is told with what is seen of the Halo.
 */
import { CredentialsRefusedError } from '../../errors.js';
import type { MappedAddress, MappedPerson } from '../../mapping/types.js';
import type { AddressHabits } from './address-habits.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Directory } from '../directory/directory.js';
import { isFormOfAddress, isSameAddress } from '../plan/diff.js';
import type { Clock } from '../clock.js';
import { HaloRefusalError, LostAnswerError } from '../api/errors.js';
import { storedAddress, toStoredAddress, type StoredAddress } from '../directory/known-user.js';
import { hiddenValues } from '../plan/payload.js';
import { addressListSchema } from '../api/wire.js';
import { waitUntil } from '../write/lost-creates.js';

/** Where this tenant keeps an address; nowhere, for the rest of the run, after several refusals in a row. */
export type AddressPlace = AddressHabits['place'] | 'nowhere';

/** A user just written and the address it is to have. */
export interface WrittenAddress {
  readonly person: MappedPerson;
  readonly address: MappedAddress;
  readonly userId: number;
  readonly siteId: number;
  /** The user was just created. */
  readonly isNew: boolean;
  /** The address kept apart before; null when there was none, undefined when nobody looked. */
  readonly before: StoredAddress | null | undefined;
}

export interface AddressOptions {
  readonly client: HaloClient;
  readonly habits: AddressHabits;
  readonly directory: Pick<Directory, 'readDetails'>;
  readonly clock: Clock;
  /** See `HaloInstance`. */
  readonly settlingMs: number;
}

const MAX_REFUSALS = 3;
/** Users looked at until one tells where addresses are kept. */
const MAX_SAMPLES = 3;
/** So many answers lost one after the other are an outage, and so many turns in which nobody else was answered are not. */
const MAX_LOST = 3;

export class AddressBook {
  #refusals = 0;
  #turnsInVain = 0;
  /** Whose address was saved apart and not shown afterwards; the first is looked at each time. */
  readonly #unseen: number[] = [];

  constructor(private readonly options: AddressOptions) {}

  get place(): AddressPlace {
    return this.#refusals >= MAX_REFUSALS ? 'nowhere' : this.options.habits.place;
  }

  /** So many are to be tried before others are looked at: they were refused before, and may be still. */
  get tries(): number {
    return this.place === 'apart' && this.options.habits.isRefused ? MAX_REFUSALS - this.#refusals : 0;
  }

  /** Whether the address of a user may be sent without knowing the one that is there. */
  get mayBeBlind(): boolean {
    return this.place === 'with-user' && this.options.habits.withoutId === 'replaces';
  }

  /**
   * After users were written with their addresses: finds out, once, what Halo does with them, and else saves them apart. Answers whose address
   * was not changed.
   */
  async settle(written: readonly WrittenAddress[], call: CallOptions): Promise<readonly WrittenAddress[]> {
    const { habits } = this.options;
    const byUse = written.toSorted((a, b) => Number(b.isNew) - Number(a.isNew));
    for (const sample of byUse.slice(0, MAX_SAMPLES)) {
      const mayTry = this.place === 'with-user' && habits.withoutId === 'unknown' && sample.isNew;
      if ((habits.place === 'unknown' || mayTry) && (await this.#findOut(sample, call))) break;
    }
    if (this.place === 'apart') return this.#saveAllApart(written, call);
    return this.place === 'nowhere' ? written : [];
  }

  /** An address whose answer is lost each time is given up when Halo answers others after it, or when it is all there is for some turns. */
  async #saveAllApart(written: readonly WrittenAddress[], call: CallOptions): Promise<WrittenAddress[]> {
    const unchanged: WrittenAddress[] = [];
    let lost: LostAnswerError[] = [];
    for (const one of written) {
      try {
        const result = await this.#saveApart(one, call);
        if (result !== 'saved') unchanged.push(one);
        if (result !== 'not-sent') lost = [];
      } catch (error) {
        if (!(error instanceof LostAnswerError)) throw error;
        lost.push(error);
        if (lost.length >= MAX_LOST) throw error;
      }
    }
    const [error] = lost;
    this.#turnsInVain = error === undefined ? 0 : this.#turnsInVain + 1;
    if (error !== undefined && this.#turnsInVain < MAX_LOST) throw error;
    return unchanged;
  }

  /** The address of a user whose details don't show it, where addresses are kept apart; undefined where Halo does not tell. */
  async read(userId: number, call: CallOptions): Promise<StoredAddress | null | undefined> {
    if (this.options.habits.isShownApart === false) return undefined;
    try {
      const listed = await this.options.client.get('/Address', addressListSchema, { user_id: userId }, call);
      // A former address may be the primary one still.
      const found = listed.filter(({ inactive }) => inactive !== true);
      const own = found.filter((address) => address.user_id === userId);
      const primary = own.find((address) => address.primary === true) ?? own[0];
      if (primary !== undefined) return toStoredAddress(primary);
      return found.length === 0 ? null : undefined;
    } catch (error) {
      if (isOfAddress(error)) return undefined;
      throw error;
    }
  }

  /** False when the sample told nothing. */
  async #findOut(sample: WrittenAddress, call: CallOptions): Promise<boolean> {
    const { habits, directory } = this.options;
    const user = await directory.readDetails(sample.userId, call);
    const isKept = user === null ? null : await this.#isKept(sample, user.address ?? null, call);
    if (isKept === null) return false;
    if (habits.place === 'unknown') habits.place = isKept ? 'with-user' : 'apart';
    const id = user?.address?.id ?? null;
    if (isKept && sample.isNew && id !== null) await this.#tryWithoutId(sample, id, call);
    return true;
  }

  /** Whether the user has the address that came with it; null when that can't be told. */
  async #isKept(
    { userId, address, isNew }: WrittenAddress,
    shown: StoredAddress | null,
    call: CallOptions,
  ): Promise<boolean | null> {
    if (isSameAddress(shown, address)) return true;
    // An older user may have had it in that form.
    if (isFormOfAddress(shown, address)) return isNew ? true : null;
    // What a new user has came with it, whatever Halo made of it; but the address shown may be the site's.
    if (this.place !== 'unknown' || !isNew || !hasLines(shown)) return false;
    return hasLines((await this.read(userId, call)) ?? null);
  }

  /** Sends the address of a user of our own making once more, without its id, and takes the old one away where that made a second. */
  async #tryWithoutId({ person, userId, address }: WrittenAddress, id: number, call: CallOptions): Promise<void> {
    const { client, habits, directory } = this.options;
    const body = [{ id: userId, primary_address: { ...address, primary: true }, _dont_fire_automations: true }];
    let isDone = true;
    try {
      await client.post('/Users', body, { ...call, hide: () => hiddenValues(person) });
    } catch (error) {
      if (!(error instanceof HaloRefusalError || error instanceof LostAnswerError)) throw error;
      isDone = false;
    }
    const after = await directory.readDetails(userId, call);
    if (after?.address?.id == null) return;
    // Without an answer the same id may only mean that nothing was done.
    if (after.address.id !== id) habits.withoutId = 'adds';
    else if (isDone) habits.withoutId = 'replaces';
    if (habits.withoutId === 'adds') await this.#takeAway(id, userId, call);
  }

  /** The agent may write users and not delete addresses: then it is told with whom the second stays. */
  async #takeAway(id: number, userId: number, call: CallOptions): Promise<void> {
    const { client, habits } = this.options;
    habits.secondOf = userId;
    try {
      await client.delete(`/Address/${id}`, call);
      habits.secondOf = null;
    } catch (error) {
      if (!(isOfAddress(error) || error instanceof LostAnswerError)) throw error;
    }
  }

  /** Throws LostAnswerError. */
  async #saveApart(written: WrittenAddress, call: CallOptions): Promise<'saved' | 'refused' | 'not-sent'> {
    if (this.place !== 'apart') return 'not-sent';
    const before = written.before === undefined ? await this.read(written.userId, call) : written.before;
    // What is not known may be there, and would be there twice.
    if (before === undefined || (before !== null && isSameAddress(before, written.address))) return 'not-sent';
    try {
      await this.#post(written, before?.id ?? null, call);
      this.#refusals = 0;
      this.options.habits.isRefused = false;
      await this.#learnShown(written.userId, call);
      return 'saved';
    } catch (error) {
      if (!isOfAddress(error)) throw error;
      this.#refusals += 1;
      if (this.#refusals === MAX_REFUSALS) this.options.habits.isRefused = true;
      return 'refused';
    }
  }

  /** Once may be chance, or a list that lags. */
  async #learnShown(userId: number, call: CallOptions): Promise<void> {
    const { habits } = this.options;
    if (habits.isShownApart !== null) return;
    const [first = userId] = this.#unseen;
    if ((await this.read(first, call)) != null) habits.isShownApart = true;
    else if (this.#unseen.push(userId) >= MAX_REFUSALS) habits.isShownApart = false;
  }

  /** After a lost answer the address is looked for before it is sent once more, as soon as it is over with the request. */
  async #post(
    { person, address, userId, siteId }: WrittenAddress,
    id: number | null,
    call: CallOptions,
  ): Promise<void> {
    const post = (known: number | null): Promise<unknown> => {
      const body = {
        ...(known !== null && { id: known }),
        ...address,
        primary: true,
        user_id: userId,
        site_id: siteId,
      };
      return this.options.client.post('/Address', [body], { ...call, hide: () => hiddenValues(person) });
    };
    const { clock, settlingMs } = this.options;
    for (let known = id, isSecond = false; ; isSecond = true) {
      const sentAt = clock.now();
      try {
        await post(known);
        return;
      } catch (error) {
        if (!(error instanceof LostAnswerError)) throw error;
        if (error.mayStillRun) await waitUntil(sentAt + settlingMs, settlingMs, clock, call);
        const found = await this.read(userId, call);
        if (found === undefined || (found !== null && isSameAddress(found, address))) return;
        if (id === null && isFormOfAddress(found, address)) return;
        if (isSecond) throw error;
        known = found?.id ?? id;
      }
    }
  }
}

function hasLines(address: StoredAddress | null): boolean {
  return address !== null && !isSameAddress(address, storedAddress(null, {}));
}

/** It may be that this Halo has no `/Address`, or none for this application (403, or 401 for the same): people are written all the same. */
function isOfAddress(error: unknown): boolean {
  return error instanceof HaloRefusalError || error instanceof CredentialsRefusedError;
}
