/** `npm run bench -- fleet`: thousands of connections on one worker, most of which have nothing to do. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { spawnWorker, type WorkerProcess } from '../src/demo/worker-process.js';
import { sandboxConnection, sandboxSecrets } from '../src/sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../src/sandbox/start.js';
import { connectClientTo } from '../src/temporal/connect.js';
import { startDevServer } from '../src/temporal/dev-server.js';
import { freePort } from '../src/temporal/free-port.js';
import { CONNECTION_WORKFLOW, TASK_QUEUE, workflowIdOf } from '../src/temporal/task-queue.js';
import { PRODUCTION_ENV, PRODUCTION_FLAGS } from '../src/worker/production.js';
import { engineCost, readChain, type EngineCost } from './engine-cost.js';

export interface FleetOrder {
  readonly connections: number;
  readonly intervalMinutes: number;
  /** What Node.js is to run for a worker. */
  readonly workerArguments: readonly string[];
  /** Have the worker away for an interval, and look how its connections begin again. */
  readonly withOutage: boolean;
}

export interface FleetFigures {
  readonly connections: number;
  /** To SeatGeek, in all. */
  readonly tokenRequests: number;
  readonly cycles: number;
  /** Of one idle cycle, as Temporal Cloud counts. */
  readonly actions: EngineCost['actions'];
  /** Which it counts too. */
  readonly heartbeatsPerCycle: number;
  readonly memoryKiBPerConnection: number;
  /** Of the worker, and of Temporal's dev server beside it. */
  readonly cpuMsPerCycle: number;
  readonly serverCpuMsPerCycle: number;
  /** From the first start to the first reading of the last one. */
  readonly startSeconds: number;
  /** Null without an outage: seconds from the first start to the last, and the most starts within ten seconds. */
  readonly outage: { readonly spreadSeconds: number; readonly mostInTenSeconds: number } | null;
}

/** Started, and waited for, together: a fleet that comes in little by little, as one does. */
const WAVE = 100;
const WINDOW_MS = 10_000;
const SAY_EVERY_MS = 10_000;
/** Without a further request of the fleet beyond its interval. */
const STALL_MS = 120_000;
/** A timer that fires later than this tells of an outage (`workflows/schedule.ts`). */
const LATE_MS = 60_000;
const FEED = '/v1/*';

/** Starts a fleet whose feed is empty, lets each connection go through an idle cycle of its own, and counts. */
export async function measureFleet(
  order: FleetOrder,
  say: (what: string) => void = () => undefined,
): Promise<FleetFigures> {
  const closers: (() => Promise<unknown>)[] = [];
  try {
    return await measure(order, say, closers);
  } finally {
    for (const close of closers.reverse()) await close();
  }
}

async function measure(
  { connections, intervalMinutes, workerArguments, withOutage }: FleetOrder,
  say: (what: string) => void,
  closers: (() => Promise<unknown>)[],
): Promise<FleetFigures> {
  const folder = await mkdtemp(path.join(tmpdir(), 'seatgeek-halo-fleet-'));
  closers.push(() => rm(folder, { recursive: true, force: true }));
  const sandbox = await startSandbox({ people: 0 });
  closers.push(() => sandbox.close());
  const server = await startDevServer({ dbFilename: path.join(folder, 'temporal.db') });
  closers.push(() => server.stop());
  const { client, connection } = await connectClientTo(server.address);
  closers.push(() => connection.close());
  const names = Array.from({ length: connections }, (_, index) => `venue${index}`);
  await writeSecrets(folder, sandbox, names);
  const metricsAddress = `127.0.0.1:${await freePort()}`;
  const logFile = path.join(folder, 'worker.log');
  const start = (): WorkerProcess =>
    spawnWorker({
      env: {
        ...PRODUCTION_ENV,
        SECRETS_DIR: folder,
        ALLOWED_HOSTS: '127.0.0.1',
        TEMPORAL_ADDRESS: server.address,
        METRICS_ADDRESS: metricsAddress,
      },
      logFile,
      nodeArguments: workerArguments,
    });
  let worker = start();
  closers.push(() => worker.kill9());
  while (!(await readFile(logFile, 'utf8')).includes('worker started')) await pauseFor(100);
  const emptyKiB = await residentKiB(worker.pid);
  const reads = (): number => sandbox.seatgeek.requests.of('GET', FEED).length;
  const intervalMs = intervalMinutes * 60_000;
  const readTimes = (goal: number): Promise<void> => untilRead({ reads, goal, intervalMs, logFile, say });

  say(`${connections} connections are started, ${WAVE} at a time`);
  const startedAt = performance.now();
  for (let from = 0; from < connections; from += WAVE) {
    const wave = names.slice(from, from + WAVE);
    const started = await Promise.allSettled(
      wave.map((name) => startConnection(client, sandbox, name, intervalMinutes)),
    );
    // Not before all have ended: a request that is tried again finds its channel closed.
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    await readTimes(from + wave.length);
  }
  const startSeconds = (performance.now() - startedAt) / 1_000;
  const cost = async (): Promise<number[]> => [
    reads(),
    await cpuMs(worker.pid),
    await cpuMs(server.pid),
    await heartbeats(metricsAddress),
  ];
  say('each goes through an idle cycle');
  const before = await cost();
  await readTimes(reads() + connections);
  const [cycles = 0, workerMs = 0, serverMs = 0, beats = 0] = (await cost()).map((now, of) => now - (before[of] ?? 0));
  const memoryKiBPerConnection = ((await residentKiB(worker.pid)) - emptyKiB) / connections;

  // The first run ends with the first sleep; the second is the first that finds nothing new.
  let chain = await readChain(client, workflowIdOf(names[0] ?? ''));
  for (; chain.length < 3; chain = await readChain(client, workflowIdOf(names[0] ?? ''))) await pauseFor(500);
  const { actions } = engineCost(chain.slice(1, 2));

  let outage: FleetFigures['outage'] = null;
  if (withOutage) {
    const awayMs = intervalMs + LATE_MS;
    say(`the worker is away for ${Math.round(awayMs / 1_000)} s`);
    await worker.kill9();
    await pauseFor(awayMs);
    const seen = reads();
    worker = start();
    say('and back');
    await readTimes(seen + connections);
    const requests = sandbox.seatgeek.requests.of('GET', FEED).slice(seen, seen + connections);
    outage = spreadOf(requests.map(({ at }) => at));
  }
  return {
    connections,
    tokenRequests: sandbox.seatgeek.tokenRequests.count,
    cycles,
    actions,
    heartbeatsPerCycle: beats / cycles,
    memoryKiBPerConnection,
    cpuMsPerCycle: workerMs / cycles,
    serverCpuMsPerCycle: serverMs / cycles,
    startSeconds,
    outage,
  };
}

