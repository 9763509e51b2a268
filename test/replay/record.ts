/**
 * Records the histories that `replay.test.ts` replays: `npx tsx test/replay/record.ts [scenario …]`; those of `chains` are whole lives of a connection, run
 * after run. Those of `patches` are recorded twice: with the code before a change of commands (this file copied there, `--before`), and with it. Record from released code only, never from the change under test, and never edit a history to make a test pass: it stands for workflows
 * that are running somewhere.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { FetchRequest } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Status } from '../../src/workflows/status.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { closeTemporal, temporal, withWorker, workflowBundle } from '../world/temporal.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

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

/** A connection from its start to the end of what is played, with all its runs. */
interface Life {
  readonly feed: ScriptedFeed;
  readonly config?: object;
  readonly activities?: object;
  /** What is played at a worker before; then none is there for so long. */
  readonly earlier?: {
    /** Workflow code of that worker, made of ours. */
    readonly code?: (code: string) => string;
    readonly downMs?: number;
    play(handle: WorkflowHandle): Promise<void>;
  };
  play(handle: WorkflowHandle): Promise<void>;
  /** The runs to keep, as `slice` takes them. Default: all. */
  readonly keeps?: readonly [from: number, to?: number];
}

const WITH_WEBHOOK = { name: 'arena', alerts: { webhook: { secret: 'alerts-webhook' } } };
const failing = ({ phase, run }: Status): boolean => phase === 'failing' && run === null;

function heldThenPaused(): Life {
  return {
    feed: braked(new ScriptedFeed(15)),
    play: async (handle) => {
      await untilStatus(handle, isIdle);
      await handle.signal('clear-cursor');
      await untilStatus(handle, ({ phase, run }) => phase === 'held' && run === null);
      await handle.signal('pause');
      await untilStatus(handle, ({ phase }) => phase === 'paused');
      await handle.signal('resume');
      await untilStatus(handle, ({ phase, run }) => phase === 'held' && run === null);
    },
  };
}

/** Refuses as the brake does, once all history was imported, until somebody approves. */
function braked(feed: ScriptedFeed): ScriptedFeed {
  feed.beforeWrite = ({ past }) => (past === undefined ? Promise.resolve() : Promise.reject(failure('brake-held')));
  return feed;
}

