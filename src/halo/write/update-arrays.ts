/**
 * Sends changes of users in arrays. An update may be repeated, so a refused array is simply halved. Whose update was done must stand in
 * the answer: those it does not name are sent alone, and where they turn out to be fine the tenant gets one update per request from then on.
 */
import type { AddressHabits } from '../address/address-habits.js';
import { addParts, learnLimit, NO_PARTS, type ArrayHabits, type Parts } from './array-habits.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Directory } from '../directory/directory.js';
import { HaloRefusalError } from '../api/errors.js';
import { answeredIds } from './named-users.js';
import { hasUnnamedAddress } from '../plan/payload.js';
import { postUsers, type PostResult } from './post-users.js';
import { isSameValue } from '../plan/same-value.js';
import type { WriteResults } from './write-results.js';
import type { PlannedWrite, UserWriter } from './writer.js';

export interface UpdateArraysOptions {
  readonly client: HaloClient;
  readonly habits: ArrayHabits;
  readonly addresses: AddressHabits;
  readonly directory: Directory;
  readonly onePerRequest: UserWriter;
  readonly results: WriteResults;
  readonly call: CallOptions;
}

/** A write of a user that is there. */
export type PlannedUpdate = PlannedWrite & { readonly userId: number };

type Updates = readonly PlannedUpdate[];

export class UpdateArrays {
  constructor(private readonly options: UpdateArraysOptions) {}

  /** Gives every update a result unless the results are over. Throws what reading Halo throws. */
  async send(updates: Updates): Promise<Parts> {
    const { results } = this.options;
    let parts = NO_PARTS;
    for (let left = updates; left.length > 0 && !results.isOver;) {
      const size = this.#isOneByOne ? left.length : Math.min(left.length, this.options.habits.limit);
      parts = addParts(parts, await this.#sendArray(left.slice(0, size)));
      left = left.slice(size);
    }
    return parts;
  }

  /** Each in a request of its own, unless the results are over. Throws nothing. */
  async sendAlone(updates: Updates): Promise<Parts> {
    const { onePerRequest, results, call } = this.options;
    if (results.isOver || updates.length === 0) return NO_PARTS;
    const answered = await onePerRequest.write(updates, call);
    answered.forEach((result, place) => {
      const update = updates[place];
      if (update !== undefined) results.set(update, result);
    });
    const refused = updates.filter((update) => results.isRefused(update)).length;
    return { largest: refused < updates.length ? 1 : 0, refused };
  }

  get #isOneByOne(): boolean {
    const { habits } = this.options;
    return habits.limit === 1 || !habits.takesManyUpdates;
  }

  async #sendArray(updates: Updates): Promise<Parts> {
    const { client, call } = this.options;
    if (updates.length === 1 || this.#isOneByOne) return this.sendAlone(updates);
    const posted = await postUsers(client, updates, call);
    return posted.kind === 'refused' ? this.#sendHalves(updates) : this.take(updates, posted);
  }

  /** Takes what became of an array that held these updates, and perhaps others. Throws what reading Halo throws. */
  async take(updates: Updates, posted: PostResult): Promise<Parts> {
    const { results } = this.options;
    switch (posted.kind) {
      case 'accepted':
        return this.#afterAccepted(updates, posted.answer);
      case 'refused':
        return this.send(this.#repeatable(updates));
      case 'lost':
      case 'failed':
        results.setAll(updates, posted);
        return NO_PARTS;
    }
  }

  async #sendHalves(updates: Updates): Promise<Parts> {
    const { habits, results } = this.options;
    const again = this.#repeatable(updates);
    const middle = Math.ceil(again.length / 2);
    const parts = addParts(await this.send(again.slice(0, middle)), await this.send(again.slice(middle)));
    if (!results.isOver) learnLimit(habits, parts);
    return parts;
  }

  async #afterAccepted(updates: Updates, answer: unknown): Promise<Parts> {
    const { habits, results } = this.options;
    const ids = answeredIds(answer);
    const named = updates.filter(({ userId }) => ids.has(userId));
    if (!(await this.#isTrue(named))) {
      habits.takesManyUpdates = false;
      return this.sendAlone(this.#repeatable(updates));
    }
    for (const update of named) results.written(update, update.userId);
    const leftOut = updates.filter(({ userId }) => !ids.has(userId));
    if (leftOut.length === 0) return { largest: updates.length, refused: 0 };
    const parts = await this.sendAlone(this.#repeatable(leftOut));
    if (leftOut.some((update) => results.isWritten(update))) habits.takesManyUpdates = false;
    return parts;
  }

  /** The others are given back to be planned anew: whether their address came to be there must be seen first. */
  #repeatable(updates: Updates): Updates {
    const { addresses, results } = this.options;
    const unnamed =
      addresses.withoutId === 'replaces' ? [] : updates.filter(({ payload }) => hasUnnamedAddress(payload));
    if (unnamed.length === 0) return updates;
    addresses.isCautious = true;
    results.setAll(unnamed, { kind: 'unsent', error: null });
    return updates.filter((update) => !unnamed.includes(update));
  }

  /** Holds the first answer that names several users against the details of the last of them. */
  async #isTrue(named: Updates): Promise<boolean> {
    const { habits } = this.options;
    const last = named.findLast(({ changes }) => changes.fields.length > 0);
    if (habits.isUpdateAnswerTrusted || named.length < 2 || last === undefined) return true;
    habits.isUpdateAnswerTrusted = await this.#isDone(last);
    return habits.isUpdateAnswerTrusted;
  }

  /** Halo may have put one value into another form; that all of them differ means that nothing was written. */
  async #isDone({ userId, changes }: PlannedUpdate): Promise<boolean> {
    const { directory, call } = this.options;
    try {
      const user = await directory.readDetails(userId, call);
      return user !== null && changes.fields.some(({ place, value }) => isSameValue(user.values[place], value));
    } catch (error) {
      if (error instanceof HaloRefusalError) return false;
      throw error;
    }
  }
}
