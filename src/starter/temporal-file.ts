/** The connection file that a running connection works by: the first argument of its current run. */
import type { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow/index.js';
import { z } from 'zod';
import type { ConnectionFile } from '../connection/schema.js';
import { workflowIdOf } from '../temporal/task-queue.js';
import { StarterError } from './errors.js';
import { assertRunning } from './temporal-running.js';

const file = z.custom<ConnectionFile>((value) => typeof value === 'object' && value !== null);

/** Reads one event of the history. A `configure` is in it once the connection has continued as new. */
export async function fileInForce(client: Client, name: string): Promise<ConnectionFile> {
  const workflowId = workflowIdOf(name);
  await assertRunning(client, name, client.workflow.getHandle(workflowId));
  const { history } = await client.workflowService.getWorkflowExecutionHistory({
    namespace: client.options.namespace,
    execution: { workflowId },
    maximumPageSize: 1,
  });
  const input = history?.events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads;
  const [started] = await decodeArrayFromPayloads(client.options.loadedDataConverter, input);
  const parsed = file.safeParse(started);
  if (parsed.success) return parsed.data;
  throw new StarterError(
    'file-unreadable',
    `the file that connection '${name}' works by can't be read from its history`,
    'Use --yes to change it without looking at the difference first.',
  );
}
