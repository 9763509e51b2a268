/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/replay/record.ts [scenario …]`. Record from released code only, never
 * from the change under test, and never edit a history to make a test pass: it stands for workflows that are running somewhere.
 */
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Status } from '../../src/workflows/status.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { closeTemporal, temporal, withWorker } from '../world/temporal.js';

interface Scenario {
  readonly feed: ScriptedFeed;
  /** Brings the workflow where the history is worth keeping; answers the run to keep, or nothing for the current one. */
  play(handle: WorkflowHandle): Promise<string | undefined>;
}

const isIdle = ({ phase, run, lastRun, pending }: Status): boolean =>
  phase === 'idle' && run === null && lastRun !== null && pending.length === 0;

const SCENARIOS: Record<string, () => Scenario> = {
  'first-import-continued-as-new': () => ({
    feed: new ScriptedFeed(120),
    play: async (handle) => {
      const { runId } = await handle.describe();
      await untilStatus(handle, isIdle);
      return runId;
    },
  }),
  'first-import-second-half': () => ({
    feed: new ScriptedFeed(120),
    play: async (handle) => {
      await untilStatus(handle, isIdle);
      return undefined;
    },
  }),
  'idle-cycle': () => ({
    feed: new ScriptedFeed(5, { intervalMs: 2_000 }),
    play: async (handle) => {
      await untilStatus(handle, ({ lastRun }) => lastRun?.trigger === 'interval' && lastRun.events === 0);
      const { runId } = await handle.describe();
      await untilRunChanges(handle, runId);
      return runId;
    },
  }),
  'clear-cursor-during-a-page': () => {
    const feed = new ScriptedFeed(20);
    const gate = new Gate();
    feed.beforeWrite = () => gate.pass();
    return {
      feed,
      play: async (handle) => {
        await gate.arrived;
        const { runId } = await handle.describe();
        await handle.signal('clear-cursor');
        feed.beforeWrite = () => Promise.resolve();
        await untilStatus(handle, (status) => isIdle(status) && status.lastRun?.trigger === 'clear-cursor');
        return runId;
      },
    };
  },
  'sample-import-while-paused': () => ({
    feed: new ScriptedFeed(250, { integratorEnabled: false, pageSize: 1_000 }),
    play: async (handle) => {
      await handle.signal('import-100');
      await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
      return undefined;
    },
  }),
  'pause-and-resume-in-mid-page': () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    return {
      feed,
      play: async (handle) => {
        await gate.arrived;
        const { runId } = await handle.describe();
        await handle.signal('pause', 'stock-take');
        await untilStatus(handle, ({ phase, run }) => phase === 'paused' && run === null);
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('resume');
        await untilStatus(handle, isIdle);
        return runId;
      },
    };
  },
  'failing-with-rejected-people': () => {
    const feed = new ScriptedFeed(30);
    feed.refused.add('person-4');
    feed.beforeWrite = ({ page }) =>
      page.cursor === 'c20' ? Promise.reject(failure('halo-credentials-refused')) : Promise.resolve();
    return {
      feed,
      play: async (handle) => {
        const { runId } = await handle.describe();
        await untilStatus(handle, ({ phase, run }) => phase === 'failing' && run === null);
        return runId;
      },
    };
  },
  'held-by-the-brake-and-approved': () => {
    const feed = new ScriptedFeed(30);
    feed.beforeWrite = ({ page, past }) =>
      page.cursor === null && past !== undefined ? Promise.reject(failure('brake-held')) : Promise.resolve();
    return {
      feed,
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        await handle.signal('clear-cursor');
        const { runId } = await handle.describe();
        await untilStatus(handle, ({ phase, run }) => phase === 'held' && run === null);
        await handle.signal('approve');
        await untilStatus(handle, (status) => isIdle(status) && status.lastRun?.trigger === 'approve');
        return runId;
      },
    };
  },
  'configure-in-mid-run': () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    return {
      feed,
      play: async (handle) => {
        await gate.arrived;
        const { runId } = await handle.describe();
        await handle.executeUpdate('configure', { args: [{ name: 'arena' }] });
        feed.beforeWrite = () => Promise.resolve();
        gate.open();
        await untilStatus(handle, isIdle);
        return runId;
      },
    };
  },
};

/** Replay needs neither who ran a step nor the stack of a failure, and both name the machine that recorded. */
function withoutMachine(key: string, value: unknown): unknown {
  if (key === 'identity') return 'recorder';
  return key === 'stackTrace' ? '' : value;
}

async function untilRunChanges(handle: WorkflowHandle, runId: string): Promise<void> {
  while ((await handle.describe()).runId === runId) await untilStatus(handle, () => true);
}

async function record(name: string, scenario: Scenario): Promise<void> {
  const { client } = await temporal();
  const workflowId = `record-${name}`;
  await withWorker(workflowId, scenario.feed.activities, async () => {
    const handle = await client.workflow.start('connection', {
      taskQueue: workflowId,
      workflowId,
      args: [{ name: 'arena' }],
    });
    const runId = (await scenario.play(handle)) ?? (await handle.describe()).runId;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const file = fileURLToPath(new URL(`${name}.json`, import.meta.url));
    await writeFile(file, `${JSON.stringify(JSON.parse(historyToJSON(history)), withoutMachine, 1)}\n`);
    process.stdout.write(`${name}: ${history.events?.length ?? 0} events\n`);
    await handle.terminate('recorded');
  });
}

const wanted = process.argv.slice(2);
try {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (wanted.length === 0 || wanted.includes(name)) await record(name, scenario());
  }
} finally {
  await closeTemporal();
}
