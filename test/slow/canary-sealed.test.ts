import assert from 'node:assert/strict';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { after, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { tracedPerson } from '../../src/starter/traced-person.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { freePort } from '../../src/temporal/free-port.js';
import { canaries, everythingWritten, leaks } from '../world/canaries.js';
import type { PreviewAnswer } from '../../src/activities/answers.js';
import { previewOf, previewOfNextRun, traceOf } from '../world/ask-people.js';
import { isSettled, World } from '../world/world.js';

/** Every access token of the sandbox begins like this, as real ones do: {"alg":"RS256","typ":"JWT"}. */
const TOKEN = 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9';

describe('people in sealed answers', function () {
  this.timeout(300_000);
  let world: World;
  let texts: string[];
  let metricsUrl: string;
  /** What was really told about people. */
  const answers: PreviewAnswer[] = [];

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

  /** What SeatGeek tells next of some: none of it was told before. */
  function changePeople(from: number, count: number): void {
    const { feed } = world.sandbox.seatgeek;
    for (let n = from; n < from + count; n += 1) {
      const columns = Object.entries(feed.person(n)).filter(([name]) => !name.startsWith('_'));
      feed.append({
        ...Object.fromEntries(columns),
        last_name: `Umbenannt-${n}`,
        email: `moved.${n}@canary.example`,
        mobile_phone: `+49 30 5550${n}`,
        address_line_1: `${n} Canary Road`,
      });
    }
  }

  it('are answered to whoever asks with a key of their own, before and after everybody is imported', async () => {
    const handle = await world.start(world.connectionFile());
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    const first = await previewOf(handle, 100);
    assert.ok(
      first.people.filter(({ name }) => name !== null && texts.some((text) => name.includes(text))).length > 50,
    );
    const coming = await previewOfNextRun(handle);
    assert.equal(coming.people.length, 100);
    assert.ok((coming.run?.created ?? 0) > 1_000);
    answers.push(first, coming);
    await handle.signal('resume', 'the preview looks right');
    await untilStatus(handle, isSettled);
    await handle.signal('retry-rejected');
    await untilStatus(handle, ({ pending }) => pending.length === 0);

    assert.ok((await previewOf(handle, 50)).people.length > 20);
    assert.ok((await previewOf(handle, 1)).people.length === 1);
    changePeople(600, 120);
    const changes = await previewOfNextRun(handle);
    assert.ok((changes.run?.updated ?? 0) > 80, JSON.stringify(changes.run));
    answers.push(changes);
    const someone = first.people.find(({ outcome }) => outcome === 'create')?.seatgeekId ?? '';
    const traced = await traceOf(handle, someone);
    assert.ok(traced.person?.name !== null && traced.steps.length > 2);
    const email = [...world.sandbox.seatgeek.feed.rows()].findLast(({ id }) => id === someone)?.email;
    assert.equal((await traceOf(handle, tracedPerson(String(email)))).seatgeekId, someone);
    assert.equal((await traceOf(handle, 'nobody-has-this-id')).person, null);
  });

  it('are found nowhere: not in raw histories, the database, its write-ahead log, logs or metrics', async () => {
    const texts = [...canaries(world.sandbox), TOKEN];
    const told = JSON.stringify(answers);
    const seen = texts.filter((text) => told.includes(text));
    assert.ok(seen.length > 1_000, `${seen.length} of ${texts.length} canaries were answered`);
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