const LIVES: Record<string, () => Life> = {
  'held-then-approved': () => ({
    feed: braked(new ScriptedFeed(15)),
    play: async (handle) => {
      await untilStatus(handle, isIdle);
      await handle.signal('clear-cursor');
      await untilStatus(handle, ({ phase, run }) => phase === 'held' && run === null);
      await handle.signal('approve');
      await untilStatus(handle, (status) => isIdle(status) && status.lastRun?.outcome === 'completed');
    },
  }),
  'held-then-paused': heldThenPaused,
  'paused-then-resumed': () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    return {
      feed,
      play: async (handle) => {
        await gate.arrived;
        await handle.signal('pause', 'stock-take');
        await untilStatus(handle, ({ phase, run }) => phase === 'paused' && run === null);
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('resume');
        await untilStatus(handle, isIdle);
      },
    };
  },
  'webhook-told': () => {
    const feed = new ScriptedFeed(5);
    feed.beforeWrite = () => Promise.reject(failure('halo-credentials-refused'));
    let told: () => void = () => undefined;
    const isTold = new Promise<void>((resolve) => (told = resolve));
    return {
      feed,
      config: WITH_WEBHOOK,
      activities: {
        notify: () => {
          told();
          return Promise.resolve();
        },
      },
      play: async (handle) => {
        await untilStatus(handle, failing);
        await isTold;
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('sync-now');
        await untilStatus(handle, isIdle);
      },
    };
  },
  'webhook-cancelled': () => {
    const feed = new ScriptedFeed(5);
    feed.beforeWrite = () => Promise.reject(failure('halo-credentials-refused'));
    return {
      feed,
      config: WITH_WEBHOOK,
      activities: { notify: () => Promise.reject(failure('webhook-unavailable', false)) },
      play: async (handle) => {
        await untilStatus(handle, failing);
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('sync-now');
        await untilStatus(handle, isIdle);
      },
    };
  },
  'validated-previewed-traced': () => {
    const feed = new ScriptedFeed(5);
    return {
      feed,
      activities: {
        previewUsers: () => Promise.resolve({ connection: 'arena', events: 5, people: [] }),
        traceUser: () => Promise.resolve({ connection: 'arena', seatgeekId: 'person-1', steps: [] }),
      },
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        await handle.executeUpdate('validate');
        await handle.executeUpdate('preview', { args: [5] });
        await handle.executeUpdate('trace', { args: ['person-1'] });
        await handle.signal('sync-now');
        await untilStatus(handle, (status) => isIdle(status) && status.lastRun?.trigger === 'sync-now');
      },
    };
  },
  'rejected-retried': () => {
    const feed = new ScriptedFeed(10);
    feed.refused.add('person-4');
    return {
      feed,
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        feed.refused.clear();
        await handle.signal('retry-rejected');
        await untilStatus(handle, ({ rejectedUsers }) => rejectedUsers === 0);
      },
    };
  },
  'transient-backoff': () => {
    const feed = new ScriptedFeed(10);
    let attempts = 0;
    feed.beforeFetch = () => {
      attempts += 1;
      if (attempts > 1) return Promise.resolve();
      const error = failure('seatgeek-rate-limited');
      return Promise.reject(Object.assign(error, { details: ['wait', { retryAfterMs: 1_000 }] }));
    };
    return {
      feed,
      play: async (handle) => {
        await untilStatus(handle, isIdle);
      },
    };
  },
  'cursor-expired-then-cleared': () => {
    const feed = new ScriptedFeed(20);
    feed.beforeWrite = ({ page }) =>
      page.cursor === 'c10' ? Promise.reject(failure('cursor-expired')) : Promise.resolve();
    return {
      feed,
      play: async (handle) => {
        await untilStatus(handle, ({ phase, run }) => phase === 'cursor-expired' && run === null);
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('clear-cursor');
        await untilStatus(handle, isIdle);
      },
    };
  },
  'update-open-at-continue-as-new': () => {
    const feed = new ScriptedFeed(10);
    const gate = new Gate();
    const validateConnection = async (): Promise<object> => {
      await gate.pass();
      return { ok: true, lines: [] };
    };
    return {
      feed,
      activities: { validateConnection },
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        const { runId } = await handle.describe();
        const open = handle.executeUpdate('validate');
        await gate.arrived;
        await handle.signal('renew');
        await handle.signal('sync-now');
        await untilStatus(handle, ({ phase }) => phase === 'idle');
        gate.open();
        await open;
        await untilRunChanges(handle, runId);
        await untilStatus(handle, isIdle);
      },
    };
  },
  'update-refused-before-continue-as-new': () => {
    const feed = new ScriptedFeed(5);
    const writing = new Gate();
    const asking = new Gate();
    feed.beforeWrite = () => writing.pass();
    const validateConnection = async (): Promise<object> => {
      await asking.pass();
      return { ok: true, lines: [] };
    };
    return {
      feed,
      activities: { validateConnection },
      play: async (handle) => {
        await writing.arrived;
        const { runId } = await handle.describe();
        const open = handle.executeUpdate('validate');
        await asking.arrived;
        await handle.signal('renew');
        // Refused, which no history says.
        await handle.executeUpdate('validate').catch(() => undefined);
        asking.open();
        await open;
        writing.open();
        await untilRunChanges(handle, runId);
        await untilStatus(handle, isIdle);
      },
    };
  },
  'cancelled-in-mid-page': () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    return {
      feed,
      play: async (handle) => {
        await gate.arrived;
        await handle.cancel();
        await handle.result().catch(() => undefined);
      },
    };
  },
};

/** A replay misses a command, or meets one too many, by the next one only. */
async function sampled(handle: WorkflowHandle): Promise<void> {
  await handle.signal('import-100');
  await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
}

