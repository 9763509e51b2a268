/**
 * The workflow code of the previous release, there and back: it goes on with what this program has carried, and this program with what that one has.
 * `test/replay/previous/workflows.json` holds its sources, file by file.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { bundleWorkflowCode, DefaultLogger, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import { after, before } from 'mocha';
import { z } from 'zod';
import { untilStatus } from '../../src/demo/waiting.js';
import { idle } from '../world/scripted-connection.js';
import { ScriptedFeed } from '../world/scripted-feed.js';
import { temporal, workflowBundle } from '../world/temporal.js';
import { until } from '../world/until.js';

type State = Readonly<Record<string, unknown>>;

const CONFIG = { name: 'arena' };
const REFUSED = 'person-3';
const TOMORROW = 'a-code-of-tomorrow';
const AT = '2026-11-20T10:00:00Z';

const stateSchema = z.record(z.string(), z.unknown());

/** What a connection may be in the middle of, and what its operator does then. */
const PHASES: readonly (readonly [what: string, change: State, signals: readonly string[]])[] = [
  ['idle', {}, ['sync-now']],
  ['paused', { integrator: 'off', integratorNote: 'stock-take', due: null }, ['resume']],
  ['held by the brake', { held: true, due: 'interval', past: 12 }, ['approve', 'sync-now']],
  ['with an expired cursor', { cursorExpired: true }, ['clear-cursor']],
  [
    'failing for a reason that is not known yet',
    {
      lastError: { code: TOMORROW, message: 'of tomorrow', hint: 'wait', at: AT, transient: true },
      failures: 3,
      nextRunAt: '2036-11-20T10:00:00Z',
    },
    ['sync-now'],
  ],
  ['with parts that are not known yet', { partOfTomorrow: { a: [1] }, sampleImportAsked: true }, ['sync-now']],
];

describe('the previous release', function () {
  this.timeout(400_000);
  let folder: string;
  let previous: WorkflowBundleOption;
  let current: WorkflowBundleOption;

  before(async () => {
    await mkdir('.cache', { recursive: true });
    // Inside the checkout, where the bundler finds the SDK.
    folder = await mkdtemp(path.resolve('.cache', 'previous-'));
    const sources = z
      .record(z.string(), z.string())
      .parse(JSON.parse(await readFile('test/replay/previous/workflows.json', 'utf8')));
    for (const [file, text] of Object.entries(sources)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    const workflowsPath = path.join(folder, 'workflows', 'index.ts');
    previous = await bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('WARN') });
    current = await workflowBundle();
  });
  after(() => rm(folder, { recursive: true, force: true }));

  /** Answers what a connection carries on after `body`, which its feed must have been settled by. */
  async function live(
    bundle: WorkflowBundleOption,
    feed: ScriptedFeed,
    carried: State | undefined,
    body: (handle: WorkflowHandle) => Promise<void>,
  ): Promise<State> {
    const { native, client } = await temporal();
    const id = `release-${randomUUID()}`;
    const worker = await Worker.create({
      connection: native,
      taskQueue: id,
      workflowBundle: bundle,
      activities: feed.activities,
    });
    return worker.runUntil(async () => {
      const handle = await client.workflow.start('connection', {
        taskQueue: id,
        workflowId: id,
        args: [CONFIG, ...(carried === undefined ? [] : [carried])],
      });
      try {
        await body(handle);
        const { runId } = await handle.describe();
        await until(async () => {
          await handle.signal('sync-now');
          await untilStatus(handle, idle);
          return (await handle.describe()).runId !== runId;
        });
        return await carriedBy(handle);
      } finally {
        await handle.terminate('end of test');
      }
    });
  }

  /** What it carries on once everything that `feed` holds is settled. */
  const settled = (bundle: WorkflowBundleOption, feed: ScriptedFeed): Promise<State> =>
    live(bundle, feed, undefined, async (handle) => {
      await untilStatus(handle, idle);
    });

  for (const [way, first, then] of [
    ['goes on with what this program has carried on', () => current, () => previous],
    ['hands over to this program what it has carried on', () => previous, () => current],
  ] as const)
    for (const [what, change, signals] of PHASES)
      it(`${way}: ${what}`, async () => {
        const feed = new ScriptedFeed(12);
        feed.refused.add(REFUSED);
        const carried = await settled(first(), feed);
        feed.events = 25;
        const next = await live(then(), feed, { ...carried, ...change }, async (handle) => {
          await untilStatus(handle, ({ connection }) => connection === 'arena');
          for (const signal of signals) await handle.signal(signal);
          const status = await untilStatus(handle, (now) => idle(now) && now.cursor === 'c25');
          assert.equal(status.lastError, null);
          assert.deepEqual(
            (await handle.query<{ seatgeekId: string }[]>('rejected')).map(({ seatgeekId }) => seatgeekId),
            [REFUSED],
          );
        });
        assert.equal(next['cursor'], 'c25');
        const back = await live(first(), feed, next, async (handle) => {
          const status = await untilStatus(handle, idle);
          assert.equal(status.cursor, 'c25');
        });
        assert.deepEqual([back['cursor'], back['epoch']], ['c25', next['epoch']]);
        assert.equal(new Set(feed.written).size, 24, 'everybody but who is refused');
      });

  it('may come after this one, too: codes that are not known yet are shown with a text', async () => {
    const feed = new ScriptedFeed(12);
    feed.refused.add(REFUSED);
    const carried = await settled(current, feed);
    const text = JSON.stringify(carried).replaceAll('halo-refused', TOMORROW);
    const paused = { ...stateSchema.parse(JSON.parse(text)), integrator: 'off', due: null };
    await live(current, feed, paused, async (handle) => {
      await untilStatus(handle, ({ phase }) => phase === 'paused');
      const [shown] = await handle.query<{ code: string; hint: string }[]>('rejected');
      assert.equal(shown?.code, TOMORROW);
      assert.match(shown.hint, /Another version of the program wrote this entry/);
      await handle.signal('resume');
    });
  });
});

async function carriedBy(handle: WorkflowHandle): Promise<State> {
  const { events } = await handle.fetchHistory();
  const payload = events?.[0]?.workflowExecutionStartedEventAttributes?.input?.payloads?.[1];
  assert.ok(payload, 'something is carried');
  return stateSchema.parse(defaultPayloadConverter.fromPayload(payload));
}
