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
import { idle } from '../world/scripted-connection.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { closeTemporal, temporal, withWorker, workflowBundle } from '../world/temporal.js';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;

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
    play(handle: WorkflowHandle): Promise<unknown>;
  };
  play(handle: WorkflowHandle): Promise<unknown>;
  /** The runs to keep, as `slice` takes them. Default: all. */
  readonly keeps?: readonly [from: number, to?: number];
}

const FIRST = [0, 1] as const;
const LAST = [-1] as const;

const WITH_WEBHOOK = { name: 'arena', alerts: { webhook: { secret: 'alerts-webhook' } } };
const failing = ({ phase, run }: Status): boolean => phase === 'failing' && run === null;
const held = ({ phase, run }: Status): boolean => phase === 'held' && run === null;
const sampled = ({ sampleImport }: Status): boolean => sampleImport?.outcome === 'completed';
const after =
  (trigger: string) =>
  (status: Status): boolean =>
    idle(status) && status.lastRun?.trigger === trigger;

const untilIdle = (handle: WorkflowHandle): Promise<Status> => untilStatus(handle, idle);

/** A replay misses a command, or meets one too many, by the next one only. */
async function sample(handle: WorkflowHandle): Promise<void> {
  await handle.signal('import-100');
  await untilStatus(handle, sampled);
}

/** Writing waits at the gate before the page at this cursor. */
function gateAt(feed: ScriptedFeed, cursor: string | null): Gate {
  const gate = new Gate();
  feed.beforeWrite = ({ page }) => (page.cursor === cursor ? gate.pass() : Promise.resolve());
  return gate;
}

/** Writing the page at this cursor fails. */
function failsAt(feed: ScriptedFeed, cursor: string | null, code: string): ScriptedFeed {
  feed.beforeWrite = ({ page }) => (page.cursor === cursor ? Promise.reject(failure(code)) : Promise.resolve());
  return feed;
}

function writes(feed: ScriptedFeed): void {
  feed.beforeWrite = () => Promise.resolve();
}

/** The update `validate` is answered when the gate opens. */
function validatesAt(gate: Gate): Pick<Life, 'activities'> {
  const validateConnection = async (): Promise<object> => {
    await gate.pass();
    return { ok: true, lines: [] };
  };
  return { activities: { validateConnection } };
}

/** Refuses as the brake does, once all history was imported, until somebody approves. */
function braked(feed: ScriptedFeed): ScriptedFeed {
  feed.beforeWrite = ({ past }) => (past === undefined ? Promise.resolve() : Promise.reject(failure('brake-held')));
  return feed;
}

async function untilHeld(handle: WorkflowHandle): Promise<void> {
  await untilIdle(handle);
  await handle.signal('clear-cursor');
  await untilStatus(handle, held);
}

function heldThenApproved(people: number): Life {
  return {
    feed: braked(new ScriptedFeed(people)),
    play: async (handle) => {
      await untilHeld(handle);
      await handle.signal('approve');
      await untilStatus(handle, after('approve'));
    },
  };
}

function heldThenPaused(): Life {
  return {
    feed: braked(new ScriptedFeed(15)),
    play: async (handle) => {
      await untilHeld(handle);
      await handle.signal('pause');
      await untilStatus(handle, ({ phase }) => phase === 'paused');
      await handle.signal('resume');
      await untilStatus(handle, held);
    },
  };
}

function pausedThenResumed(): Life {
  const feed = new ScriptedFeed(30);
  const gate = gateAt(feed, 'c10');
  return {
    feed,
    play: async (handle) => {
      await gate.arrived;
      await handle.signal('pause', 'stock-take');
      await untilStatus(handle, ({ phase, run }) => phase === 'paused' && run === null);
      writes(feed);
      await handle.signal('resume');
      await untilIdle(handle);
    },
  };
}

