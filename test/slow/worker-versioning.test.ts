/** Two builds whose workflow code does not fit each other, side by side on a real server, and connections in every phase between them. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before } from 'mocha';
import type { WorkflowHandle } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Connections } from '../../src/starter/connections.js';
import { createConnections } from '../../src/starter/temporal.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { TASK_QUEUE, workflowIdOf } from '../../src/temporal/task-queue.js';
import { until } from '../world/until.js';
import type { Status } from '../../src/workflows/status.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { starter } from '../world/starter.js';
import { workflowBundle } from '../world/temporal.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

const EVENTS = 30;

/** How each phase comes about, and what brings a connection out of it. */
const PHASES: Readonly<
  Record<string, { readonly cure: string; readonly settings?: object; readonly set?: (feed: ScriptedFeed) => void }>
> = {
  idle: { cure: 'sync-now' },
  paused: { cure: 'resume', settings: { integratorEnabled: false } },
  failing: { cure: 'sync-now', set: (feed) => (feed.beforeWrite = refuse('halo-credentials-refused')) },
  held: { cure: 'approve', set: (feed) => (feed.beforeWrite = refuse('brake-held')) },
  'cursor-expired': { cure: 'clear-cursor', set: (feed) => (feed.beforeFetch = refuse('cursor-expired')) },
};

function refuse(code: string): () => Promise<void> {
  return () => Promise.reject(failure(code));
}

type Activity = (request: { readonly config?: { readonly name: string }; readonly name?: string }) => Promise<unknown>;

