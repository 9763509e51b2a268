import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';

const run = promisify(execFile);
const PEOPLE = 300;
const BUILT_WORKER = path.resolve('dist/worker.js');

/** How a worker is started by hand and by a supervisor. */
const STARTS: readonly (readonly [name: string, script: string])[] = [
  ['the sources', 'worker'],
  ['the build', 'start'],
];

describe('the end of a worker in the middle of an import', function () {
  this.timeout(180_000);
  let world: World;
  let npm: ChildProcess | undefined;

  before(() => run('npm', ['run', 'build']));
  afterEach(async () => {
    npm?.kill('SIGKILL');
    await world.close();
  });

  for (const [name, script] of STARTS) {
    it(`is in order when npm runs ${name}, though Halo does not answer a create and finishes it`, async () => {
      world = await World.open({ sandbox: { people: PEOPLE, seed: 71 }, workerArguments: [BUILT_WORKER] });
      const fault = world.sandbox.faults.add({
        system: 'halo',
        kind: 'timeout-after-commit',
        match: { method: 'POST', path: '/api/Users', nth: 3 },
      });
      npm = spawn('npm', ['run', '--silent', script], {
        env: { ...process.env, ...world.env, SHUTDOWN_GRACE_SECONDS: '1', SHUTDOWN_FORCE_SECONDS: '6' },
        stdio: ['ignore', 'ignore', 'pipe'],
      });
      let log = '';
      npm.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
      await world.start(world.connectionFile('arena', { integrator: { enabled: true } }));
      await fault.struck();
      npm.kill('SIGTERM');
      const [code] = (await once(npm, 'close')) as [number | null];
      assert.equal(code, 0, log);
      assert.match(log, /"msg":"worker stopped"/);
      world.startWorker();
      const { lastRun } = await untilStatus(world.handle(), isSettled);
      assert.equal(lastRun?.outcome, 'completed');
      assert.deepEqual(finalDifferences(world), []);
    });
  }

  it('is in order also when Temporal is gone', async () => {
    world = await World.open({ sandbox: { people: PEOPLE, seed: 72 }, workerArguments: [BUILT_WORKER] });
    const fault = world.sandbox.faults.add({
      system: 'halo',
      kind: 'hold',
      match: { method: 'POST', path: '/api/Users', nth: 1 },
    });
    const worker = world.startWorker({ SHUTDOWN_GRACE_SECONDS: '1', SHUTDOWN_FORCE_SECONDS: '3' });
    await world.start(world.connectionFile('arena', { integrator: { enabled: true } }));
    await fault.struck();
    await world.server.kill9();
    assert.equal(await worker.stop(), 0);
    fault.release();
    await world.startServerAgain();
    world.startWorker();
    const { lastRun } = await untilStatus(world.handle(), isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
  });
});
