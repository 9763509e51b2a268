import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { WorkflowFailedError } from '@temporalio/client';
import { after, before } from 'mocha';
import { FAILURE_CONVERTER_PATH } from '../../src/temporal/data-converter.js';
import { newPayloadKey } from '../../src/temporal/payload-keys.js';
import { BUNDLE_FILES, WORKFLOWS_PATH } from '../../src/temporal/workflow-source.js';
import { writeWorkflowBundle } from '../../src/temporal/write-workflow-bundle.js';
import { spawnWorker } from '../../src/demo/worker-process.js';
import { runTemporalCli } from '../world/temporal-cli.js';
import { World } from '../world/world.js';

const run = promisify(execFile);
const CANARY = 'canary-of-the-build-Lovelace';

describe('a worker of the build', function () {
  this.timeout(240_000);
  let world: World;
  let dist: string;

  before(async () => {
    await mkdir('.cache', { recursive: true });
    // Inside the checkout, where the packages and package.json are found.
    dist = await mkdtemp(path.join(process.cwd(), '.cache', 'build-'));
    await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--outDir', dist]);
    world = await World.open({ sandbox: { people: 10 }, workerEnv: { PAYLOAD_KEYS: newPayloadKey('2026-11') } });
  });
  after(async () => {
    await world.close();
    await rm(dist, { recursive: true, force: true });
  });

  const start = (): void => {
    const worker = spawnWorker({
      env: world.env,
      logFile: world.logFile,
      nodeArguments: [path.join(dist, 'worker.js')],
    });
    world.workers.push(worker);
  };

  it('with keys asks for the bundle that seals failures, and takes no other', async () => {
    await writeWorkflowBundle(WORKFLOWS_PATH, path.join(dist, BUNDLE_FILES.plain));
    start();
    assert.equal(await world.workers[0]?.ended, 1);
    assert.match(await world.workerLog(), /workflow-bundle-sealed\.js is missing; run `npm run build`/);
  });

  it('seals what its activities and its workflows fail with', async () => {
    await writeWorkflowBundle(WORKFLOWS_PATH, path.join(dist, BUNDLE_FILES.sealed), FAILURE_CONVERTER_PATH);
    start();
    const handle = await world.start({ ...world.connectionFile(), ...{ [CANARY]: true } });
    await assert.rejects(handle.result(), (error) => {
      assert.ok(error instanceof WorkflowFailedError);
      assert.ok(`${error.cause?.message} ${String(error.cause?.cause)}`.includes(CANARY));
      return true;
    });
    const raw = await runTemporalCli(world, 'workflow', 'show', '--workflow-id', 'connection-arena');
    assert.match(raw, /EVENT_TYPE_WORKFLOW_EXECUTION_FAILED/);
    const told = [...raw.matchAll(/"message": "([^"]*)"/g)].map(([, message]) => message);
    assert.deepEqual([...new Set(told)], ['Encoded failure']);
    assert.ok(!raw.includes(CANARY));
  });
});