/** Of these one run is kept, by itself. */
const SINGLE: Record<string, () => Life> = {
  'first-import-continued-as-new': () => ({ feed: new ScriptedFeed(120), keeps: FIRST, play: untilIdle }),
  'first-import-second-half': () => ({ feed: new ScriptedFeed(120), keeps: LAST, play: untilIdle }),
  'idle-cycle': () => ({
    feed: new ScriptedFeed(5, { intervalMs: 2_000 }),
    keeps: [-2, -1],
    play: async (handle) => {
      await untilStatus(handle, ({ lastRun }) => lastRun?.trigger === 'interval' && lastRun.events === 0);
      await untilRunChanges(handle, (await handle.describe()).runId);
    },
  }),
  'clear-cursor-during-a-page': () => {
    const feed = new ScriptedFeed(20);
    const gate = gateAt(feed, null);
    return {
      feed,
      keeps: FIRST,
      play: async (handle) => {
        await gate.arrived;
        await handle.signal('clear-cursor');
        writes(feed);
        await untilStatus(handle, after('clear-cursor'));
      },
    };
  },
  'steps-that-go-on': () => {
    const feed = new ScriptedFeed(70);
    feed.goesOn = 2;
    feed.refused.add('person-14');
    return { feed, keeps: FIRST, play: untilIdle };
  },
  'sample-import-while-paused': () => ({
    feed: new ScriptedFeed(250, { integratorEnabled: false, pageSize: 1_000 }),
    keeps: LAST,
    play: sample,
  }),
  'pause-and-resume-in-mid-page': () => ({ ...pausedThenResumed(), keeps: FIRST }),
  'failing-with-rejected-people': () => {
    const feed = failsAt(new ScriptedFeed(30), 'c20', 'halo-credentials-refused');
    feed.refused.add('person-4');
    return { feed, keeps: FIRST, play: (handle) => untilStatus(handle, failing) };
  },
  'held-by-the-brake-and-approved': () => ({ ...heldThenApproved(30), keeps: [1, 2] }),
  'configure-in-mid-run': () => {
    const feed = new ScriptedFeed(30);
    const gate = gateAt(feed, 'c10');
    return {
      feed,
      keeps: FIRST,
      play: async (handle) => {
        await gate.arrived;
        await handle.executeUpdate('configure', { args: [{ name: 'arena' }] });
        writes(feed);
        gate.open();
        await untilIdle(handle);
      },
    };
  },
};

