/**
 * Sends new users in arrays. Nothing is assumed of what the tenant does with them (`reference/halo.md` 3.5, 8.1): after each array it is
 * known of everybody whether they are in Halo, from the answer once it proved true, else from the newest users; whoever is not there is sent
 * again in smaller arrays until the bad one stands alone with Halo's reason. Nobody is sent twice without reading in between.
 *
 * What a bad person in an array costs on top, in requests: 3 where Halo stops at it or skips it, about 3 per halving where it refuses
 * the whole array.
 */
import { addParts, learnLimit, NO_PARTS, type ArrayHabits, type Parts } from './array-habits.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Clock } from '../clock.js';
import type { CreatedUsers, Found } from './created-users.js';
import type { LostAnswerError } from '../api/errors.js';
import { pausesAfter } from './lost-pause.js';
import { namedUsers } from './named-users.js';
import { postUsers, type PostResult } from './post-users.js';
import type { Targets } from '../fields/targets.js';
import type { WriteResults } from './write-results.js';
import type { PlannedWrite, UserWriter } from './writer.js';

export interface CreateArraysOptions {
  readonly client: HaloClient;
  readonly habits: ArrayHabits;
  readonly targets: Targets;
  readonly clock: Clock;
  readonly createdUsers: CreatedUsers;
  readonly onePerRequest: UserWriter;
  readonly results: WriteResults;
  readonly call: CallOptions;
}

type Writes = readonly PlannedWrite[];

export class CreateArrays {
  constructor(private readonly options: CreateArraysOptions) {}

  /** Gives every write a result unless the results are over. Throws what reading Halo throws. */
  async send(writes: Writes): Promise<Parts> {
    const { habits, results } = this.options;
    let parts = NO_PARTS;
    for (let left = writes; left.length > 0 && !results.isOver;) {
      const size = habits.limit === 1 ? left.length : Math.min(left.length, habits.limit);
      parts = addParts(parts, await this.#sendArray(left.slice(0, size)));
      left = left.slice(size);
    }
    return parts;
  }

  /** Each in a request of its own, unless the results are over. Throws what reading Halo throws. */
  async sendAlone(writes: Writes): Promise<Parts> {
    const { onePerRequest, results, call } = this.options;
    if (results.isOver) return NO_PARTS;
    const answered = await onePerRequest.write(writes, call);
    const lost = new Map<PlannedWrite, LostAnswerError>();
    answered.forEach((result, place) => {
      const write = writes[place];
      if (write === undefined) return;
      results.set(write, result);
      if (result.kind === 'lost') lost.set(write, result.error);
    });
    await this.#afterLostAlone(lost);
    const refused = writes.filter((write) => results.isRefused(write)).length;
    return { largest: refused < writes.length ? 1 : 0, refused };
  }

  async #sendArray(writes: Writes): Promise<Parts> {
    const { client, habits, call } = this.options;
    if (writes.length === 1 || habits.limit === 1) return this.sendAlone(writes);
    const posted = await postUsers(client, writes, call);
    return posted.kind === 'refused' ? this.#afterRefused(writes) : this.take(writes, posted);
  }

  /** Takes what became of an array that held these users, and perhaps others. Throws what reading Halo throws. */
  async take(writes: Writes, posted: PostResult): Promise<Parts> {
    const { results } = this.options;
    switch (posted.kind) {
      case 'accepted':
        return this.#afterAccepted(writes, posted.answer);
      case 'refused':
        // Who of the array was bad is not known, so nothing is learnt from it.
        return this.send((await this.#readBack(writes)).absent);
      case 'lost':
        await this.#afterLost(writes, posted.error);
        return NO_PARTS;
      case 'failed':
        results.setAll(writes, posted);
        return NO_PARTS;
    }
  }

  async #afterAccepted(writes: Writes, answer: unknown): Promise<Parts> {
    const { habits, targets, results } = this.options;
    const named = namedUsers(answer, writes, targets);
    if (named.size === writes.length && habits.isCreateAnswerTrusted) {
      for (const [write, id] of named) results.written(write, id);
      return { largest: writes.length, refused: 0 };
    }
    const found = await this.#readBack(writes, named);
    if (found.present.size > 0 && isSame(named, found.present)) habits.isCreateAnswerTrusted = true;
    if (found.absent.length === 0) return { largest: writes.length, refused: 0 };
    return this.#sendLeftOut(found.absent, found.present.size);
  }

  /** An accepted array left people out: they are bad, which shows when they stand alone, or this Halo heeds only so many at once. */
  async #sendLeftOut(absent: Writes, written: number): Promise<Parts> {
    const { habits, results } = this.options;
    let parts = NO_PARTS;
    for (const [place, write] of absent.entries()) {
      if (results.isOver) break;
      parts = addParts(parts, await this.sendAlone([write]));
      if (!results.isWritten(write)) continue;
      habits.limit = Math.min(habits.limit, Math.max(1, written));
      return addParts(parts, await this.send(absent.slice(place + 1)));
    }
    return parts;
  }

