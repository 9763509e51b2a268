/** Two worker processes that know nothing of each other, each with a Temporal and a connection, one Halo with its limit on, its five minutes lasting seconds. */
import assert from 'node:assert/strict';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { startSandbox, type Sandbox } from '../../src/sandbox/start.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { TASK_QUEUE, workflowIdOf } from '../../src/temporal/task-queue.js';
import { compare, expectedHaloUsers } from '../oracle/index.js';
import { isSettled, World } from '../world/world.js';

const PEOPLE = 400;
const LIMIT = { requests: 60, perSeconds: 60 };
const TIME_SCALE = 15;
const WINDOW_MS = (LIMIT.perSeconds * 1_000) / TIME_SCALE;

describe('two worker processes under one limit', function () {
  this.timeout(400_000);
  let world: World;
  /** Only its feed is used. */
  let stadium: Sandbox;
  let otherTemporal: DevServer;
  let other: Awaited<ReturnType<typeof connectClientTo>>;

  before(async () => {
    world = await World.open({
      sandbox: { people: PEOPLE, seed: 41, halo: { rateLimit: { ...LIMIT, timeScale: TIME_SCALE } } },
    });
    otherTemporal = await startDevServer();
    other = await connectClientTo(otherTemporal.address);
    stadium = await startSandbox({ people: 0, existing: 0 });
    for (let n = 0; n < PEOPLE; n++) {
      const columns = Object.entries(world.sandbox.seatgeek.feed.person(n)).filter(([name]) => !name.startsWith('_'));
      const row = { ...Object.fromEntries(columns), id: `stadium-${n}`, email: `fan-${n}@stadium.example` };
      stadium.seatgeek.feed.append(row);
    }
  });
  after(async () => {
    await world.close();
    await stadium.close();
    await other.connection.close();
    await otherTemporal.stop();
  });

  it('finish both imports as they must be, and are refused less and less', async () => {
    world.startWorker();
    world.startWorker({ ...sandboxSecrets(world.sandbox, 'stadium'), TEMPORAL_ADDRESS: otherTemporal.address });
    const { apiUrl, tokenUrl, audience } = stadium.seatgeek;
    const overrides = {
      halo: { rateLimit: { requests: LIMIT.requests, perSeconds: WINDOW_MS / 1_000 }, writeBatch: 1 },
      integrator: { enabled: true },
    };
    const handles = await Promise.all([
      world.start(world.connectionFile('arena', { ...overrides, seatgeek: { pageSize: 40 } })),
      other.client.workflow.start('connection', {
        taskQueue: TASK_QUEUE,
        workflowId: workflowIdOf('stadium'),
        args: [
          world.connectionFile('stadium', { ...overrides, seatgeek: { pageSize: 40, apiUrl, tokenUrl, audience } }),
        ],
      }),
    ]);
    const ends = await Promise.all(handles.map((handle) => untilStatus(handle, isSettled)));
    for (const { lastRun } of ends) assert.equal(lastRun?.outcome, 'completed');

    const rows = [...world.sandbox.seatgeek.feed.rows(), ...stadium.seatgeek.feed.rows()];
    assert.deepEqual(compare(world.sandbox, expectedHaloUsers({ rows, before: world.usersBefore })), []);
    for (const { pid } of world.workers) assert.ok(await world.wrotePage(pid), `worker ${pid} wrote no page`);

    const requests = world.sandbox.halo.requests.all();
    const [first, last] = [requests[0]!.at, requests.at(-1)!.at];
    const refusals = requests.filter(({ status }) => status === 429);
    const late = refusals.filter(({ at }) => at >= (first + last) / 2);
    const windows = (last - first) / 2 / WINDOW_MS;
    // A process learns once a window at most, and a lesson costs about one refusal, as starts are spaced by then.
    assert.ok(
      late.length <= 2 * windows,
      `${late.length} refused in the last ${windows} windows, of ${refusals.length}`,
    );
  });
});
