/** The whole program at work for one scenario: sandbox, Temporal on a database file, one worker, each a process of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { untilStatus } from '../src/demo/waiting.js';
import { spawnWorker } from '../src/demo/worker-process.js';
import { connectClientTo } from '../src/temporal/connect.js';
import { startDevServer } from '../src/temporal/dev-server.js';
import { CONNECTION_WORKFLOW, TASK_QUEUE, workflowIdOf } from '../src/temporal/task-queue.js';
import { PRODUCTION_ENV, PRODUCTION_FLAGS } from '../src/worker/production.js';
import type { Status } from '../src/workflows/status.js';
import type { SandboxOrder } from './sandbox-messages.js';
import { startSandboxProcess, type SandboxProcess } from './sandbox-process.js';

/** The build, as in production, or this checkout's sources, whose compiler and bundler then count as the worker's memory. */
export type WorkerSource = 'build' | 'sources';

const BUILT_WORKER = fileURLToPath(new URL('../dist/worker.js', import.meta.url));

export interface WorldOrder extends SandboxOrder {
  readonly worker: WorkerSource;
}

export interface BenchWorld {
  readonly sandbox: SandboxProcess;
  readonly client: Client;
  readonly workflowId: string;
  readonly workerPid: number;
  /** Starts the connection, its integrator on. */
  startConnection(): Promise<WorkflowHandle>;
}

/** Long enough for a worker that shares its cores with everything else here to bundle its workflows. */
const WORKER_READY_MS = 60_000;

/** Opens a world, does `body` in it and closes it whatever happens. The worker polls before `body` begins. Throws when the sandbox ends. */
export async function inWorld<T>(order: WorldOrder, body: (world: BenchWorld) => Promise<T>): Promise<T> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    const world = await openWorld(order, closers);
    return await Promise.race([body(world), world.sandbox.died]);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function openWorld(
  { worker: source, ...order }: WorldOrder,
  closers: (() => Promise<unknown>)[],
): Promise<BenchWorld> {
  const folder = await mkdtemp(path.join(tmpdir(), 'seatgeek-halo-bench-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandboxProcess(order);
  closers.push(() => sandbox.stop());
  const server = await startDevServer({ dbFilename: path.join(folder, 'temporal.db') });
  closers.push(() => server.stop());
  const { client, connection } = await connectClientTo(server.address);
  closers.push(() => connection.close());
  const logFile = path.join(folder, 'worker.log');
  const worker = spawnWorker({
    env: { ...PRODUCTION_ENV, ...sandbox.secrets, ALLOWED_HOSTS: '127.0.0.1', TEMPORAL_ADDRESS: server.address },
    logFile,
    ...(source === 'build' && { nodeArguments: [...PRODUCTION_FLAGS, BUILT_WORKER] }),
  });
  closers.push(() => worker.stop());
  await untilPolling(logFile);
  const workflowId = workflowIdOf('arena');
  return {
    sandbox,
    client,
    workflowId,
    workerPid: worker.pid,
    startConnection: () =>
      client.workflow.start(CONNECTION_WORKFLOW, { taskQueue: TASK_QUEUE, workflowId, args: [sandbox.connection] }),
  };
}

async function untilPolling(logFile: string): Promise<void> {
  const deadline = Date.now() + WORKER_READY_MS;
  while (Date.now() < deadline) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes('worker started')) return;
    await pauseFor(100);
  }
  throw new Error(`the worker did not start:\n${(await readFile(logFile, 'utf8')).slice(-2_000)}`);
}

/** Waits until a run begun for that reason is over, the rejected were tried again and the connection sleeps. Throws an Error when it failed. */
export async function untilAsleep(handle: WorkflowHandle, trigger: Trigger): Promise<Status> {
  const isWanted = ({ run, lastRun, pending, nextRunAt, lastError }: Status): boolean =>
    lastError !== null || (run === null && lastRun?.trigger === trigger && pending.length === 0 && nextRunAt !== null);
  const status = await untilStatus(handle, isWanted);
  if (status.lastError !== null)
    throw new Error(`the run failed: ${status.lastError.code}: ${status.lastError.message}`);
  return status;
}

type Trigger = NonNullable<Status['lastRun']>['trigger'];
