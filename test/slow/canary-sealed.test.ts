import assert from 'node:assert/strict';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { tracedPerson } from '../../src/starter/traced-person.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { freePort } from '../../src/temporal/free-port.js';
import { canaries, everythingWritten, leaks } from '../world/canaries.js';
import { previewOf, traceOf } from '../world/ask-people.js';
import { isSettled, World } from '../world/world.js';

/** Every access token of the sandbox begins like this, as real ones do: {"alg":"RS256","typ":"JWT"}. */
const TOKEN = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9';

describe('people in sealed answers', function () {
  this.timeout(300_000);
  let world: World;
  let texts: string[];
  let metricsUrl: string;

  before(async () => {
    const metrics = `127.0.0.1:${await freePort()}`;
    metricsUrl = `http://${metrics}/metrics`;
    world = await World.open({
      sandbox: { people: 1_200, seed: 61 },
      workerEnv: { METRICS_ADDRESS: metrics },
    });
    texts = [...canaries(world.sandbox), TOKEN];
    world.startWorker();
  });
  after(() => world.close());

  it('are answered to whoever asks with a key of their own, before and after everybody is imported', async () => {
    const handle = await world.start(world.connectionFile());
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    const first = await previewOf(handle, 100);
    assert.ok(
      first.people.filter(({ name }) => name !== null && texts.some((text) => name.includes(text))).length > 50,
    );
    await handle.signal('resume', 'the preview looks right');
    await untilStatus(handle, isSettled);
    await handle.signal('retry-rejected');
    await untilStatus(handle, ({ pending }) => pending.length === 0);

    assert.ok((await previewOf(handle, 50)).people.length > 20);
    assert.ok((await previewOf(handle, 1)).people.length === 1);
    const someone = first.people.find(({ outcome }) => outcome === 'create')?.seatgeekId ?? '';
    const traced = await traceOf(handle, someone);
    assert.ok(traced.person?.name !== null && traced.steps.length > 2);
    const email = [...world.sandbox.seatgeek.feed.rows()].findLast(({ id }) => id === someone)?.email;
    assert.equal((await traceOf(handle, tracedPerson(String(email)))).seatgeekId, someone);
    assert.equal((await traceOf(handle, 'nobody-has-this-id')).person, null);
  });

  it('are found nowhere: not in raw histories, the database, its write-ahead log, logs or metrics', async () => {
    assert.ok(texts.length > 1_000, `${texts.length} canaries`);
    const places = new Map([
      ...(await everythingWritten(world)),
      ...(await rawHistories(world)),
      ['metrics', Buffer.from(await (await fetch(metricsUrl)).text())] as const,
    ]);
    assert.ok(places.size > 5, [...places.keys()].join());
    assert.deepEqual(leaks(places, texts), []);
  });

  it('would be found: the search sees what is surely there', async () => {
    assert.ok(leaks(await rawHistories(world), ['"publicKey"']).length > 0);
    assert.ok(leaks(await everythingWritten(world), ['connection-arena']).length > 0);
  });
});

/** Of every run, as bytes and as JSON, read by a client without keys. */
async function rawHistories(world: World): Promise<Map<string, Buffer>> {
  const { client, connection } = await connectClientTo(world.server.address);
  const histories = new Map<string, Buffer>();
  for await (const { workflowId, runId } of client.workflow.list()) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.set(runId, Buffer.from(proto.temporal.api.history.v1.History.encode(history).finish()));
    histories.set(`${runId} as JSON`, Buffer.from(historyToJSON(history)));
  }
  await connection.close();
  return histories;
}