const LIVES: Record<string, () => Life> = {
  'held-then-approved': () => heldThenApproved(15),
  'held-then-paused': heldThenPaused,
  'paused-then-resumed': pausedThenResumed,
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
        writes(feed);
        await handle.signal('sync-now');
        await untilIdle(handle);
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
        writes(feed);
        await handle.signal('sync-now');
        await untilIdle(handle);
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
        await untilIdle(handle);
        await handle.executeUpdate('validate');
        await handle.executeUpdate('preview', { args: [5] });
        await handle.executeUpdate('trace', { args: ['person-1'] });
        await handle.signal('sync-now');
        await untilStatus(handle, after('sync-now'));
      },
    };
  },
  'rejected-retried': () => {
    const feed = new ScriptedFeed(10);
    feed.refused.add('person-4');
    return {
      feed,
      play: async (handle) => {
        await untilIdle(handle);
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
      play: untilIdle,
    };
  },
  'cursor-expired-then-cleared': () => {
    const feed = failsAt(new ScriptedFeed(20), 'c10', 'cursor-expired');
    return {
      feed,
      play: async (handle) => {
        await untilStatus(handle, ({ phase, run }) => phase === 'cursor-expired' && run === null);
        writes(feed);
        await handle.signal('clear-cursor');
        await untilIdle(handle);
      },
    };
  },
  'update-open-at-continue-as-new': () => {
    const feed = new ScriptedFeed(10);
    const gate = new Gate();
    return {
      feed,
      ...validatesAt(gate),
      play: async (handle) => {
        await untilIdle(handle);
        const { runId } = await handle.describe();
        const open = handle.executeUpdate('validate');
        await gate.arrived;
        await handle.signal('renew');
        await handle.signal('sync-now');
        await untilStatus(handle, ({ phase }) => phase === 'idle');
        gate.open();
        await open;
        await untilRunChanges(handle, runId);
        await untilIdle(handle);
      },
    };
  },
  'update-refused-before-continue-as-new': () => {
    const feed = new ScriptedFeed(5);
    const writing = new Gate();
    const asking = new Gate();
    feed.beforeWrite = () => writing.pass();
    return {
      feed,
      ...validatesAt(asking),
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
        await untilIdle(handle);
      },
    };
  },
  'cancelled-in-mid-page': () => {
    const feed = new ScriptedFeed(30);
    const gate = gateAt(feed, 'c10');
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

/** Lives in which a change of commands (`src/workflows/patches.ts`) shows, with the code before it and with the code that has it; the run in which it shows is kept. */
const PATCHED: Record<string, () => Life> = {
  'serve-while-updating': () => {
    const feed = new ScriptedFeed(5);
    const gate = new Gate();
    return {
      feed,
      keeps: FIRST,
      ...validatesAt(gate),
      play: async (handle) => {
        await untilIdle(handle);
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
    keeps: FIRST,
    play: async (handle) => {
      await untilStatus(handle, ({ phase, pending }) => phase === 'paused' && pending.length === 0);
      await sample(handle);
    },
  }),
  'renew-while-waiting': () => ({
    feed: new ScriptedFeed(5),
    keeps: [1, 2],
    play: async (handle) => {
      await untilIdle(handle);
      await handle.signal('pause');
      // The server suggests to continue as new after 60 events.
      for (let count = 0; count < 25; count += 1) {
        await handle.signal('pause', 'stock-take');
        await untilStatus(handle, () => true);
      }
      await sample(handle);
    },
  }),
  'spread-after-outage': () => ({
    feed: new ScriptedFeed(5, { intervalMs: 20_000 }),
    keeps: FIRST,
    earlier: {
      downMs: 90_000,
      play: untilIdle,
    },
    play: async (handle) => {
      const { nextRunAt } = await untilStatus(handle, () => true);
      await untilStatus(handle, (status) => status.nextRunAt !== nextRunAt || status.lastRun?.trigger === 'interval');
      await sample(handle);
    },
  }),
  'refresh-settings': () => ({
    feed: new ScriptedFeed(5),
    keeps: LAST,
    earlier: {
      code: (code) => code.replace(/STATE_VERSION = \d+/, 'STATE_VERSION = 1'),
      play: async (handle) => {
        await untilIdle(handle);
        const { runId } = await handle.describe();
        await handle.signal('renew');
        await untilRunChanges(handle, runId);
        await untilIdle(handle);
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
      keeps: LAST,
      activities: { fetchChangeEvents },
      play: untilIdle,
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
      keeps: LAST,
      play: async (handle) => {
        await untilIdle(handle);
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
      keeps: LAST,
      play: async (handle) => {
        await untilHeld(handle);
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
      keeps: LAST,
      play: async (handle) => {
        await untilIdle(handle);
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
      keeps: LAST,
      play: async (handle) => {
        await untilIdle(handle);
        feed.beforeWrite = () => writing.pass();
        await handle.signal('import-100');
        await writing.arrived;
        writes(feed);
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
      keeps: LAST,
      play: async (handle) => {
        await untilStatus(handle, failing);
        await sample(handle);
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
      keeps: LAST,
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

async function record(name: string, life: Life, place: string): Promise<void> {
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
    const kept = runs.slice(...(life.keeps ?? []));
    const text = name in SINGLE ? JSON.stringify(kept[0], withoutMachine, 1) : JSON.stringify(kept, withoutMachine);
    await writeFile(fileURLToPath(new URL(`${place}.json`, import.meta.url)), `${text}\n`);
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
  const all = [
    ...Object.entries(SINGLE).map(([name, life]) => ({ name, life, place: name })),
    ...Object.entries(LIVES).map(([name, life]) => ({ name, life, place: `chains/${name}` })),
    ...Object.entries(PATCHED).map(([name, life]) => ({ name, life, place: `patches/${name}.${side}` })),
  ];
  for (const { name, life, place } of all) {
    if (wanted.length === 0 || wanted.includes(name)) await record(name, life(), place);
  }
} finally {
  await closeTemporal();
}
