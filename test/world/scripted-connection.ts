/** A running connection over a `ScriptedFeed`, for one test. */
import { randomUUID } from 'node:crypto';
import type { WorkflowHandle } from '@temporalio/client';
import type { Status } from '../../src/workflows/status.js';
import { temporal, withWorker } from './temporal.js';

/** Starts a connection over these activities, runs the test, and ends the workflow. `id` names the workflow and its task queue. */
export async function withConnection(
  { activities }: { readonly activities: object },
  body: (handle: WorkflowHandle, id: string) => Promise<void>,
  args: readonly unknown[] = [{ name: 'arena' }],
): Promise<void> {
  const { client } = await temporal();
  const id = `test-${randomUUID()}`;
  await withWorker(id, activities, async () => {
    const handle = await client.workflow.start('connection', { taskQueue: id, workflowId: id, args: [...args] });
    try {
      await body(handle, id);
    } finally {
      await handle.terminate('end of test').catch(() => undefined);
    }
  });
}

export const idle = ({ phase, run, lastRun, pending }: Status): boolean =>
  phase === 'idle' && run === null && lastRun !== null && pending.length === 0;
