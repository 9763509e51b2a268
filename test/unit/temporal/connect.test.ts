import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../../../src/errors.js';
import { connectClient, connectClientTo, connectWorker, loadConnectConfig } from '../../../src/temporal/connect.js';
import { startDevServer, type DevServer } from '../../../src/temporal/dev-server.js';
import { freePort } from '../../../src/temporal/free-port.js';

describe('connecting to Temporal', function () {
  this.timeout(180_000);
  let folder: string;
  let server: DevServer;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'connect-'));
    server = await startDevServer({ extraArgs: ['--namespace', 'arena'] });
  });

  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function profiles(text: string): Promise<string> {
    const file = join(folder, 'temporal.toml');
    await writeFile(file, text);
    return file;
  }

  /** Away from the profile of whoever runs the tests. */
  const env = (variables: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
    TEMPORAL_CONFIG_FILE: join(folder, 'none.toml'),
    ...variables,
  });

  it('goes to this machine and the default namespace when nothing is set', () => {
    const { address, namespace } = loadConnectConfig(env({}));
    assert.deepEqual({ address, namespace }, { address: 'localhost:7233', namespace: 'default' });
  });

  it('takes address and namespace of the profile, overridden by variables', async () => {
    const file = await profiles('[profile.prod]\naddress = "t.example:7233"\nnamespace = "sports"\n');
    const profile = { TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prod' };
    const { address, namespace } = loadConnectConfig(profile);
    assert.deepEqual({ address, namespace }, { address: 't.example:7233', namespace: 'sports' });
    const overridden = loadConnectConfig({ ...profile, TEMPORAL_NAMESPACE: 'other' });
    assert.deepEqual([overridden.address, overridden.namespace], ['t.example:7233', 'other']);
  });

  it('names the profile that is missing', async () => {
    const file = await profiles('[profile.prod]\naddress = "t.example:7233"\n');
    assert.throws(
      () => loadConnectConfig({ TEMPORAL_CONFIG_FILE: file, TEMPORAL_PROFILE: 'prdo' }),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, /prdo/);
        return true;
      },
    );
  });

  it('hands a client of the namespace to the starter', async () => {
    const config = loadConnectConfig(env({ TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'arena' }));
    const { client, connection } = await connectClient(config);
    await client.workflow.start('anything', { workflowId: 'here', taskQueue: 'none' });
    const there = await connectClientTo(server.address);
    await assert.rejects(there.client.workflow.getHandle('here').describe(), { name: 'WorkflowNotFoundError' });
    await there.connection.close();
    await connection.close();
  });

  it('hands connection and namespace to the worker', async () => {
    const config = loadConnectConfig(env({ TEMPORAL_ADDRESS: server.address, TEMPORAL_NAMESPACE: 'arena' }));
    const { connection, namespace } = await connectWorker(config);
    const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
    assert.equal(namespaceInfo?.name, 'arena');
    await connection.close();
  });

  for (const [who, connect] of [
    ['client', connectClient],
    ['worker', connectWorker],
  ] as const) {
    it(`tells the ${who} which address does not answer and how to name another`, async () => {
      const address = `127.0.0.1:${await freePort()}`;
      const config = loadConnectConfig(env({ TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: 'arena' }));
      await assert.rejects(connect({ ...config, timeoutMs: 500 }), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, new RegExp(`does not answer at ${address} \\(namespace arena\\)`));
        for (const way of ['npm run temporal', 'TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE'])
          assert.ok(error.hint.includes(way));
        return true;
      });
    });
  }
});
