import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import proto from '@temporalio/proto';
import { Worker } from '@temporalio/worker';
import { startTimeSkipping } from '../world/time-skipping.js';
import type { Status } from '../../src/workflows/status.js';
import { ScriptedFeed } from '../world/scripted-feed.js';
import { workflowBundle } from '../world/temporal.js';

const QUARTER_HOUR_MS = 900_000;
const CYCLES = 96;

describe('a day without changes', function () {
  this.timeout(60_000);
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

  it('passes in 96 cycles of one activity, one timer and one continue-as-new each', async () => {
    const feed = new ScriptedFeed(5);
    const worker = await Worker.create({
      connection: env.nativeConnection,
      taskQueue: 'idle-day',
      workflowBundle: await workflowBundle(),
      activities: feed.activities,
    });
    await worker.runUntil(async () => {
      const handle = await env.client.workflow.start('connection', {
        taskQueue: 'idle-day',
        workflowId: 'idle-day',
        args: [{ name: 'arena' }],
      });
      const importedCalls = 4;
      await env.sleep(QUARTER_HOUR_MS * CYCLES);
      const status = await handle.query<Status>('status');
      assert.deepEqual([status.phase, status.cursor, status.lastRun?.trigger], ['idle', 'c5', 'interval']);

      const idleCalls = feed.calls.slice(importedCalls);
      assert.ok(idleCalls.every((call) => call === 'fetchChangeEvents'));
      assert.ok(idleCalls.length >= CYCLES - 2 && idleCalls.length <= CYCLES + 1, `${idleCalls.length} cycles`);

      const chain = await finishedCycles(env, 3);
      for (const types of chain) {
        assert.deepEqual(types, {
          EVENT_TYPE_ACTIVITY_TASK_SCHEDULED: 1,
          EVENT_TYPE_TIMER_STARTED: 1,
          EVENT_TYPE_WORKFLOW_EXECUTION_CONTINUED_AS_NEW: 1,
        });
      }
    });
  });
});

/** Events that are actions or commands of the last finished runs, counted by type. */
async function finishedCycles(env: TestWorkflowEnvironment, count: number): Promise<Record<string, number>[]> {
  const bookkeeping = /WORKFLOW_TASK|EXECUTION_STARTED|ACTIVITY_TASK_(STARTED|COMPLETED)|TIMER_FIRED/;
  const cycles: Record<string, number>[] = [];
  let { runId } = await env.client.workflow.getHandle('idle-day').describe();
  while (cycles.length < count) {
    const current = await env.client.workflow.getHandle('idle-day', runId).fetchHistory();
    const previous = current.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    if (previous == null || previous === '') break;
    runId = previous;
    const history = await env.client.workflow.getHandle('idle-day', runId).fetchHistory();
    const types: Record<string, number> = {};
    for (const { eventType } of history.events ?? []) {
      const name = proto.temporal.api.enums.v1.EventType[eventType ?? 0] ?? 'unknown';
      if (!bookkeeping.test(name)) types[name] = (types[name] ?? 0) + 1;
    }
    cycles.push(types);
  }
  assert.equal(cycles.length, count);
  return cycles;
}
