/** One Temporal dev server and one workflow bundle for all tests of a mocha process. */
import assert from 'node:assert/strict';
import type { Client, Connection } from '@temporalio/client';
import path from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundlePath } from '@temporalio/worker';
import type { ConnectionActivities } from '../../src/activities/types.js';
import { connectClient } from '../../src/temporal/connect.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { BUNDLE_FILES } from '../../src/temporal/workflow-source.js';
import { WORKFLOW_LIMITS } from '../../src/worker/workflow-limits.js';
import { builtProgram } from './built.js';

interface Shared {
  readonly server: DevServer;
  readonly client: Client;
  readonly connection: Connection;
  readonly native: NativeConnection;
}

const quiet = new DefaultLogger('ERROR');
Runtime.install({ logger: quiet });

let shared: Promise<Shared> | undefined;

/** The workflows as a worker runs them, without payload keys or with. */
export async function workflowBundle(kind: keyof typeof BUNDLE_FILES = 'plain'): Promise<WorkflowBundlePath> {
  return { codePath: path.join(await builtProgram(), BUNDLE_FILES[kind]) };
}

/** Starts on first use; in memory. */
export function temporal(): Promise<Shared> {
  shared ??= open();
  return shared;
}

async function open(): Promise<Shared> {
  // A low suggestion, so that a test's import continues as new in the middle.
  const server = await startDevServer({
    extraArgs: ['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'],
  });
  const config = { connectionOptions: { address: server.address }, address: server.address, namespace: 'default' };
  const { client, connection } = await connectClient(config);
  const native = await NativeConnection.connect({ address: server.address });
  return { server, client, connection, native };
}

/** Runs `body` while a worker with these activities polls the task queue of the test. */
export async function withWorker<T>(
  taskQueue: string,
  activities: Partial<ConnectionActivities>,
  body: () => Promise<T>,
): Promise<T> {
  const { native } = await temporal();
  const worker = await Worker.create({
    connection: native,
    taskQueue,
    workflowBundle: await workflowBundle(),
    activities,
    maxHeartbeatThrottleInterval: '100ms',
    ...WORKFLOW_LIMITS,
  });
  assert.equal(worker.options.isolateExecutionTimeoutMs, 60_000, 'the SDK no longer heeds WORKFLOW_LIMITS');
  return worker.runUntil(body);
}

/** Ends the shared server, if a test started it. */
export async function closeTemporal(): Promise<void> {
  if (shared === undefined) return;
  const { server, connection, native } = await shared;
  shared = undefined;
  await connection.close();
  await native.close();
  await server.stop();
}
