/** How far a page has come: the workflow learns it when the page is settled, the activity's heartbeat tells it before. */
import { WorkflowNotFoundError, type Client, type WorkflowHandle } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import type { PageProgress } from './connections.js';

/** What `upsertUsers` reports (`activities/upsert-users.ts`). */
const heartbeat = z
  .object({
    surveyed: z.number().nullable().default(null),
    settled: z.number().default(0),
    of: z.number().nullable().default(null),
    waitingUntil: z.number().nullable().default(null),
  })
  .refine(({ surveyed, of }) => surveyed !== null || of !== null);

/** Null while no page is being written, or before its first progress. */
export async function pageProgress(client: Client, handle: WorkflowHandle): Promise<PageProgress | null> {
  try {
    const { raw } = await handle.describe();
    const writing = raw.pendingActivities?.find(({ activityType }) => activityType?.name === 'upsertUsers');
    const [details] = await decodeArrayFromPayloads(
      client.options.loadedDataConverter,
      writing?.heartbeatDetails?.payloads,
    );
    return heartbeat.safeParse(details).data ?? null;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return null;
    throw error;
  }
}
