/** A whole world for end-to-end tests: sandbox over HTTP, a real Temporal server on a database file, worker processes. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Client, Connection, WorkflowHandle } from '@temporalio/client';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { spawnWorker, type WorkerProcess } from '../../src/demo/worker-process.js';
import { sandboxConnection, sandboxSecrets, type ConnectionOverrides } from '../../src/sandbox/connection-file.js';
import type { HaloUser } from '../../src/sandbox/halo-store.js';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/start.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { createDataConverter } from '../../src/temporal/data-converter.js';
import { startDevServer, type DevServer, type DevServerOptions } from '../../src/temporal/dev-server.js';
import { readPayloadKeys } from '../../src/temporal/payload-keys.js';
import { TASK_QUEUE, workflowIdOf } from '../../src/temporal/task-queue.js';
import type { Status } from '../../src/workflows/status.js';
import { builtProgram } from './built.js';

export interface WorldOptions {
  readonly sandbox?: SandboxOptions;
  readonly server?: DevServerOptions;
  /** Starts the server in place of the dev server. */
  readonly serve?: (options: DevServerOptions) => Promise<DevServer>;
  /** What Node.js is to run for a worker. Default: the build of these sources. */
  readonly workerArguments?: readonly string[];
  /** Environment of every worker beside the sandbox's secrets. With PAYLOAD_KEYS the client of the world seals and opens too. */
  readonly workerEnv?: Readonly<Record<string, string>>;
}

/** Open one in `before`, close it in `after`. */
export class World {
  readonly workers: WorkerProcess[] = [];
  /** Halo as it was before anything was imported. */
  readonly usersBefore: HaloUser[];

  private constructor(
    readonly folder: string,
    readonly sandbox: Sandbox,
    public server: DevServer,
    readonly options: WorldOptions,
    private readonly workerArguments: readonly string[],
    readonly client: Client,
    private readonly temporal: Connection,
  ) {
    this.usersBefore = sandbox.halo.users();
  }

  static async open(options: WorldOptions = {}): Promise<World> {
    const folder = await mkdtemp(path.join(tmpdir(), 'seatgeek-halo-'));
    const serve = options.serve ?? startDevServer;
    const server = await serve({ ...options.server, dbFilename: path.join(folder, 'temporal.db') });
    const sandbox = await startSandbox(options.sandbox);
    const { client, connection } = await connectClientTo(server.address, {
      dataConverter: createDataConverter(readPayloadKeys(options.workerEnv ?? {}), 'default'),
    });
    const workerArguments = options.workerArguments ?? [path.join(await builtProgram(), 'worker.js')];
    return new World(folder, sandbox, server, options, workerArguments, client, connection);
  }

  get logFile(): string {
    return path.join(this.folder, 'worker.log');
  }

  /** The environment in which workers, the starter and the Temporal CLI work with this world. */
  get env(): Record<string, string> {
    return {
      ...sandboxSecrets(this.sandbox, 'arena'),
      ALLOWED_HOSTS: '127.0.0.1',
      // The sandbox ends what it has begun at once.
      LOST_CREATE_SECONDS: '2',
      TEMPORAL_ADDRESS: this.server.address,
      ...this.options.workerEnv,
    };
  }

  startWorker(env: Readonly<Record<string, string>> = {}): WorkerProcess {
    const worker = spawnWorker({
      env: { ...this.env, ...env },
      logFile: this.logFile,
      nodeArguments: this.workerArguments,
    });
    this.workers.push(worker);
    return worker;
  }

  connectionFile(name = 'arena', overrides: ConnectionOverrides = {}): ConnectionFile {
    return sandboxConnection(this.sandbox, name, overrides);
  }

  start(config: ConnectionFile): Promise<WorkflowHandle> {
    const workflowId = workflowIdOf(config.name);
    return this.client.workflow.start('connection', { taskQueue: TASK_QUEUE, workflowId, args: [config] });
  }

  handle(name = 'arena'): WorkflowHandle {
    return this.client.workflow.getHandle(workflowIdOf(name));
  }

  /** Kills the server as a crash would and starts it again on the same file and port. */
  async crashServer(): Promise<void> {
    await this.server.kill9();
    await this.startServerAgain();
  }

  /** After the server has ended: again on the same file and port. */
  async startServerAgain(): Promise<void> {
    const port = Number(this.server.address.split(':')[1]);
    const serve = this.options.serve ?? startDevServer;
    this.server = await serve({ ...this.options.server, dbFilename: path.join(this.folder, 'temporal.db'), port });
  }

  workerLog(): Promise<string> {
    return readFile(this.logFile, 'utf8').catch(() => '');
  }

  /** Whether the worker of that process wrote a page. */
  async wrotePage(pid: number): Promise<boolean> {
    const lines = (await this.workerLog()).split('\n');
    return lines.some((line) => line.includes(`"pid":${pid},`) && line.includes('page written'));
  }

  async close(): Promise<void> {
    await Promise.all(this.workers.map((worker) => worker.kill9()));
    await this.temporal.close();
    await this.server.stop();
    await this.sandbox.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The first import (or the run asked for) is over and nothing is asked. */
export function isSettled({ run, lastRun, pending }: Status): boolean {
  return run === null && lastRun !== null && lastRun.outcome !== 'stopped' && pending.length === 0;
}
