import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { connectClientTo, connectWorker } from '../../../src/temporal/connect.js';
import { startDevServer } from '../../../src/temporal/dev-server.js';
import { WORKFLOWS_PATH, workflowSource } from '../../../src/temporal/workflow-source.js';
import { writeWorkflowBundle } from '../../../src/temporal/write-workflow-bundle.js';

describe('the workflow bundle', function () {
  this.timeout(180_000);
  let folder: string;

  before(async () => {
    await mkdir('.cache', { recursive: true });
    // Inside the checkout, where the bundler finds the SDK.
    folder = await mkdtemp(join(process.cwd(), '.cache', 'bundle-'));
    await writeFile(join(folder, 'index.ts'), "export { greet } from './greet.js';\n");
    await writeFile(
      join(folder, 'greet.ts'),
      `import { workflowInfo } from '@temporalio/workflow';
import { SeatGeekConnection } from '../../src/temporal/search-attributes.js';
export async function greet(name: string): Promise<string> {
  return [name, workflowInfo().workflowType, SeatGeekConnection.name].join(' ');
}
`,
    );
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it('is made of TypeScript with .js imports and runs', async () => {
    const bundle = join(folder, 'dist', 'workflow-bundle.js');
    await writeWorkflowBundle(join(folder, 'index.ts'), bundle);
    const server = await startDevServer();
    const { connection, namespace } = await connectWorker(local(server.address));
    const { client, connection: clientConnection } = await connectClientTo(server.address);
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: 'greet',
      ...workflowSource({}, { bundlePath: bundle }),
    });
    const answer: unknown = await worker.runUntil(
      client.workflow.execute('greet', { workflowId: 'greet', taskQueue: 'greet', args: ['hello'] }),
    );
    await connection.close();
    await clientConnection.close();
    await server.stop();
    assert.equal(answer, 'hello greet SeatGeekConnection');
  });

  it('is taken by the worker only where it lies beside the code', () => {
    assert.deepEqual(workflowSource({}, { bundlePath: join(folder, 'none.js') }).workflowsPath, WORKFLOWS_PATH);
    assert.deepEqual(workflowSource({}, { bundlePath: join(folder, 'index.ts') }), {
      workflowBundle: { codePath: join(folder, 'index.ts') },
    });
  });

  it('is asked for when there are no sources either', () => {
    assert.throws(
      () => workflowSource({}, { bundlePath: '/nowhere.js', workflowsPath: '/nowhere.ts' }),
      /npm run build/,
    );
  });
});

function local(address: string) {
  return { connectionOptions: { address }, address, namespace: 'default' };
}