interface Awaited {
  readonly reads: () => number;
  readonly goal: number;
  readonly intervalMs: number;
  readonly logFile: string;
  readonly say: (what: string) => void;
}

/** Throws with the worker's last lines when nothing more is read for an interval and two minutes. */
async function untilRead({ reads, goal, intervalMs, logFile, say }: Awaited): Promise<void> {
  let [seen, changedAt, saidAt] = [reads(), Date.now(), Date.now()];
  while (seen < goal) {
    await pauseFor(200);
    const now = reads();
    if (now !== seen) changedAt = Date.now();
    seen = now;
    if (Date.now() - saidAt >= SAY_EVERY_MS) {
      say(`${seen} of ${goal} times the feed was read`);
      saidAt = Date.now();
    }
    if (Date.now() - changedAt < intervalMs + STALL_MS) continue;
    const lines = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-5);
    throw new Error(
      `the fleet stands still at ${seen} of ${goal} readings; its worker said last:\n${lines.join('\n')}`,
    );
  }
}

async function writeSecrets(folder: string, sandbox: Sandbox, names: readonly string[]): Promise<void> {
  for (const name of names)
    for (const [variable, secret] of Object.entries(sandboxSecrets(sandbox, name)))
      await writeFile(path.join(folder, variable), secret);
}

async function startConnection(client: Client, sandbox: Sandbox, name: string, intervalMinutes: number): Promise<void> {
  const args = [sandboxConnection(sandbox, name, { integrator: { enabled: true, intervalMinutes } })];
  await client.withDeadline(Date.now() + STALL_MS, () =>
    client.workflow.start(CONNECTION_WORKFLOW, { taskQueue: TASK_QUEUE, workflowId: workflowIdOf(name), args }),
  );
}

function spreadOf(times: readonly number[]): { spreadSeconds: number; mostInTenSeconds: number } {
  const sorted = times.toSorted((one, other) => one - other);
  const within = sorted.map((from, index) => sorted.slice(index).filter((at) => at < from + WINDOW_MS).length);
  return { spreadSeconds: ((sorted.at(-1) ?? 0) - (sorted[0] ?? 0)) / 1_000, mostInTenSeconds: Math.max(...within) };
}

async function residentKiB(pid: number): Promise<number> {
  const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kib);
}

async function cpuMs(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** Sent to Temporal so far. */
async function heartbeats(address: string): Promise<number> {
  const text = await (await fetch(`http://${address}/metrics`)).text();
  const lines = text
    .split('\n')
    .filter((line) => /^temporal_request(_total)?\{.*RecordActivityTaskHeartbeat/.test(line));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

const HELP = 'usage: npm run bench -- fleet [connections, default 2000] [interval in minutes, default 3]\n';

/** The command: prints the figures as JSON. */
export async function benchFleet([connections = '2000', intervalMinutes = '3']: readonly string[]): Promise<void> {
  if (!/^[1-9]\d{0,4}$/.test(connections) || !/^\d{1,4}(\.\d+)?$/.test(intervalMinutes)) {
    process.stderr.write(HELP);
    process.exitCode = 2;
    return;
  }
  const order = {
    connections: Number(connections),
    intervalMinutes: Number(intervalMinutes),
    workerArguments: [...PRODUCTION_FLAGS, fileURLToPath(new URL('../dist/worker.js', import.meta.url))],
    withOutage: true,
  };
  const figures = await measureFleet(order, (what) => process.stderr.write(`${what} …\n`));
  process.stdout.write(`${JSON.stringify(figures, null, 2)}\n`);
}
