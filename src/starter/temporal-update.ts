/** Updates: asked of a running connection and answered by it. */
import {
  WorkflowUpdateRPCTimeoutOrCancelledError,
  WorkflowUpdateStage,
  type Client,
  type WorkflowHandle,
} from '@temporalio/client';
import { TASK_QUEUE } from '../temporal/task-queue.js';
import { workerMissing } from './errors.js';
import { isUnanswered, workflowFailure } from './temporal-failures.js';

interface UpdateCall {
  readonly name: string;
  readonly args: readonly unknown[];
  /** How long a worker may take to accept it; once accepted there is no limit, because Halo's own limit may make it wait. */
  readonly workerMs: number;
}

/** Throws StarterError `worker-missing`, or with the code and the hint of what the connection refused. */
export async function executeUpdate<T>(
  client: Client,
  handle: WorkflowHandle,
  { name, args: [first, ...rest], workerMs }: UpdateCall,
): Promise<T> {
  try {
    const accepted = await client.withDeadline(Date.now() + workerMs, () =>
      handle.startUpdate<T, [unknown, ...unknown[]]>(name, {
        args: [first, ...rest],
        waitForStage: WorkflowUpdateStage.ACCEPTED,
      }),
    );
    return await accepted.result();
  } catch (error) {
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError || isUnanswered(error)) {
      throw workerMissing(TASK_QUEUE, { cause: error });
    }
    throw workflowFailure(error, name);
  }
}
