/** Sends every user in a request of its own: right in every tenant, whatever it does with longer arrays (`reference/halo.md` 3.5). */
import type { CallOptions, HaloClient } from '../api/client.js';
import { LostAnswerError } from '../api/errors.js';
import { inFlight } from '../in-flight.js';
import { postUsers } from './post-users.js';
import { writtenUsersSchema } from '../api/wire.js';
import type { PlannedWrite, UserWriter, WriteResult } from './writer.js';

const REQUESTS_IN_FLIGHT = 4;

export function createOnePerRequestWriter(client: HaloClient): UserWriter {
  return {
    write: async (group, call) => {
      let failed: WriteResult | undefined;
      return inFlight(group, REQUESTS_IN_FLIGHT, async (write) => {
        if (failed !== undefined) return failed;
        const result = await writeOne(client, write, call);
        if (result.kind === 'failed') failed = result;
        return result;
      });
    },
  };
}

async function writeOne(client: HaloClient, write: PlannedWrite, call: CallOptions): Promise<WriteResult> {
  const posted = await postUsers(client, [write], call);
  if (posted.kind !== 'accepted') return posted;
  const userId = write.userId ?? createdId(posted.answer);
  if (userId !== null) return { kind: 'written', userId };
  return { kind: 'lost', error: new LostAnswerError('Halo accepted a new user without naming it.', false) };
}

/** An accepted create whose answer names no user is looked for like one without any answer. */
function createdId(answer: unknown): number | null {
  const parsed = writtenUsersSchema.safeParse(answer);
  const [user, ...more] = parsed.success ? parsed.data : [];
  return user === undefined || more.length > 0 ? null : user.id;
}
