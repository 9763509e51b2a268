/** The connection file that a running connection works by: the first argument of its current run. */
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import type { ConnectionFile } from '../connection/schema.js';
import { workflowIdOf } from '../temporal/task-queue.js';
import { StarterError } from './errors.js';
import { assertRunning } from './temporal-running.js';

const file = z.custom<ConnectionFile>((value) => typeof value === 'object' && value !== null);

/** The arguments that a run of a connection began with: one event of its history. */
export async function startedWith(
  client: Client,
  execution: { readonly workflowId: string; readonly runId?: string },
): Promise<unknown[]> {
  const { namespace, loadedDataConverter } = client.options;
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace,
    execution,
    maximumPageSize: 1,
  });
  const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  return decodeArrayFromPayloads(loadedDataConverter, input);
}

/** A `configure` is in it once the connection has continued as new. */
export async function fileInForce(client: Client, name: string): Promise<ConnectionFile> {
  const workflowId = workflowIdOf(name);
  await assertRunning(client, name, client.workflow.getHandle(workflowId));
  const [started] = await startedWith(client, { workflowId });
  const parsed = file.safeParse(started);
  if (parsed.success) return parsed.data;
  throw new StarterError(
    'file-unreadable',
    `the file that connection '${name}' works by can't be read from its history`,
    'Use --yes to change it without looking at the difference first.',
  );
}
