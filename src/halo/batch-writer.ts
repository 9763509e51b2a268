/** Sends a group as two arrays, one of new users and one of changes; what the tenant does with arrays is learnt per Halo instance. */
import { CreateArrays } from './create-arrays.js';
import { CreatedUsers } from './created-users.js';
import type { ArrayHabits } from './array-habits.js';
import type { HaloClient } from './client.js';
import type { Clock } from './clock.js';
import type { Directory } from './directory.js';
import { createOnePerRequestWriter } from './one-per-request.js';
import type { Targets } from './targets.js';
import { UpdateArrays, type PlannedUpdate } from './update-arrays.js';
import { WriteResults } from './write-results.js';
import type { PlannedWrite, UserWriter } from './writer.js';

export interface BatchWriterOptions {
  readonly client: HaloClient;
  readonly habits: ArrayHabits;
  readonly directory: Directory;
  readonly targets: Targets;
  readonly clock: Clock;
}

/** A group with new users must be written right after `Directory.readNewest`, with nobody else of this process creating. */
export function createBatchWriter(options: BatchWriterOptions): UserWriter {
  const onePerRequest = createOnePerRequestWriter(options.client);
  return {
    write: async (group, call) => {
      const results = new WriteResults();
      const shared = { ...options, onePerRequest, results, call, createdUsers: new CreatedUsers(options.directory) };
      try {
        await new CreateArrays(shared).send(group.filter(({ userId }) => userId === null));
        await new UpdateArrays(shared).send(group.filter(isUpdate));
      } catch (error) {
        results.fail(error);
      }
      return group.map((write) => results.of(write));
    },
  };
}

function isUpdate(write: PlannedWrite): write is PlannedUpdate {
  return write.userId !== null;
}
