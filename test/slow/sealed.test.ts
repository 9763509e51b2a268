import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { WorkflowFailedError, type Client, type WorkflowHandle } from '@temporalio/client';
import { after, before } from 'mocha';
import { readCodecServerSettings } from '../../src/codec-server/settings.js';
import { startCodecServer, type CodecServer } from '../../src/codec-server/start.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { connectClientTo } from '../../src/temporal/connect.js';
import { createDataConverter } from '../../src/temporal/data-converter.js';
import { freePort } from '../../src/temporal/free-port.js';
import { newPayloadKey, readPayloadKeys } from '../../src/temporal/payload-keys.js';
import { TASK_QUEUE } from '../../src/temporal/task-queue.js';
import type { Status } from '../../src/workflows/status.js';
import { createLogger } from '../../src/worker/logger.js';
import { everythingWritten, leaks } from '../world/canaries.js';
import { runTemporalCli } from '../world/temporal-cli.js';
import { isSettled, World } from '../world/world.js';

const SPRING = newPayloadKey('2026-05');
const AUTUMN = newPayloadKey('2026-11');
const TOKEN = 'a-token-that-nobody-guesses-0123456789';

/** Stand for people: in the connection file, in a signal, in messages of failures, in what a workflow shows of itself. */
const IN_FILE = 'canary-of-the-file-Lovelace';
const IN_NOTE = 'canary-of-the-note-Babbage';
const IN_WORKFLOW_FAILURE = 'canary-of-the-workflow-Hopper';
const IN_ACTIVITY_FAILURE = 'canary_of_the_activity_Franklin';
const IN_SUMMARY = 'canary of the summary Turing';
const CANARIES = [IN_FILE, IN_NOTE, IN_WORKFLOW_FAILURE, IN_ACTIVITY_FAILURE, IN_SUMMARY];

/** As they stand in JSON of the CLI, wherever in a payload they begin. */
const CANARIES_IN_BASE64 = CANARIES.flatMap((text) =>
  [0, 1, 2].map((skipped) => Buffer.from(text.slice(skipped)).toString('base64').slice(0, -4)),
);

