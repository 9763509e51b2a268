/** The demo: sandbox, Temporal, worker process and one connection; a sample, all history, then live changes. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { ConnectionFile } from '../connection/schema.js';
import { interrupted } from '../interrupted.js';
import { sandboxConnection, sandboxSecrets } from '../sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../sandbox/start.js';
import { startDevServer, type DevServer } from '../temporal/dev-server.js';
import { connectClientTo } from '../temporal/connect.js';
import { TASK_QUEUE, workflowIdOf } from '../temporal/task-queue.js';
import type { RejectedUser } from '../workflows/rejected.js';
import type { RunReport } from '../workflows/run-report.js';
import type { Status } from '../workflows/status.js';
import { demoTable } from './table.js';
import { untilStatus } from './waiting.js';
import { spawnWorker, type WorkerProcess } from './worker-process.js';

export interface DemoOptions {
  readonly once: boolean;
  readonly people: number;
  readonly port: number | undefined;
  readonly uiPort: number | undefined;
}

const NAME = 'arena';
const FOLDER = path.join('.data', 'demo');

/** How often the live demo looks for changes and how many people change meanwhile. */
const LIVE = { intervalMinutes: 0.25, everyMs: 5_000, changes: 3 };

interface World {
  readonly sandbox: Sandbox;
  readonly server: DevServer;
  readonly worker: WorkerProcess;
  readonly client: Client;
  readonly config: ConnectionFile;
}

/** As a shell names a program that Ctrl-C ended. */
const INTERRUPTED = 130;

/** Answers the exit code: 0 when the first import completed. Ctrl-C at any time ends everything in order. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const closers: (() => Promise<unknown>)[] = [];
  const ended = interrupted();
  const demo = playDemo(options, closers);
  // What still runs when everything is closed under it fails, and nobody needs to hear of that.
  demo.catch(() => undefined);
  try {
    const code = await Promise.race([demo, ended.then(() => INTERRUPTED)]);
    if (!options.once) await ended;
    return code;
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function playDemo(options: DemoOptions, closers: (() => Promise<unknown>)[]): Promise<number> {
  const startedAt = Date.now();
  const world = await openWorld(options, closers);
  const before = world.sandbox.halo.users().length;
  const handle = await onboard(world);
  const { sample, full, status } = await importAll(handle);
  const rejected = await handle.query<RejectedUser[]>('rejected');
  const result = {
    people: options.people,
    sample,
    full,
    rejected,
    wallMs: Date.now() - startedAt,
    haloUsersBefore: before,
    haloUsersAfter: world.sandbox.halo.users().length,
  };
  process.stdout.write(`\n${demoTable(result)}\n`);
  if (!options.once) goLive(world);
  return full.outcome === 'completed' && status.lastError === null ? 0 : 1;
}

async function openWorld(options: DemoOptions, closers: (() => Promise<unknown>)[]): Promise<World> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  say('starting SeatGeek and Halo (sandbox on loopback) …');
  const sandbox = await startSandbox({ people: options.people });
  closers.push(() => sandbox.close());
  say('starting Temporal …');
  const server = await startDevServer({
    dbFilename: path.join(FOLDER, 'temporal.db'),
    port: options.port,
    ui: true,
    uiPort: options.uiPort,
    ownProcessGroup: true,
  });
  closers.push(() => server.stop());
  say(`Web UI: ${server.uiUrl}`);
  say('starting a worker …');
  const worker = spawnWorker({
    env: {
      ...sandboxSecrets(sandbox, NAME),
      ALLOWED_HOSTS: '127.0.0.1',
      TEMPORAL_ADDRESS: server.address,
    },
    logFile: path.join(FOLDER, 'worker.log'),
  });
  closers.push(() => worker.stop());
  const { client, connection } = await connectClientTo(server.address);
  closers.push(() => connection.close());
  const config = sandboxConnection(sandbox, NAME, {
    integrator: { enabled: false, intervalMinutes: LIVE.intervalMinutes },
  });
  await writeFile(path.join(FOLDER, `${NAME}.json`), `${JSON.stringify(config, null, 2)}\n`);
  return { sandbox, server, worker, client, config };
}

async function onboard({ client, config }: World): Promise<WorkflowHandle> {
  return client.workflow.start('connection', {
    taskQueue: TASK_QUEUE,
    workflowId: workflowIdOf(NAME),
    args: [config],
    staticSummary: `${NAME}: sandbox SeatGeek → sandbox Halo`,
  });
}

async function importAll(handle: WorkflowHandle): Promise<{ sample: RunReport; full: RunReport; status: Status }> {
  say('importing the first 100 change events (import-100) …');
  await handle.signal('import-100');
  const tried = await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome != null);
  say('importing all history (resume) …');
  await handle.signal('resume', 'the sample looks right');
  const status = await untilStatus(
    handle,
    ({ lastRun, run, pending }) => lastRun !== null && run === null && pending.length === 0,
    (now) => {
      if (now.run !== null)
        say(`  ${now.run.events} events, ${now.run.people} people, ${now.run.haloRequests} Halo requests`);
    },
  );
  if (tried.sampleImport === null || status.lastRun === null) throw new Error('the connection lost its reports');
  return { sample: tried.sampleImport, full: status.lastRun, status };
}

function goLive({ sandbox, server }: World): void {
  setInterval(() => sandbox.addLiveChanges(LIVE.changes), LIVE.everyMs).unref();
  const starter = `TEMPORAL_ADDRESS=${server.address} npm run starter --`;
  const cli = `--address ${server.address} --workflow-id ${workflowIdOf(NAME)}`;
  process.stdout.write(`
${LIVE.changes} people change every ${LIVE.everyMs / 1_000} seconds; the connection looks every ${LIVE.intervalMinutes * 60} seconds (15 minutes in real life).

  Web UI      ${server.uiUrl}/namespaces/default/workflows/${workflowIdOf(NAME)}
  starter     ${starter} watch ${NAME}
  Temporal    temporal workflow query ${cli} --type status

  a preview   ${starter} preview ${NAME} 10

Ctrl-C ends everything.
`);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
