/**
 * Sends a group as arrays, new users and changes apart; once the tenant's answers to both are known to be true, few of both go together. What
 * the tenant does with arrays is learnt per Halo instance.
 */
import { mayRepeatWithoutId, type AddressHabits } from '../address/address-habits.js';
import { isLikelyRefused } from './column-sizes.js';
import { CreateArrays } from './create-arrays.js';
import { CreatedUsers } from './created-users.js';
import type { ArrayHabits } from './array-habits.js';
import type { CallOptions, HaloClient } from '../api/client.js';
import type { Clock } from '../clock.js';
import type { Directory } from '../directory/directory.js';
import { createOnePerRequestWriter } from './one-per-request.js';
import { hasUnnamedAddress, type Payload } from '../plan/payload.js';
import { postUsers } from './post-users.js';
import type { Targets } from '../fields/targets.js';
import { UpdateArrays, type PlannedUpdate } from './update-arrays.js';
import { WriteResults } from './write-results.js';
import type { PlannedWrite, UserWriter } from './writer.js';

export interface BatchWriterOptions {
  readonly client: HaloClient;
  readonly habits: ArrayHabits;
  readonly addresses: AddressHabits;
  readonly directory: Directory;
  readonly targets: Targets;
  readonly clock: Clock;
  /** Most users of one array. */
  readonly size: number;
}

/** A group with new users must be written right after `Directory.readyToCreate`, with nobody else of this process creating. */
export function createBatchWriter(options: BatchWriterOptions): UserWriter {
  return {
    write: async (group, call) => {
      const results = new WriteResults();
      const creates = group.filter(({ userId }) => userId === null);
      try {
        await new GroupArrays(options, results, call).send(creates, group.filter(isUpdate));
        options.directory.noteCreated(results.createdIds(creates));
      } catch (error) {
        options.directory.noteCreated(null);
        results.fail(error);
      }
      return group.map((write) => results.of(write));
    },
  };
}

class GroupArrays {
  readonly #creates: CreateArrays;
  readonly #updates: UpdateArrays;

  constructor(
    private readonly options: BatchWriterOptions,
    private readonly results: WriteResults,
    private readonly call: CallOptions,
  ) {
    const onePerRequest = createOnePerRequestWriter(options.client);
    const shared = { ...options, onePerRequest, results, call, createdUsers: new CreatedUsers(options.directory) };
    this.#creates = new CreateArrays(shared);
    this.#updates = new UpdateArrays(shared);
  }

  async send(creates: readonly PlannedWrite[], updates: readonly PlannedUpdate[]): Promise<void> {
    const sound = creates.filter(({ payload }) => !isLikelyRefused(payload));
    const repeatable = updates.filter(({ payload }) => this.#mayBeRepeated(payload));
    if (this.#mayGoTogether(sound, repeatable)) await this.#sendTogether(sound, repeatable);
    else {
      await this.#creates.send(sound);
      await this.#updates.send(repeatable);
    }
    await this.#updates.sendAlone(updates.filter(({ payload }) => !this.#mayBeRepeated(payload)));
    await this.#creates.sendAlone(creates.filter(({ payload }) => isLikelyRefused(payload)));
  }

  /** An array may have to be cut up and sent again; where an address without its id makes a second one, it must not be. */
  #mayBeRepeated(payload: Payload): boolean {
    return !hasUnnamedAddress(payload) || mayRepeatWithoutId(this.options.addresses);
  }

  #mayGoTogether(creates: readonly PlannedWrite[], updates: readonly PlannedUpdate[]): boolean {
    const { habits, size } = this.options;
    const isKnown = habits.isCreateAnswerTrusted && habits.isUpdateAnswerTrusted && habits.takesManyUpdates;
    const fits = creates.length + updates.length <= Math.min(size, habits.limit);
    return isKnown && fits && creates.length > 0 && updates.length > 0;
  }

  async #sendTogether(creates: readonly PlannedWrite[], updates: readonly PlannedUpdate[]): Promise<void> {
    const { results, call } = this;
    const posted = await postUsers(this.options.client, [...creates, ...updates], call);
    await this.#creates.take(creates, posted);
    if (posted.kind !== 'refused' || !results.isOver) await this.#updates.take(updates, posted);
  }
}

function isUpdate(write: PlannedWrite): write is PlannedUpdate {
  return write.userId !== null;
}