describe('a connection whose answers are sealed', function () {
  this.timeout(240_000);
  let world: World;
  let codecServer: CodecServer;
  let handle: WorkflowHandle;
  let lastStatus: Status;

  before(async () => {
    world = await World.open({ sandbox: { people: 300, seed: 51 }, workerEnv: { PAYLOAD_KEYS: SPRING } });
    world.startWorker(sandboxSecrets(world.sandbox, 'drift'));
    codecServer = await startCodecServer(
      readCodecServerSettings({
        PAYLOAD_KEYS: `${SPRING},${AUTUMN}`,
        CODEC_SERVER_TOKEN: TOKEN,
        CODEC_SERVER_ADDRESS: `127.0.0.1:${await freePort()}`,
        CODEC_SERVER_NAMESPACES: 'default',
      }),
      createLogger('error'),
    );
  });
  after(async () => {
    await codecServer.close();
    await world.close();
  });

  const show = (id: string, ...flags: string[]): Promise<string> =>
    runTemporalCli(world, 'workflow', 'show', '--workflow-id', id, ...flags);
  const ask = (type: string, ...flags: string[]): Promise<string> =>
    runTemporalCli(world, 'workflow', 'query', '--workflow-id', 'connection-arena', '--type', type, ...flags);
  const opened = (): string[] => ['--codec-endpoint', codecServer.url, '--codec-auth', `Bearer ${TOKEN}`];

  async function withClient<T>(keys: string | undefined, body: (client: Client) => Promise<T>): Promise<T> {
    const dataConverter = createDataConverter(readPayloadKeys({ PAYLOAD_KEYS: keys }), 'default');
    const { client, connection } = await connectClientTo(world.server.address, { dataConverter });
    try {
      return await body(client);
    } finally {
      await connection.close();
    }
  }

  /** The status of the connection as a client with these keys reads it. */
  const statusWith = (keys: string | undefined): Promise<Status> =>
    withClient(keys, (client) => client.workflow.getHandle('connection-arena').query<Status>('status'));

  const failsReadably = (client: Client): Promise<void> =>
    assert.rejects(client.workflow.getHandle('connection-refused').result(), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      const causes = [error.cause, error.cause?.cause].map((cause) => (cause instanceof Error ? cause.message : ''));
      assert.ok(causes.join(' ').includes(IN_WORKFLOW_FAILURE), causes.join(' '));
      return true;
    });

  it('works as ever: starts, tries, imports, answers', async () => {
    const staticMappings = [{ to: 'CFSource', value: IN_FILE }];
    handle = await world.client.workflow.start('connection', {
      taskQueue: TASK_QUEUE,
      workflowId: 'connection-arena',
      args: [world.connectionFile('arena', { users: { staticMappings } })],
      staticSummary: IN_SUMMARY,
    });
    await handle.signal('import-100');
    await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
    await handle.signal('resume', IN_NOTE);
    lastStatus = await untilStatus(handle, isSettled);
    assert.equal(lastStatus.lastRun?.outcome, 'completed');
    assert.ok(world.sandbox.halo.users().some((user) => JSON.stringify(user).includes(IN_FILE)));
  });

  it('fails with its message sealed, and those with the key read it', async () => {
    const args = [{ ...world.connectionFile('refused'), [IN_WORKFLOW_FAILURE]: true }];
    const workflowId = 'connection-refused';
    await world.client.workflow.start('connection', { taskQueue: TASK_QUEUE, workflowId, args });
    await failsReadably(world.client);
    const raw = await show(workflowId);
    assert.match(raw, /"message": "Encoded failure"/);
    assert.match(raw, /encodedAttributes/);
  });

  it('sees a failed activity for what it is: the message went sealed through Temporal', async () => {
    const mappings = world.connectionFile().users.fieldMappings;
    const fieldMappings = [...mappings, { from: IN_ACTIVITY_FAILURE, to: 'notes' }];
    const config = world.connectionFile('drift', { users: { fieldMappings }, integrator: { enabled: true } });
    const failing = await world.start(config);
    const { lastError } = await untilStatus(failing, ({ phase, run }) => phase === 'failing' && run === null);
    assert.equal(lastError?.code, 'column-missing');
    assert.ok(lastError.message.includes(IN_ACTIVITY_FAILURE), lastError.message);
    assert.match(await show('connection-drift'), /"message": "Encoded failure"/);
    await failing.signal('pause');
  });

  it('leaves nothing to be read in the raw history, the database and its write-ahead log', async () => {
    const forbidden = [...CANARIES, ...CANARIES_IN_BASE64];
    for (const id of ['connection-arena', 'connection-refused', 'connection-drift']) {
      const raw = await show(id);
      assert.ok(raw.includes(Buffer.from('binary/encrypted').toString('base64')));
      assert.deepEqual(
        forbidden.filter((text) => raw.includes(text)),
        [],
      );
    }
    const written = await everythingWritten(world);
    // What a workflow failed with is in the log of its worker, as ever: texts of failures hold no people.
    written.delete('worker.log');
    assert.deepEqual(leaks(written, forbidden), []);
    assert.ok(leaks(written, ['connection-arena']).length > 0, 'the search sees what is surely there');
  });

  it('is read by the Temporal CLI through the codec server, and not without', async () => {
    const raw = await ask('status');
    assert.ok(!raw.includes('"phase"'));
    const plain = await ask('status', ...opened());
    assert.match(plain, /"phase": "(idle|syncing)"/);
  });

  it('is not read through the codec server without its token', async () => {
    await assert.rejects(ask('status', '--codec-endpoint', codecServer.url), /401|token/i);
  });

  it('takes signals of the CLI, sealed or plain', async () => {
    const signal = ['workflow', 'signal', '--workflow-id', 'connection-arena', '--name'];
    await runTemporalCli(world, ...signal, 'pause', '--input', '"stock-take"');
    await untilStatus(handle, ({ phase }) => phase === 'paused');
    await runTemporalCli(world, ...signal, 'resume', '--input', '"done"', ...opened());
    await untilStatus(handle, ({ phase }) => phase !== 'paused');
  });

  it('waits where a worker lacks the key, says which, and loses nothing', async () => {
    await withClient(AUTUMN, (client) => client.workflow.getHandle('connection-arena').signal('pause', IN_NOTE));
    const named = 'a payload is sealed with the key 2026-11, which is not in PAYLOAD_KEYS';
    while (!(await world.workerLog()).includes(named)) await pauseFor(100);
    await Promise.all(world.workers.map((worker) => worker.stop()));
    world.startWorker({ ...sandboxSecrets(world.sandbox, 'drift'), PAYLOAD_KEYS: `${SPRING},${AUTUMN}` });
    // Temporal refuses queries until it has tried the failed step again.
    const phase = async (): Promise<string> => (await handle.query<Status>('status').catch(() => null))?.phase ?? '';
    while ((await phase()) !== 'paused') await pauseFor(200);
  });

  it('is still read after the keys were rotated, by whoever has the old one too', async () => {
    await Promise.all(world.workers.map((worker) => worker.stop()));
    world.startWorker({ PAYLOAD_KEYS: `${AUTUMN},${SPRING}` });
    const status = await statusWith(`${AUTUMN},${SPRING}`);
    assert.equal(status.cursor, lastStatus.cursor);
    await withClient(`${AUTUMN},${SPRING}`, failsReadably);
    await withClient(SPRING, failsReadably);
    await assert.rejects(statusWith(SPRING), { code: 'payload-key-missing', message: /the key 2026-11/ });
    await withClient(AUTUMN, (client) =>
      assert.rejects(client.workflow.getHandle('connection-refused').result(), { code: 'payload-key-missing' }),
    );
  });

  it('is read by nobody without the key', async () => {
    await assert.rejects(statusWith(undefined), { code: 'payload-key-missing', place: 'PAYLOAD_KEYS' });
    await assert.rejects(statusWith(newPayloadKey('2026-11')), { code: 'payload-unopened' });
  });
});
