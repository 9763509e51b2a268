/** Looks people up in Halo: by SeatGeek ID, and those who are not found by e-mail address. */
import { SyncError, TransientError } from '../../errors.js';
import type { Identity } from '../../mapping/types.js';
import type { CallOptions } from '../api/client.js';
import type { WireUser } from '../api/wire.js';
import { emailField, type KnownUser, type LookUpField } from './known-user.js';
import { isPlain, UnheededError, type Way } from './look-up.js';
import { isHidden } from './match-key.js';
import type { UserIndex } from './user-index.js';
import type { UserSearch } from './user-search.js';

export interface PeopleLookUpOptions {
  readonly search: UserSearch;
  readonly index: UserIndex;
  /** Takes the users found into `index`. */
  readonly take: (users: readonly WireUser[]) => void;
  /** Reads the newest users, by whom an answer can be proved. */
  readonly readNewest: (call: CallOptions) => Promise<unknown>;
}

/** Addresses that nobody has exactly: in Halo a blank or a name may stand around one. So few cost little beside the creates. */
const MOST_SEARCHED = 20;

export class PeopleLookUp {
  /** How many were looked up so far, one who was looked up again once more. */
  people = 0;
  /** See `lookUpKey`. */
  readonly #lookedUp = new Set<string>();
  #isTextUnheeded = false;

  constructor(private readonly options: PeopleLookUpOptions) {}

  /** Whether that person was looked up, found or not. */
  has(person: Identity): boolean {
    return this.#lookedUp.has(lookUpKey(person));
  }

  /** That person is to be looked up again. */
  forget(person: Identity): void {
    this.#lookedUp.delete(lookUpKey(person));
  }

  /** So is everybody. */
  forgetAll(): void {
    this.#lookedUp.clear();
  }

  /**
   * Looks these people up. False when the tenant's search does not do what it did before, or something on the way refuses to ask for one of them while Halo is there: then
   * everybody must be listed. Throws TransientError when Halo's limit is used up, and what `readNewest` throws.
   */
  async learn(people: readonly Identity[], call: CallOptions, isSecond = false): Promise<boolean> {
    const { search, index } = this.options;
    const { byId = 'none', idField, isProvedWithInactive } = search;
    if (byId === 'none') return false;
    try {
      const seatgeekIds = people.map(({ seatgeekId }) => seatgeekId);
      await this.#learnLookedUp(idField, seatgeekIds, byId, call);
      const unmatched = people.filter((one) => !one.deleted && index.bySeatgeekId(one.seatgeekId).length === 0);
      await this.#lookUpEmails(unmatched, call);
      if (unmatched.length > 0 && !isProvedWithInactive && !(await search.isSoundByNow(call))) return false;
    } catch (error) {
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
      if (error instanceof TransientError && !isSecond) {
        await this.options.readNewest(call);
        return this.learn(people, call, true);
      }
      search.forgetSupport();
      return false;
    }
    for (const person of people) this.#lookedUp.add(lookUpKey(person));
    this.people += people.length;
    return true;
  }

  /** Whether a search finds that user; null where there is none that can, or nothing to search it by. Throws TransientError when Halo's limit is used up. */
  async shows({ id, seatgeekId, email }: KnownUser, call: CallOptions): Promise<boolean | null> {
    const { search } = this.options;
    const ways = [
      { field: search.idField, value: seatgeekId, way: search.byId },
      { field: emailField, value: email, way: search.byEmail },
    ];
    for (const { field, value, way = 'none' } of ways) {
      if (value === null || isHidden(value) || !isPlain(value) || way === 'none') continue;
      let isFound = false;
      const take = (users: readonly WireUser[]): void => {
        isFound ||= users.some((user) => user.id === id);
      };
      try {
        await search.find(field, [value], way, call, take);
      } catch (error) {
        if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
        return null;
      }
      return isFound;
    }
    return null;
  }

  async #lookUpEmails(unmatched: readonly Identity[], call: CallOptions): Promise<void> {
    const emails = [...new Set(unmatched.flatMap(({ matchEmail }) => matchEmail ?? []))];
    const { byEmail: support = 'none' } = this.options.search;
    await this.#learnLookedUp(emailField, emails, support === 'none' ? 'text' : support, call);
    const left = emails.filter((email) => this.options.index.byEmail(email).length === 0);
    if (support === 'none' || this.#isTextUnheeded || left.length > MOST_SEARCHED) return;
    try {
      await this.#learnLookedUp(emailField, left, 'text', call);
    } catch (error) {
      // An extra: a tenant may have no search of texts that can be believed, or none that answers.
      if (!(error instanceof SyncError) || error.code === 'halo-rate-limited') throw error;
      this.#isTextUnheeded = true;
    }
  }

  /** Throws HaloRefusalError when the answer can't be proved. */
  async #learnLookedUp(field: LookUpField, values: readonly string[], way: Way, call: CallOptions): Promise<void> {
    const ask = (): Promise<void> => this.options.search.find(field, values, way, call, this.options.take);
    try {
      await ask();
    } catch (error) {
      if (!(error instanceof UnheededError) || this.options.search.newest.length > 0) throw error;
      await this.options.readNewest(call);
      await ask();
    }
  }
}

/** What a person is looked up by: who is deleted is not looked for by e-mail address. */
function lookUpKey({ seatgeekId, matchEmail, deleted }: Identity): string {
  return JSON.stringify([seatgeekId, deleted ? null : matchEmail]);
}
