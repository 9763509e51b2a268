import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectClientTo } from '../../../src/temporal/connect.js';
import { startDevServer, type DevServer, type DevServerOptions } from '../../../src/temporal/dev-server.js';
import { findCli } from '../../../src/temporal/find-cli.js';
import { freePort } from '../../../src/temporal/free-port.js';
import { ConnectionPhase, RejectedUsers } from '../../../src/temporal/search-attributes.js';
import { ConfigError } from '../../../src/errors.js';

describe('dev server', function () {
  this.timeout(180_000);
  const running: DevServer[] = [];
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dev-server-'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  afterEach(async () => {
    for (const server of running.splice(0)) await server.stop();
  });

  async function start(options: DevServerOptions = {}): Promise<DevServer> {
    const server = await startDevServer(options);
    running.push(server);
    return server;
  }

  it('takes a workflow with our search attributes as soon as it has started', async () => {
    const server = await start();
    const { client, connection } = await connectClientTo(server.address);
    const handle = await startIdle(client, 'first');
    const { typedSearchAttributes } = await handle.describe();
    await connection.close();
    assert.equal(typedSearchAttributes.get(ConnectionPhase), 'idle');
    assert.equal(typedSearchAttributes.get(RejectedUsers), 3);
  });

  it('still has an open workflow after a kill and a start on the same file and port', async () => {
    const options = { dbFilename: join(folder, 'sub', 'temporal.db'), port: await freePort() };
    const first = await start(options);
    const before = await connectClientTo(first.address);
    const { firstExecutionRunId } = await startIdle(before.client, 'survivor');
    await before.connection.close();
    await first.kill9();

    const second = await start(options);
    const after = await connectClientTo(second.address);
    const { runId, status } = await after.client.workflow.getHandle('survivor').describe();
    await after.connection.close();
    assert.deepEqual([second.address, runId, status.name], [first.address, firstExecutionRunId, 'RUNNING']);
    assert.notEqual(second.pid, first.pid);
  });

  it('serves the Web UI on the port it names', async () => {
    const server = await start({ ui: true });
    const response = await fetch(server.uiUrl);
    assert.equal(response.status, 200);
  });

  it('names the port that somebody else holds', async () => {
    const holder = createServer().listen(0, '127.0.0.1');
    await once(holder, 'listening');
    const address = holder.address();
    assert.ok(address !== null && typeof address === 'object');
    const refused = startDevServer({ port: address.port });
    await assert.rejects(refused, (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, new RegExp(`port ${address.port} can't be used`));
      return true;
    });
    holder.close();
  });

  it('shows the last lines of a server that ends at once', async () => {
    await assert.rejects(startDevServer({ extraArgs: ['--no-such-flag'] }), /ended at once:[^]*no-such-flag/);
  });

  it('starts a server again that ended at once', async () => {
    const server = await start({ cli: await cliThatPanics(folder, 2) });
    const { connection } = await connectClientTo(server.address);
    await connection.close();
  });

  it('shows what a server panicked of, not the stack', async () => {
    await assert.rejects(startDevServer({ cli: await cliThatPanics(folder, 3) }), (error) => {
      assert.ok(error instanceof Error);
      assert.equal(error.message, "Temporal's dev server ended at once:\npanic: no port");
      return true;
    });
  });

  it('says so when the program is not there', async () => {
    await assert.rejects(startDevServer({ cli: join(folder, 'nowhere') }), /could not be run/);
  });

  it('settles `ended` when the server is stopped', async () => {
    const server = await start();
    await server.stop();
    await server.ended;
    assert.throws(() => process.kill(server.pid, 0), { code: 'ESRCH' });
  });
});

/** A program that panics as Go does so many times, and then is the Temporal CLI. */
async function cliThatPanics(folder: string, times: number): Promise<string> {
  const own = await mkdtemp(join(folder, 'cli-'));
  const cli = join(own, 'temporal');
  const stack = Array.from({ length: 30 }, (_, line) => `main.main+${line}`).join('\n');
  await writeFile(join(own, 'panic'), `panic: no port\n\ngoroutine 1 [running]:\n${stack}\n`);
  const script = `#!/bin/sh
cd '${own}' && echo x >> tries
if [ "$(wc -l < tries)" -gt ${times} ]; then exec '${await findCli()}' "$@"; fi
cat panic >&2
exit 2
`;
  await writeFile(cli, script, { mode: 0o755 });
  return cli;
}

function startIdle(client: Awaited<ReturnType<typeof connectClientTo>>['client'], workflowId: string) {
  return client.workflow.start('nobody-runs-it', {
    workflowId,
    taskQueue: 'nobody-polls',
    typedSearchAttributes: [
      { key: ConnectionPhase, value: 'idle' },
      { key: RejectedUsers, value: 3 },
    ],
  });
}