/** Lives in which a change of commands (`src/workflows/patches.ts`) shows, with the code before it and with the code that has it; the run in which it shows is kept. */
const PATCHED: Record<string, () => Life> = {
  'serve-while-updating': () => {
    const feed = new ScriptedFeed(5);
    const gate = new Gate();
    const validateConnection = async (): Promise<object> => {
      await gate.pass();
      return { ok: true, lines: [] };
    };
    return {
      feed,
      keeps: [0, 1],
      activities: { validateConnection },
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        void handle.executeUpdate('validate').catch(() => undefined);
        await gate.arrived;
        await handle.signal('sync-now');
        await untilStatus(
          handle,
          ({ pending, run, lastRun }) =>
            run === null && (lastRun?.trigger === 'sync-now' || pending.includes('sync-now')),
        );
        gate.open();
        await untilStatus(handle, ({ pending, lastRun }) => lastRun?.trigger === 'sync-now' && pending.length === 0);
      },
    };
  },
  'renew-parked-daily': () => ({
    feed: new ScriptedFeed(5, { integratorEnabled: false }),
    keeps: [0, 1],
    play: async (handle) => {
      await untilStatus(handle, ({ phase, pending }) => phase === 'paused' && pending.length === 0);
      await sampled(handle);
    },
  }),
  'renew-while-waiting': () => ({
    feed: new ScriptedFeed(5),
    keeps: [1, 2],
    play: async (handle) => {
      await untilStatus(handle, isIdle);
      await handle.signal('pause');
      // The server suggests to continue as new after 60 events.
      for (let count = 0; count < 25; count += 1) {
        await handle.signal('pause', 'stock-take');
        await untilStatus(handle, () => true);
      }
      await sampled(handle);
    },
  }),
  'spread-after-outage': () => ({
    feed: new ScriptedFeed(5, { intervalMs: 20_000 }),
    keeps: [0, 1],
    earlier: {
      downMs: 90_000,
      play: async (handle) => {
        await untilStatus(handle, isIdle);
      },
    },
    play: async (handle) => {
      const { nextRunAt } = await untilStatus(handle, () => true);
      await untilStatus(handle, (status) => status.nextRunAt !== nextRunAt || status.lastRun?.trigger === 'interval');
      await sampled(handle);
    },
  }),
  'refresh-settings': () => ({
    feed: new ScriptedFeed(5),
    keeps: [-1],
    earlier: {
      code: (code) => code.replace(/STATE_VERSION = \d+/, 'STATE_VERSION = 1'),
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        const { runId } = await handle.describe();
        await handle.signal('renew');
        await untilRunChanges(handle, runId);
        await untilStatus(handle, isIdle);
      },
    },
    play: async (handle) => {
      await handle.signal('sync-now');
      await untilStatus(handle, ({ lastRun }) => lastRun?.trigger === 'sync-now');
    },
  }),
  'keep-to-one-worker': () => {
    const feed = new ScriptedFeed(15);
    const fetchChangeEvents = async (request: FetchRequest): Promise<object> => ({
      ...(await feed.activities.fetchChangeEvents(request)),
      worker: 'record-keep-to-one-worker',
    });
    return {
      feed,
      keeps: [-1],
      activities: { fetchChangeEvents },
      play: async (handle) => {
        await untilStatus(handle, isIdle);
      },
    };
  },
  'heed-early-approval': () => {
    const feed = new ScriptedFeed(5);
    const counting = new Gate();
    feed.beforeWrite = async ({ past }) => {
      if (past === undefined) return;
      await counting.pass();
      throw failure('brake-held');
    };
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        await handle.signal('clear-cursor');
        await counting.arrived;
        await handle.signal('approve');
        await untilStatus(handle, () => true);
        counting.open();
        await untilStatus(
          handle,
          ({ phase, run, lastRun }) => run === null && (phase === 'held' || lastRun?.trigger === 'approve'),
        );
      },
    };
  },
  'show-other-phase': () => ({ ...heldThenPaused(), keeps: [1, 2] }),
  'hold-retries': () => {
    const feed = braked(new ScriptedFeed(5));
    feed.refused.add('person-4');
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        await handle.signal('clear-cursor');
        await untilStatus(handle, ({ phase, run }) => phase === 'held' && run === null);
        await handle.signal('retry-rejected');
        await untilStatus(handle, ({ pending }) => feed.calls.length > 6 || pending.includes('retry-rejected'));
      },
    };
  },
  'retry-other-pages': () => {
    const feed = new ScriptedFeed(15);
    feed.refused.add('person-4').add('person-14');
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        feed.refused.clear();
        feed.beforeWrite = ({ page }) =>
          page.cursor === null ? Promise.reject(failure('seatgeek-unavailable')) : Promise.resolve();
        await handle.signal('retry-rejected');
        await untilStatus(handle, ({ rejectedUsers, lastError }) => rejectedUsers === 1 || lastError !== null);
      },
    };
  },
  'stop-samples-for-good': () => {
    const feed = new ScriptedFeed(5);
    const writing = new Gate();
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await untilStatus(handle, isIdle);
        feed.beforeWrite = () => writing.pass();
        await handle.signal('import-100');
        await writing.arrived;
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('clear-cursor');
        await handle.signal('pause');
        await untilStatus(
          handle,
          ({ sampleImport, pending }) => sampleImport?.outcome != null && !pending.includes('import-100'),
        );
      },
    };
  },
  'keep-error-of-run': () => {
    const feed = new ScriptedFeed(5);
    feed.beforeWrite = ({ takeEvents }) =>
      takeEvents === undefined ? Promise.reject(failure('halo-credentials-refused')) : Promise.resolve();
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await untilStatus(handle, failing);
        await handle.signal('import-100');
        await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
      },
    };
  },
  'read-ahead-again': () => {
    const feed = new ScriptedFeed(15);
    const writing = new Gate();
    const readingAhead = new Gate();
    let fetched = 0;
    feed.beforeFetch = () => {
      fetched += 1;
      if (fetched !== 2) return Promise.resolve();
      void readingAhead.reached();
      return Promise.reject(failure('seatgeek-unavailable'));
    };
    feed.beforeWrite = ({ page }) => (page.cursor === null ? writing.pass() : Promise.resolve());
    return {
      feed,
      keeps: [-1],
      play: async (handle) => {
        await readingAhead.arrived;
        await untilStatus(handle, ({ run }) => run !== null);
        writing.open();
        await untilStatus(handle, ({ run, lastRun }) => run === null && lastRun !== null);
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

async function recordLife(name: string, life: Life, place = `chains/${name}`): Promise<void> {
  const { client } = await temporal();
  const workflowId = `record-${name}`;
  const activities = { ...life.feed.activities, ...life.activities };
  const args = [life.config ?? { name: 'arena' }];
  const handle = await client.workflow.start('connection', { taskQueue: workflowId, workflowId, args });
  if (life.earlier !== undefined) await playEarlier(workflowId, activities, life.earlier);
  await withWorker(workflowId, activities, async () => {
    await life.play(client.workflow.getHandle(workflowId));
    const runs: unknown[] = [];
    let runId: string | null | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
    while (runId != null && runId !== '') {
      const history: History = await client.workflow.getHandle(workflowId, runId).fetchHistory();
      runs.unshift(JSON.parse(historyToJSON(history)));
      runId = history.events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId;
    }
    const file = fileURLToPath(new URL(`${place}.json`, import.meta.url));
    await writeFile(file, `${JSON.stringify(runs.slice(...(life.keeps ?? [])), withoutMachine)}\n`);
    process.stdout.write(`${name}: ${runs.length} runs\n`);
    await handle.terminate('recorded').catch(() => undefined);
  });
}

async function playEarlier(
  workflowId: string,
  activities: object,
  earlier: NonNullable<Life['earlier']>,
): Promise<void> {
  const { client, native } = await temporal();
  const { codePath } = await workflowBundle();
  const { code, downMs = 0 } = earlier;
  const worker = await Worker.create({
    connection: native,
    taskQueue: workflowId,
    activities,
    workflowBundle: code === undefined ? { codePath } : { code: code(await readFile(codePath, 'utf8')) },
  });
  await worker.runUntil(() => earlier.play(client.workflow.getHandle(workflowId)));
  await setTimeout(downMs);
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--before');
const side = process.argv.includes('--before') ? 'before' : 'after';
try {
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    if (wanted.length === 0 || wanted.includes(name)) await record(name, scenario());
  }
  for (const [name, life] of Object.entries(LIVES)) {
    if (wanted.length === 0 || wanted.includes(name)) await recordLife(name, life());
  }
  for (const [name, life] of Object.entries(PATCHED)) {
    if (wanted.length === 0 || wanted.includes(name)) await recordLife(name, life(), `patches/${name}.${side}`);
  }
} finally {
  await closeTemporal();
}
