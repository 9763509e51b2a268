/** Who may run an activity: a workflow of ours, under the id of its connection. Anybody who reaches Temporal can start an activity by its name. */
import { Context } from '@temporalio/activity';
import { ConfigError } from '../errors.js';
import { toFailure } from './failures.js';
import type { Fence } from './fence.js';
import { CONNECTION_WORKFLOW, workflowIdOf } from '../temporal/task-queue.js';

const WORKFLOWS: readonly string[] = [CONNECTION_WORKFLOW, 'validate', 'discover'];

/** Throws ConfigError `not-a-connection` outside our workflows: by itself an activity would reach Halo without the brake, and remember nothing. */
function assertInWorkflow(): void {
  const { workflowType } = Context.current().info;
  if (workflowType !== undefined && WORKFLOWS.includes(workflowType)) return;
  throw new ConfigError(
    'not-a-connection',
    'This step runs only inside a connection, or inside the workflows validate and discover.',
    'Start or signal a connection; `temporal activity` is not a way in.',
    'workflow type',
  );
}

/** Throws ConfigError with the place `name` when the connection runs under another id than its name gives it. */
export function assertOwnId(name: string): void {
  const { workflowType, workflowExecution } = Context.current().info;
  if (workflowType !== CONNECTION_WORKFLOW || workflowExecution?.workflowId === workflowIdOf(name)) return;
  throw new ConfigError(
    'config-invalid',
    `name: the workflow id must be ${workflowIdOf(name)}, after the name in the file`,
    'Start it under that id, as the starter does, or correct the name.',
    'name',
  );
}

/** The same activities, refused outside our workflows and with failures for errors. Each call is an attempt that `fence`, if there is one, may end. */
export function insideWorkflows<T extends object>(activities: T, fence?: Pick<Fence, 'attempt'>): T {
  const guarded = Object.entries(activities).map(([name, activity]: [string, Activity]) => [
    name,
    async (...args: unknown[]): Promise<unknown> => {
      try {
        assertInWorkflow();
        return await (fence === undefined ? activity(...args) : fence.attempt(() => activity(...args)));
      } catch (error) {
        throw toFailure(error);
      }
    },
  ]);
  return Object.fromEntries(guarded) as T;
}

type Activity = (...args: unknown[]) => Promise<unknown>;