  async #afterRefused(writes: Writes): Promise<Parts> {
    const { habits, results } = this.options;
    const { present, absent, taken } = await this.#readBack(writes);
    const [first, ...rest] = absent;
    if (first === undefined) return NO_PARTS;
    // Those before the bad one are there, so it is the first that is not.
    if (present.size > 0) return addParts(await this.sendAlone([first]), await this.send(rest));
    const parts = habits.refusesWhole ? await this.#sendHalves(absent) : await this.#sendFirst(first, rest);
    if (!results.isOver && taken.length === 0) learnLimit(habits, parts);
    return parts;
  }

  async #sendFirst(first: PlannedWrite, rest: Writes): Promise<Parts> {
    const { habits, results } = this.options;
    const parts = await this.sendAlone([first]);
    if (!results.isWritten(first)) return addParts(parts, await this.send(rest));
    habits.refusesWhole = true;
    return addParts(parts, await this.#sendHalves(rest));
  }

  async #sendHalves(writes: Writes): Promise<Parts> {
    const middle = Math.ceil(writes.length / 2);
    return addParts(await this.send(writes.slice(0, middle)), await this.send(writes.slice(middle)));
  }

  async #afterLostAlone(lost: ReadonlyMap<PlannedWrite, LostAnswerError>): Promise<void> {
    const errors = [...lost.values()];
    const error = errors.find(({ mayStillRun }) => mayStillRun) ?? errors[0];
    if (error !== undefined) await this.#afterLost([...lost.keys()], error);
  }

  /** Halo may still be at it: who is there is read until it stays the same. Who is not there is planned again. */
  async #afterLost(writes: Writes, error: LostAnswerError): Promise<void> {
    const { clock, results, call } = this.options;
    results.setAll(writes, { kind: 'unsent', error });
    const pauses = pausesAfter(error);
    let before = 0;
    for (let look = 0; ; look += 1) {
      await clock.sleep(pauses[look] ?? pauses.at(-1) ?? 0, call.signal);
      const { present } = await this.#readBack(writes);
      if (present.size === writes.length || (present.size === before && look + 1 >= pauses.length)) return;
      before = present.size;
    }
  }

  /** Settles who is there, and gives back to planning whose e-mail somebody got meanwhile. `named`: as the answer to the array has it. */
  async #readBack(writes: Writes, named: ReadonlyMap<PlannedWrite, number> = new Map()): Promise<Found> {
    const { createdUsers, results, call } = this.options;
    const found = await createdUsers.find(writes, call);
    const present = new Map(found.present);
    for (const [write, id] of named)
      if (!present.has(write) && (await createdUsers.isThere(id, call))) present.set(write, id);
    for (const [write, id] of present) results.written(write, id);
    const taken = found.taken.filter((write) => !present.has(write));
    for (const write of taken) results.set(write, { kind: 'unsent', error: null });
    return { present, taken, absent: found.absent.filter((write) => !present.has(write)) };
  }
}

function isSame(named: ReadonlyMap<PlannedWrite, number>, present: ReadonlyMap<PlannedWrite, number>): boolean {
  return named.size === present.size && [...named].every(([write, id]) => present.get(write) === id);
}
