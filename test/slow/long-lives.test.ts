/** What takes days, what nobody answers, a bug of our own, and thousands of something; on the time-skipping server where only the clock is waited for. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { defaultPayloadConverter } from '@temporalio/common';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { after, before } from 'mocha';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { untilStatus } from '../../src/demo/waiting.js';
import { endedConnection } from '../../src/starter/temporal-ended.js';
import { workflowIdOf } from '../../src/temporal/task-queue.js';
import { BUNDLE_FILES } from '../../src/temporal/workflow-source.js';
import type { Status } from '../../src/workflows/status.js';
import { idle } from '../world/scripted-connection.js';
import { builtProgram } from '../world/built.js';
import { Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { temporal, withWorker, workflowBundle } from '../world/temporal.js';
import { longLives } from '../world/time-skipping.js';
import { until } from '../world/until.js';
import { isSettled, World } from '../world/world.js';

const DAY_MS = 86_400_000;
const CONFIG = { name: 'arena' };
/** Temporal takes 10,000 in one run; fewer show the same. */
const SIGNALS = Number(process.env['SIGNALS'] ?? 500);
/** The server suggests to continue as new after so many events (`test/world/temporal.ts`). */
const SUGGESTED_EVENTS = 60;
/** So few that the connection does not continue as new for them, and begin to count again. */
const UNSERVED = 20;

const start = (client: Client, id: string): Promise<WorkflowHandle> =>
  client.workflow.start('connection', { taskQueue: id, workflowId: id, args: [CONFIG] });

describe('a connection that waits long', function () {
  this.timeout(120_000);
  const live = longLives();

  it('continues as new once a day while it is paused, and changes nothing by it', () =>
    live('parked', new ScriptedFeed(12, { integratorEnabled: false }), async ({ env, handle }) => {
      const { phase } = await untilStatus(handle, (status) => status.phase === 'paused');
      const runs = new Set<string>();
      for (let day = 0; day < 3; day += 1) {
        runs.add((await handle.describe()).runId);
        await env.sleep(DAY_MS + 60_000);
      }
      assert.equal(runs.size, 3);
      assert.equal((await handle.query<Status>('status')).phase, phase);
    }));
});

/** The workflows of the build with one place of their code changed. */
async function changedWorkflows(from: string, to: string): Promise<WorkflowBundleOption> {
  const code = await readFile(path.join(await builtProgram(), BUNDLE_FILES.plain), 'utf8');
  const changed = code.replace(from, to);
  assert.ok(changed !== code, `the workflows have no ${from}`);
  return { code: changed };
}

/** A worker that takes workflow tasks, and steps if there is a feed. */
async function deploy(id: string, workflows: WorkflowBundleOption, feed?: ScriptedFeed): Promise<Worker> {
  const { native } = await temporal();
  const activities = feed === undefined ? {} : { activities: feed.activities };
  return Worker.create({ connection: native, taskQueue: id, workflowBundle: workflows, ...activities });
}

describe('a configure that no worker checks', function () {
  this.timeout(120_000);

  it('ends after two minutes, here two seconds, and the connection goes on with the old file', async () => {
    const { client } = await temporal();
    const id = 'unchecked';
    const feed = new ScriptedFeed(12);
    const impatient = await changedWorkflows("scheduleToCloseTimeout: '2m'", "scheduleToCloseTimeout: '2s'");
    const handle = await start(client, id);
    await (await deploy(id, impatient, feed)).runUntil(() => untilStatus(handle, idle));
    await (
      await deploy(id, impatient)
    ).runUntil(() => assert.rejects(handle.executeUpdate('configure', { args: [CONFIG] })));
    feed.events = 20;
    await handle.signal('sync-now');
    await (
      await deploy(id, impatient, feed)
    ).runUntil(() => untilStatus(handle, (now) => idle(now) && now.cursor === 'c20'));
    assert.ok(!feed.calls.includes('configureConnection'));
    await handle.terminate('end of test');
  });
});

describe('a connection that is sent thousands of signals while it is paused', function () {
  this.timeout(300_000);

  const send = async (handle: WorkflowHandle, count: number): Promise<void> => {
    for (let sent = 0; sent < count; sent += 250)
      await Promise.all(Array.from({ length: Math.min(250, count - sent) }, () => handle.signal('clear-cursor')));
  };
  const paused = ({ phase }: Status): boolean => phase === 'paused';

  it('counts each of them, continues as new again and again, and can be resumed', async () => {
    const { client } = await temporal();
    const feed = new ScriptedFeed(12, { integratorEnabled: false });
    await withWorker('signalled', feed.activities, async () => {
      const handle = await start(client, 'signalled');
      await untilStatus(handle, paused);
      await send(handle, SIGNALS);
      await untilStatus(handle, ({ epoch }) => epoch === SIGNALS);
      await until(async () => (await handle.describe()).historyLength < SUGGESTED_EVENTS);
      await handle.signal('resume');
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.epoch, status.cursor], [SIGNALS, 'c12']);
      await handle.terminate('end of test');
    });
  });

  it('serves all that came while no worker was there in one workflow task, and makes what is shown once for it', async () => {
    const { client } = await temporal();
    const id = 'unserved';
    const feed = new ScriptedFeed(12, { integratorEnabled: false });
    const counting = await changedWorkflows(
      'function detailsOf(',
      `let made = 0;
      function detailsOf(...all) { made += 1; return uncounted(...all) + ' made ' + made + ' times'; }
      function uncounted(`,
    );
    const handle = await start(client, id);
    const shown = async (): Promise<string> => JSON.stringify(await handle.query('__temporal_workflow_metadata'));
    await (await deploy(id, counting, feed)).runUntil(() => until(async () => (await shown()).includes(' made ')));
    await send(handle, UNSERVED);
    await (
      await deploy(id, counting, feed)
    ).runUntil(async () => {
      await untilStatus(handle, ({ epoch }) => epoch === UNSERVED);
      const [, times = ''] = /made (\d+) times/.exec(await shown()) ?? [];
      assert.ok(Number(times) > 0 && Number(times) < UNSERVED / 2, `made ${times} times`);
      await handle.terminate('end of test');
    });
  });
});

