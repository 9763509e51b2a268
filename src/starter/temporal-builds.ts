/** Worker versioning as the starter sees it: which builds poll, which is the current one, and which connections run on which. */
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';
import proto from '@temporalio/proto';
import { connectionNameOf, TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';
import { renewSignal } from '../workflows/messages.js';
import type { Build, Promotion } from './connections.js';
import { type StarterError, UsageError } from './errors.js';
import { clean } from './text.js';
import { FAILED_PRECONDITION, grpcCode } from './temporal-failures.js';
import { RUNNING } from './temporal-running.js';

/** Set by the server: `<deployment>:<build>`; not set on a run that no versioned worker has touched. */
const RunsOn = defineSearchAttributeKey('TemporalWorkerDeploymentVersion', SearchAttributeType.KEYWORD);

const { TaskQueueType, WorkerVersioningMode } = proto.temporal.api.enums.v1;

/** The server keeps a poller on its list for five minutes; a poll lasts one. */
const POLLED_WITHIN_MS = 90_000;

/** All builds that poll, are the current one, or have connections; without worker versioning one that has no name. */
export async function builds(client: Client): Promise<Build[]> {
  const { pollers, versioningInfo } = await client.workflowService.describeTaskQueue({
    namespace: client.options.namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
  });
  const found = new Map<string, { workers: Set<string>; connections: string[] }>();
  const at = (name: string): { workers: Set<string>; connections: string[] } => {
    const known = found.get(name) ?? { workers: new Set(), connections: [] };
    found.set(name, known);
    return known;
  };
  const current = nameOf(versioningInfo?.currentDeploymentVersion);
  at(current);
  for (const { identity, deploymentOptions, lastAccessTime } of pollers) {
    const isVersioned =
      deploymentOptions?.workerVersioningMode === WorkerVersioningMode.WORKER_VERSIONING_MODE_VERSIONED;
    const polledAt = Number(lastAccessTime?.seconds) * 1_000;
    if (polledAt < Date.now() - POLLED_WITHIN_MS) continue;
    at(isVersioned ? nameOf(deploymentOptions) : '').workers.add(identity ?? '');
  }
  for await (const { workflowId, typedSearchAttributes } of client.workflow.list({ query: RUNNING })) {
    const connection = connectionNameOf(workflowId);
    if (connection !== undefined) at(typedSearchAttributes.get(RunsOn) ?? '').connections.push(connection);
  }
  return [...found]
    .map(([name, { workers, connections }]): Build => {
      const [deployment = null, build = null] = name === '' ? [] : name.split(':');
      return { deployment, build, isCurrent: name === current, workers: workers.size, connections: connections.sort() };
    })
    .sort((a, b) => Number(b.isCurrent) - Number(a.isCurrent) || (a.build ?? '').localeCompare(b.build ?? ''));
}

/**
 * Makes a build the current one, null for workers without a build, and wakes the connections that run on others: they continue as new on it
 * as soon as nothing is open. Safe to repeat. Throws UsageError `build-unknown` when no worker of that build polls.
 */
export async function promote(client: Client, build: string | null): Promise<Promotion> {
  const before = await builds(client);
  const chosen = before.filter((one) => one.build === build && one.workers > 0);
  const [next] = chosen;
  if (next === undefined || chosen.length > 1) throw buildUnknown(build, before, chosen.length > 1);
  const current = before.find(({ isCurrent }) => isCurrent);
  if (!next.isCurrent) await makeCurrent(client, next.deployment ?? current?.deployment ?? '', build ?? '');
  const left = (await builds(client)).filter((one) => one.build !== build || one.deployment !== next.deployment);
  const woken = left.flatMap(({ connections }) => connections).sort();
  for (const name of woken) await client.workflow.getHandle(workflowIdOf(name)).signal(renewSignal);
  return { build, before: current?.build ?? null, woken };
}

const TRIES = 10;

/** The server learns of the queues of a worker that has just begun to poll one after the other, and refuses a build that lacks one. */
async function makeCurrent(client: Client, deploymentName: string, buildId: string): Promise<void> {
  const { namespace, identity } = client.options;
  for (let tries = 1; ; tries += 1) {
    try {
      await client.workflowService.setWorkerDeploymentCurrentVersion({ namespace, identity, deploymentName, buildId });
      return;
    } catch (error) {
      if (tries === TRIES || grpcCode(error) !== FAILED_PRECONDITION) throw error;
      await pauseFor(1_000);
    }
  }
}

function nameOf(version: proto.temporal.api.deployment.v1.IWorkerDeploymentVersion | null | undefined): string {
  const { deploymentName, buildId } = version ?? {};
  return deploymentName == null || buildId == null || buildId === '' ? '' : `${deploymentName}:${buildId}`;
}

function buildUnknown(build: string | null, all: readonly Build[], isTwice: boolean): StarterError | UsageError {
  const polling = all
    .filter(({ workers }) => workers > 0)
    .map((one) => one.build ?? 'workers without a build (promote --unversioned)');
  return new UsageError(
    'build-unknown',
    isTwice
      ? `several deployments have a build '${clean(build ?? '')}'`
      : build === null
        ? 'no worker without a build is polling'
        : `no worker of the build '${clean(build)}' is polling`,
    polling.length === 0
      ? 'Start its workers first: a build without workers would stop every connection.'
      : `Start its workers first. Polling now: ${clean(polling.join(', '))}.`,
  );
}
