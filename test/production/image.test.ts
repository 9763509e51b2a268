/** The image as `scripts/try-image.sh` built it: read-only, without capabilities, as a user that nobody has heard of. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, before } from 'mocha';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/start.js';
import { freePort } from '../../src/temporal/free-port.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites, writtenSoFar } from '../world/writes.js';

const run = promisify(execFile);
const IMAGE = process.env['TRY_IMAGE'] ?? '';
const ENGINE = process.env['CONTAINER_ENGINE'] ?? 'docker';
/** As deploy/compose.yaml and deploy/kubernetes/base/worker.yaml run it. */
const HARDENED = ['--read-only', '--cap-drop=all', '--security-opt=no-new-privileges', '--network=host'];
const GRACE_SECONDS = 60;
const SHUTDOWN = { SHUTDOWN_GRACE_SECONDS: '20', SHUTDOWN_FORCE_SECONDS: '50' };
/** When, the sandbox that makes it likely, and how to know that it is so. */
const IN_MID_IMPORT: readonly (readonly [string, SandboxOptions, (sandbox: Sandbox) => Promise<unknown>])[] = [
  ['while a page is written', { halo: { latencyMs: 150 } }, (sandbox) => untilWrites(sandbox, 300)],
  [
    'while Halo creates people and does not answer',
    {},
    ({ faults }) =>
      faults
        .add({
          system: 'halo',
          kind: 'timeout-after-commit',
          match: { method: 'POST', path: '/api/Users', nth: 3 },
        })
        .struck(),
  ],
];

/** Answers standard output; a failure's message holds the other. */
async function engine(...args: readonly string[]): Promise<string> {
  const { stdout } = await run(ENGINE, args, { maxBuffer: 64 * 1_024 * 1_024 });
  return stdout;
}

describe('the image', function () {
  this.timeout(300_000);
  const containers: string[] = [];
  const user = `${20_000 + Math.floor(Math.random() * 40_000)}:${20_000 + Math.floor(Math.random() * 40_000)}`;
  let world: World | undefined;

  before(function () {
    if (IMAGE !== '') return;
    say('skipped: scripts/try-image.sh builds the image and names it');
    this.skip();
  });
  afterEach(async () => {
    for (const name of containers) await engine('rm', '--force', name).catch(() => undefined);
    await world?.close();
    world = undefined;
  });

  const once = (entrypoint: string, ...args: readonly string[]): Promise<string> =>
    engine('run', '--rm', ...HARDENED, `--user=${user}`, `--entrypoint=${entrypoint}`, IMAGE, ...args);
  /** One worker. Answers its name when it takes work. */
  const startWorker = async (env: Readonly<Record<string, string>>): Promise<string> => {
    const name = `seatgeek-halo-try-${process.pid}-${containers.length}`;
    containers.push(name);
    const health = `127.0.0.1:${await freePort()}`;
    const settings = Object.entries({ ...env, HEALTH_ADDRESS: health, ...SHUTDOWN });
    const options = settings.map(([variable, value]) => `--env=${variable}=${value}`);
    await engine('run', '--detach', '--name', name, ...HARDENED, `--user=${user}`, ...options, IMAGE);
    while (!(await isReady(health))) {
      assert.equal(await stateOf(name), 'running', await engine('logs', name));
      await pauseFor(200);
    }
    return name;
  };
  const stateOf = async (name: string): Promise<string> =>
    (await engine('inspect', '--format={{.State.Status}}', name)).trim();
  const exitCodeOf = async (name: string): Promise<number> =>
    Number(await engine('inspect', '--format={{.State.ExitCode}}', name));

  it('holds no shell and no npm, and lets nobody write', async () => {
    const script = `
      const { existsSync, writeFileSync } = require('node:fs');
      const found = ['/bin/sh', '/bin/bash', '/usr/bin/npm', '/usr/local/bin/npm', '/nodejs/bin/npm'].filter(existsSync);
      let refused = 'nothing';
      try { writeFileSync('/app/x', ''); } catch ({ code }) { refused = code; }
      process.stdout.write(JSON.stringify({ found, refused, user: process.getuid() + ':' + process.getgid() }));`;
    const answer: unknown = JSON.parse(await once('node', '--eval', script));
    assert.deepEqual(answer, { found: [], refused: 'EROFS', user });
  });

  it('is starter and codec server too', async () => {
    assert.match(await once('node', 'dist/starter.js', '--help'), /onboard/);
    await assert.rejects(once('node', 'dist/codec-server.js'), /PAYLOAD_KEYS/);
  });

  for (const [when, sandbox, untilMiddle] of IN_MID_IMPORT)
    it(`stops ${when} with exit code 0 within the grace, and the next worker goes on`, async () => {
      world = await World.open({ sandbox: { people: 1_000, seed: 7, ...sandbox } });
      const first = await startWorker(world.env);
      const file = world.connectionFile('arena', { seatgeek: { pageSize: 100 }, integrator: { enabled: true } });
      const middle = untilMiddle(world.sandbox);
      const arena = await world.start(file);
      await middle;
      const began = Date.now();
      await engine('stop', `--time=${GRACE_SECONDS}`, first);
      const took = (Date.now() - began) / 1_000;
      const written = writtenSoFar(world.sandbox);
      const code = await exitCodeOf(first);
      say(`stopped after ${written} writes: exit code ${code} after ${took.toFixed(1)} s of ${GRACE_SECONDS}`);
      assert.equal(code, 0, await engine('logs', first));
      assert.ok(written < 900, 'it was stopped in the middle');

      const second = await startWorker(world.env);
      const { lastRun } = await untilStatus(arena, isSettled);
      assert.equal(lastRun?.outcome, 'completed');
      const differences = finalDifferences(world);
      say(`the next worker came to the end: ${lastRun.people} people, ${differences.length} differences`);
      assert.deepEqual(differences, []);
      await engine('stop', `--time=${GRACE_SECONDS}`, second);
      assert.equal(await exitCodeOf(second), 0);
    });
});

function isReady(address: string): Promise<boolean> {
  return fetch(`http://${address}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

function say(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