describe('a connection that was told to clear its cursor, and was ended before its cycle was over', function () {
  this.timeout(120_000);

  for (const [how, name, clear] of [
    ['by clear-cursor', 'cleared', (handle: WorkflowHandle) => handle.signal('clear-cursor')],
    [
      'by configure',
      'reimported',
      (handle: WorkflowHandle) => handle.executeUpdate('configure', { args: [CONFIG, { reimport: true }] }),
    ],
  ] as const)
    it(`hands on no cursor to the one that takes over: ${how}`, async () => {
      const { client } = await temporal();
      const workflowId = workflowIdOf(name);
      const feed = new ScriptedFeed(12);
      const gate = new Gate();
      await withWorker(name, feed.activities, async () => {
        const handle = await client.workflow.start('connection', {
          taskQueue: name,
          workflowId,
          args: [CONFIG],
        });
        await untilStatus(handle, idle);
        // The next cycle begins with a cursor.
        const { runId } = await handle.describe();
        await handle.signal('renew');
        await until(async () => (await handle.describe()).runId !== runId);
        feed.beforeFetch = () => gate.pass();
        await handle.signal('sync-now');
        await gate.arrived;
        await clear(handle);
        await untilStatus(handle, ({ cursor }) => cursor === null);
        await handle.terminate('end of test');
        gate.open();
      });
      const ended = await endedConnection(client, name);
      assert.equal(ended?.how, 'terminated');
      assert.equal(ended.carried?.['cursor'], null);
    });
});

describe('a bug in workflow code', function () {
  this.timeout(180_000);

  it('stops the workflow task and not the connection, which goes on with the next deployment', async () => {
    const { client } = await temporal();
    const id = 'with-a-bug';
    const feed = new ScriptedFeed(12);
    const broken = await changedWorkflows(
      'function settlePage(',
      'function settlePage() { throw new TypeError("a bug"); }\nfunction unbroken(',
    );
    const handle = await start(client, id);
    await (
      await deploy(id, broken, feed)
    ).runUntil(() =>
      until(async () => {
        const { raw } = await handle.describe();
        return (raw.pendingWorkflowTask?.attempt ?? 0) > 1;
      }),
    );
    assert.equal((await handle.describe()).status.name, 'RUNNING');
    await (
      await deploy(id, await workflowBundle(), feed)
    ).runUntil(async () => {
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.cursor, status.lastError, new Set(feed.written).size], ['c12', null, 12]);
    });
    await handle.terminate('end of test');
  });
});

describe('a page of ten thousand people of whom everybody is refused', function () {
  this.timeout(300_000);
  let world: World;

  before(async () => {
    world = await World.open({ sandbox: { people: 10_000, seed: 91, images: 1 } });
  });
  after(() => world.close());

  it('is settled: the first few hundred are told one by one, all are counted', async () => {
    const fieldMappings = [{ from: "first_name == 'nobody at all' ? first_name : ''", to: 'name' }];
    world.startWorker();
    const handle = await world.start(
      world.connectionFile('arena', {
        seatgeek: { pageSize: 10_000 },
        users: { fieldMappings },
        integrator: { enabled: true },
      }),
    );
    const { lastRun, lastError } = await untilStatus(handle, isSettled);
    assert.deepEqual([lastRun?.outcome, lastRun?.created, lastError], ['completed', 0, null]);
    assert.ok((lastRun?.rejected ?? 0) > 8_000, `${lastRun?.rejected ?? 0} are refused`);
    const rejected = await handle.query<readonly unknown[]>('rejected');
    assert.ok(rejected.length > 0 && rejected.length <= 400, `${rejected.length} are named`);
    // What left the step, for it is the answer that Temporal bounds.
    const events = (await handle.fetchHistory()).events ?? [];
    const answers = events.flatMap(({ activityTaskCompletedEventAttributes: step }) => step?.result?.payloads ?? []);
    const told = answers.map((answer) => JSON.stringify(defaultPayloadConverter.fromPayload(answer)));
    assert.ok(told.some((text) => text.includes('"rejectedBeyond":')));
    for (const text of told) assert.ok(text.length < 300_000, `${text.length} characters`);
  });
});
