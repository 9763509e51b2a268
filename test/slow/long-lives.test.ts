/** What takes days, a bug of our own, and ten thousand of something; on the time-skipping server where only the clock is waited for. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { after, before } from 'mocha';
import type { Client, WorkflowHandle } from '@temporalio/client';
import { untilStatus } from '../../src/demo/waiting.js';
import { BUNDLE_FILES } from '../../src/temporal/workflow-source.js';
import type { Status } from '../../src/workflows/status.js';
import { builtProgram } from '../world/built.js';
import { ScriptedFeed } from '../world/scripted-feed.js';
import { temporal, workflowBundle } from '../world/temporal.js';
import { startTimeSkipping } from '../world/time-skipping.js';
import { until } from '../world/until.js';
import { isSettled, World } from '../world/world.js';

const DAY_MS = 86_400_000;
const CONFIG = { name: 'arena' };

const start = (client: Client, id: string): Promise<WorkflowHandle> =>
  client.workflow.start('connection', { taskQueue: id, workflowId: id, args: [CONFIG] });
const idle = ({ phase, run, lastRun, pending }: Status): boolean =>
  phase === 'idle' && run === null && lastRun !== null && pending.length === 0;

describe('a connection that waits long', function () {
  this.timeout(120_000);
  let env: TestWorkflowEnvironment;

  before(async function () {
    const started = await startTimeSkipping();
    if ('skip' in started) {
      process.stderr.write(`skipped: ${started.skip}\n`);
      this.skip();
    }
    env = started;
  });

  // Undefined where `before` skipped.
  after(() => (env as TestWorkflowEnvironment | undefined)?.teardown());

  const at = async (feed: ScriptedFeed, id: string, body: (handle: WorkflowHandle) => Promise<void>): Promise<void> => {
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: id,
      workflowBundle: await workflowBundle(),
      activities: feed.activities,
    });
    await worker.runUntil(async () => {
      const handle = await start(env.client, id);
      await body(handle);
      await handle.terminate('end of test');
    });
  };

  it('continues as new once a day while it is paused, and changes nothing by it', () =>
    at(new ScriptedFeed(12, { integratorEnabled: false }), 'parked', async (handle) => {
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

describe('a bug in workflow code', function () {
  this.timeout(180_000);

  it('stops the workflow task and not the connection, which goes on with the next deployment', async () => {
    const { client, native } = await temporal();
    const id = 'with-a-bug';
    const feed = new ScriptedFeed(12);
    const code = await readFile(path.join(await builtProgram(), BUNDLE_FILES.plain), 'utf8');
    const broken = code.replace(
      'function settlePage(',
      'function settlePage() { throw new TypeError("a bug"); }\nfunction unbroken(',
    );
    assert.notEqual(broken, code);
    const deploy = async (workflowBundle: WorkflowBundleOption): Promise<Worker> =>
      Worker.create({ connection: native, taskQueue: id, workflowBundle, activities: feed.activities });
    const handle = await start(client, id);
    await (
      await deploy({ code: broken })
    ).runUntil(() =>
      until(async () => {
        const { raw } = await handle.describe();
        return (raw.pendingWorkflowTask?.attempt ?? 0) > 1;
      }),
    );
    assert.equal((await handle.describe()).status.name, 'RUNNING');
    await (
      await deploy(await workflowBundle())
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
  });
});
