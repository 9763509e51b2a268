/** Sends every user in a request of its own: right in every tenant, whatever it does with longer arrays (`reference/halo.md` 3.5). */
import type { CallOptions, HaloClient } from './client.js';
import { HaloRefusalError, LostAnswerError } from './errors.js';
import { inFlight } from './in-flight.js';
import { hiddenValues } from './payload.js';
import { writtenUsersSchema } from './wire.js';
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
  try {
    const answer = await client.post('/Users', [write.payload], { ...call, hide: hiddenValues(write.person) });
    return { kind: 'written', userId: write.userId ?? createdId(answer) };
  } catch (error) {
    if (error instanceof HaloRefusalError) return { kind: 'refused', error };
    if (error instanceof LostAnswerError) return { kind: 'lost', error };
    return { kind: 'failed', error };
  }
}

/** An accepted create whose answer names no user is looked for like one without any answer. */
function createdId(answer: unknown): number {
  const parsed = writtenUsersSchema.safeParse(answer);
  const [user, ...more] = parsed.success ? parsed.data : [];
  if (user === undefined || more.length > 0)
    throw new LostAnswerError('Halo accepted a new user without naming it.', false);
  return user.id;
}
