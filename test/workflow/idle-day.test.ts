import assert from 'node:assert/strict';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import proto from '@temporalio/proto';
import { longLives } from '../world/time-skipping.js';
import type { Status } from '../../src/workflows/status.js';
import { ScriptedFeed } from '../world/scripted-feed.js';

const QUARTER_HOUR_MS = 900_000;
const CYCLES = 96;

describe('a day without changes', function () {
  this.timeout(60_000);
  const live = longLives();

  it('passes in 96 cycles of one activity, one timer and one continue-as-new each', () => {
    const feed = new ScriptedFeed(5);
    return live('idle-day', feed, async ({ env, handle }) => {
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