describe('two builds whose workflows do not fit each other', function () {
  this.timeout(300_000);
  let server: DevServer;
  let opened: Awaited<ReturnType<typeof connectClientTo>>;
  let native: NativeConnection;
  let connections: Connections;
  const feeds = new Map<string, ScriptedFeed>();
  const running: { readonly worker: Worker; readonly ended: Promise<void> }[] = [];

  /** Each connection's steps go to its own feed. `fetchAnew` is how the new build calls the step that reads a page. */
  function activities(): Record<string, Activity> {
    const names = [...Object.keys(new ScriptedFeed(0).activities), 'fetchAnew'];
    return Object.fromEntries(
      names.map((name): [string, Activity] => [
        name,
        (request) => {
          const feed = feeds.get(request.config?.name ?? request.name ?? '');
          const all = feed?.activities as unknown as Record<string, Activity>;
          return (all[name === 'fetchAnew' ? 'fetchChangeEvents' : name] as Activity)(request);
        },
      ]),
    );
  }

  async function startWorker(buildId: string, code: string): Promise<void> {
    const worker = await Worker.create({
      connection: native,
      taskQueue: TASK_QUEUE,
      workflowBundle: { code },
      activities: activities(),
      identity: buildId,
      maxHeartbeatThrottleInterval: '100ms',
      workerDeploymentOptions: {
        version: { deploymentName: 'seatgeek-halo', buildId },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
    });
    running.push({ worker, ended: worker.run() });
    await until(async () =>
      (await connections.builds()).some(({ build, workers }) => build === buildId && workers > 0),
    );
  }

  before(async () => {
    server = await startDevServer();
    opened = await connectClientTo(server.address);
    native = await NativeConnection.connect({ address: server.address });
    connections = createConnections(opened.client, {
      close: () => Promise.resolve(),
      web: { address: server.address, namespace: 'default', uiUrl: undefined },
    });
  });
  after(async () => {
    for (const { worker } of running) worker.shutdown();
    await Promise.all(running.map(({ ended }) => ended));
    await opened.connection.close();
    await native.close();
    await server.stop();
  });

  async function start(name: string, feed: ScriptedFeed): Promise<WorkflowHandle> {
    feeds.set(name, feed);
    return opened.client.workflow.start('connection', {
      taskQueue: TASK_QUEUE,
      workflowId: workflowIdOf(name),
      args: [{ name }],
    });
  }

  const untilAllOn = (build: string): Promise<void> =>
    until(async () => {
      const left = (await connections.builds()).filter((one) => one.build !== build);
      return left.every((one) => one.connections.length === 0);
    });

  it('has every connection go on with the new build, and back, and nothing is lost', async () => {
    const code = await readFile((await workflowBundle()).codePath, 'utf8');
    await startWorker('old', code);
    await connections.promote('old');
    const handles = new Map<string, WorkflowHandle>();
    for (const [phase, { set, settings }] of Object.entries(PHASES)) {
      const feed = new ScriptedFeed(EVENTS, { name: phase, ...settings });
      set?.(feed);
      handles.set(phase, await start(phase, feed));
    }
    for (const [phase, handle] of handles)
      await untilStatus(handle, (status) => status.phase === phase && status.run === null);
    const syncing = new ScriptedFeed(EVENTS, { name: 'syncing' });
    const gate = new Gate();
    syncing.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    handles.set('syncing', await start('syncing', syncing));
    await gate.arrived;

    await startWorker('new', code.replaceAll('fetchChangeEvents', 'fetchAnew'));
    assert.deepEqual((await connections.promote('new')).woken, [...handles.keys()].sort());
    syncing.beforeWrite = () => Promise.resolve();
    gate.open();
    await untilAllOn('new');
    for (const [phase, { cure }] of Object.entries(PHASES)) {
      const feed = feeds.get(phase);
      const handle = handles.get(phase);
      assert.ok(feed !== undefined && handle !== undefined);
      assert.equal((await untilStatus(handle, () => true)).phase, phase, 'it is in the phase it was in');
      feed.beforeWrite = () => Promise.resolve();
      feed.beforeFetch = () => Promise.resolve();
      await handle.signal(cure);
    }
    await assertAllImported(handles, EVENTS);
    assert.equal(syncing.written.length, EVENTS, 'nobody is written twice');

    assert.equal((await connections.promote('old')).before, 'new');
    await untilAllOn('old');
    for (const [name, handle] of handles) {
      const feed = feeds.get(name);
      if (feed !== undefined) feed.events = EVENTS + 10;
      await handle.signal('sync-now');
    }
    await assertAllImported(handles, EVENTS + 10);
    for (const handle of handles.values()) await assertNoTaskFailed(opened.client.workflow, handle);
  });

  it('refuses a build that has no workers', () =>
    assert.rejects(connections.promote('nobody'), { code: 'build-unknown' }));

  async function assertAllImported(handles: ReadonlyMap<string, WorkflowHandle>, events: number): Promise<void> {
    for (const [name, handle] of handles) {
      const isDone = ({ phase, run, cursor }: Status): boolean =>
        phase === 'idle' && run === null && cursor === `c${events}`;
      await untilStatus(handle, isDone);
      assert.equal(new Set(feeds.get(name)?.written).size, events, name);
    }
  }
});

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

/** Of a connection's runs from the last to the first. */
async function assertNoTaskFailed(
  workflows: { getHandle(id: string, runId: string): WorkflowHandle },
  handle: WorkflowHandle,
): Promise<void> {
  let runId: string | null | undefined = (await handle.describe()).runId;
  while (runId != null && runId !== '') {
    const { events }: History = await workflows.getHandle(handle.workflowId, runId).fetchHistory();
    assert.ok(!(events ?? []).some((event) => event.workflowTaskFailedEventAttributes != null));
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
  }
}

describe('worker versioning with real worker processes', function () {
  this.timeout(300_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 300, seed: 19 } });
  });
  after(() => world.close());

  const startBuild = (build: string): unknown =>
    world.startWorker({ TEMPORAL_DEPLOYMENT_NAME: 'seatgeek-halo', TEMPORAL_WORKER_BUILD_ID: build });
  const promote = (build: string): Promise<void> =>
    until(async () => {
      const { code, stderr } = await starter(world, ['promote', build]);
      // Its worker may not poll yet.
      if (code !== 0) assert.match(stderr, /no worker of the build/);
      return code === 0;
    });

  it('imports after the first promotion, and is moved by the next one', async () => {
    startBuild('v1');
    const handle = await world.start(
      world.connectionFile('arena', { seatgeek: { pageSize: 50 }, integrator: { enabled: true } }),
    );
    await promote('v1');
    await untilStatus(handle, isSettled);
    startBuild('v2');
    await promote('v2');
    await until(async () => {
      const { stdout } = await starter(world, ['workers', '--json']);
      const [first] = JSON.parse(stdout) as { build: string; isCurrent: boolean; connections: string[] }[];
      return first?.build === 'v2' && first.isCurrent && first.connections.includes('arena');
    });
    const status = await untilStatus(world.handle(), isSettled);
    assert.equal(status.lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
  });
});
