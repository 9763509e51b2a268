/** Several worker processes on a server that does not dispatch eagerly (the default up to 1.31): a run's memory is in one of them. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Worker } from '@temporalio/worker';
import { withHeartbeat } from '../../src/activities/heartbeat.js';
import type { UpsertRequest } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Status } from '../../src/workflows/status.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';
import { temporal, withWorker } from '../world/temporal.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites } from '../world/writes.js';
import { until } from '../world/until.js';

const PEOPLE = 1_500;

/** Small pages, and a server that suggests to continue as new after every few of them: the run goes on where its memory is. */
function open(latencyMs = 0): Promise<World> {
  return World.open({
    sandbox: { people: PEOPLE, seed: 17, halo: { latencyMs } },
    server: {
      extraArgs: [
        ...['--dynamic-config-value', 'system.enableActivityEagerExecution=false'],
        ...['--dynamic-config-value', 'limit.historyCount.suggestContinueAsNew=60'],
      ],
    },
  });
}

async function begin(world: World, workers: number): Promise<void> {
  for (let count = 0; count < workers; count += 1) world.startWorker();
  await world.start(world.connectionFile('arena', { seatgeek: { pageSize: 100 }, integrator: { enabled: true } }));
}

async function assertImported(world: World): Promise<void> {
  const status = await untilStatus(world.handle(), isSettled);
  assert.deepEqual([status.lastRun?.outcome, status.lastError], ['completed', null]);
  assert.deepEqual(finalDifferences(world), []);
}

async function writers(world: World): Promise<number[]> {
  const wrote = await Promise.all(world.workers.map(({ pid }) => world.wrotePage(pid)));
  return world.workers.flatMap(({ pid }, index) => (wrote[index] === true ? [pid] : []));
}

interface Cost {
  readonly halo: number;
  readonly seatgeek: number;
}

async function costWith(workers: number): Promise<Cost> {
  const world = await open();
  try {
    await begin(world, workers);
    await assertImported(world);
    assert.equal((await writers(world)).length, 1, 'one worker holds the memory of the run');
    const { halo, seatgeek } = world.sandbox;
    return { halo: halo.requests.count, seatgeek: seatgeek.requests.count };
  } finally {
    await world.close();
  }
}

describe('a run without eager dispatch', function () {
  this.timeout(400_000);

  it('asks Halo and SeatGeek as often with three workers as with one', async () => {
    const one = await costWith(1);
    const three = await costWith(3);
    const most = (count: number): number => count * 1.1;
    const figures = JSON.stringify({ one, three });
    assert.ok(three.halo <= most(one.halo) && three.seatgeek <= most(one.seatgeek), figures);
  });

  it('goes on at the other worker when its own is killed: nobody is lost, nobody doubled', async () => {
    // So slow that much is left when the first pages are written.
    const world = await open(200);
    try {
      await begin(world, 2);
      await untilWrites(world.sandbox, PEOPLE / 3);
      await until(async () => (await writers(world)).length > 0);
      const [first] = await writers(world);
      await world.workers.find(({ pid }) => pid === first)?.kill9();
      await assertImported(world);
      assert.equal((await writers(world)).length, 2);
    } finally {
      await world.close();
    }
  });
});

describe('a step that moves to another worker', function () {
  this.timeout(120_000);

  /** Fetched by the worker of `queue`, mapped and written by whoever takes it. Answers the request that was written in the end. */
  async function movedWrite(
    queue: string,
    gone: () => Promise<void>,
    completed: (status: Status) => void = () => undefined,
  ): Promise<UpsertRequest | undefined> {
    const feed = new ScriptedFeed(5);
    let written: UpsertRequest | undefined;
    feed.beforeWrite = (request) => Promise.resolve(void (written = request));
    const fetchChangeEvents = feed.activities.fetchChangeEvents.bind(feed.activities);
    feed.activities.fetchChangeEvents = async (request) => ({ ...(await fetchChangeEvents(request)), worker: queue });
    const { client } = await temporal();
    const id = `moved-${randomUUID()}`;
    await withWorker(id, feed.activities, async () => {
      const handle = await client.workflow.start('connection', {
        taskQueue: id,
        workflowId: id,
        args: [{ name: 'arena' }],
      });
      await gone();
      completed(await untilStatus(handle, ({ run, lastRun }) => run === null && lastRun?.outcome === 'completed'));
      await handle.terminate('end of test');
    });
    return written;
  }

  it('is not told of lost creates when nobody had begun it', async () => {
    const written = await movedWrite(`nobody-${randomUUID()}`, () => Promise.resolve());
    assert.deepEqual([written?.movedAt, written?.createsNotBefore], [undefined, undefined]);
  });

  it('is told when whoever had begun it died without a word', async () => {
    const queue = `own-${randomUUID()}`;
    const { native } = await temporal();
    const gate = new Gate();
    const { activities } = new ScriptedFeed(5);
    const own = await Worker.create({
      connection: native,
      taskQueue: queue,
      shutdownForceTime: '1s',
      activities: {
        ...activities,
        upsertUsers: async () => {
          Context.current().heartbeat({ settled: 1, createsNotBefore: 0 });
          await gate.reached();
        },
      },
    });
    const ended = own.run().catch(() => undefined);
    const begunAt = Date.now();
    const written = await movedWrite(queue, async () => {
      await gate.arrived;
      own.shutdown();
      await ended;
    });
    assert.ok((written?.movedAt ?? 0) > begunAt, JSON.stringify(written?.movedAt));
  });

  it('is told all that an attempt kept which failed by itself before its worker ended', async () => {
    const queue = `own-${randomUUID()}`;
    const { native } = await temporal();
    const habits = { newestUser: 1_234 };
    let end = (): void => undefined;
    const own = await Worker.create({
      connection: native,
      taskQueue: queue,
      shutdownForceTime: '1s',
      activities: {
        ...new ScriptedFeed(5).activities,
        upsertUsers: () =>
          withHeartbeat((running) => {
            running.keep(() => ({ createsNotBefore: 0, haloRequests: 7, deactivated: '0123abcd', habits }));
            end();
            throw failure('halo-unavailable', false);
          }),
      },
    });
    const ended = own.run().catch(() => undefined);
    end = () => own.shutdown();
    let haloRequests = 0;
    const written = await movedWrite(
      queue,
      () => ended.then(() => undefined),
      ({ lastRun }) => (haloRequests = lastRun?.haloRequests ?? 0),
    );
    assert.deepEqual(
      [written?.movedAt, written?.createsNotBefore, written?.deactivated, written?.habits],
      [undefined, undefined, '0123abcd', habits],
    );
    assert.equal(haloRequests, 7 + 5);
  });
});
