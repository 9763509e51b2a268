/**
 * The commands of docs/production.md, systemd, as printed, on an empty Debian that systemd boots: a container by podman, which
 * `scripts/stand-in-images.sh` makes. Ends in an import, with the unit stopped in its middle.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before } from 'mocha';
import { commandsOf } from '../../scripts/docs-commands.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { freePort } from '../../src/temporal/free-port.js';
import { findCli } from '../../src/temporal/find-cli.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites } from '../world/writes.js';

const run = promisify(execFile);
const MACHINE = 'localhost/stand-in/machine';
const SERVICE = 'seatgeek-halo-worker';

describe('systemd', function () {
  this.timeout(400_000);
  const machine = `seatgeek-halo-try-${process.pid}-machine`;
  let world: World;
  let folder: string;

  before(async function () {
    const isThere = await run('podman', ['image', 'exists', MACHINE]).then(
      () => process.env['CONTAINER_ENGINE'] === 'podman',
      () => false,
    );
    if (!isThere) {
      say('skipped: scripts/try-image.sh with podman makes a machine with systemd');
      return this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'systemd-'));
    await run('git', ['clone', '--quiet', '--bare', '.', path.join(folder, 'seatgeek-halo.git')]);
    world = await World.open({ sandbox: { people: 1_000, seed: 7, halo: { latencyMs: 100 } } });
    const mounts = [`${folder}:/mnt:ro`, `${await findCli()}:/usr/local/bin/temporal:ro`];
    await run('podman', [
      ...['run', '--detach', '--name', machine, '--systemd=always', '--privileged', '--network=host'],
      ...mounts.map((mount) => `--volume=${mount}`),
      MACHINE,
    ]);
  });
  after(async () => {
    await run('podman', ['rm', '--force', '--time=5', machine]).catch(() => undefined);
    await (world as World | undefined)?.close();
    if ((folder as string | undefined) !== undefined) await rm(folder, { recursive: true, force: true });
  });

  /** Answers both outputs; a failure's message holds them too. */
  const shell = async (command: string): Promise<string> => {
    const there = `cd /opt/seatgeek-halo 2>/dev/null || cd /; ${command}`;
    const { stdout, stderr } = await run('podman', ['exec', machine, 'bash', '-ec', there], { maxBuffer: 2 ** 26 });
    return stdout + stderr;
  };
  const serviceShows = (property: string): Promise<string> =>
    shell(`systemctl show --property=${property} --value ${SERVICE}`);

  it('runs the worker as the docs say, and stops it in mid-import', async () => {
    const port = await freePort();
    const file = world.connectionFile('arena', { seatgeek: { pageSize: 100 } });
    await writeFile(path.join(folder, 'arena.json'), JSON.stringify(file));
    const secrets = Object.entries(sandboxSecrets(world.sandbox, 'arena'));
    const began = Date.now();
    const seconds = (): string => `${((Date.now() - began) / 1_000).toFixed(0)} s`;
    const page = await readFile('docs/production.md', 'utf8');
    const section = page.slice(page.indexOf('\n## systemd'), page.indexOf('\n## Temporal'));
    for (const { command } of commandsOf('docs/production.md', section)) {
      const here = command
        .replace('…', '/mnt/seatgeek-halo.git')
        .replace('temporal.example.com:7233', world.server.address)
        .replace(' --follow', ' --no-pager');
      if (here.startsWith('printf'))
        for (const [name, value] of secrets)
          await shell(here.replace('ARENA_HALO_CLIENT_SECRET', name).replace('the secret', value));
      // 3: done, and some people are rejected.
      else if (here.includes('onboard')) await shell(`${here} --import-100 --resume --json || [ $? = 3 ]`);
      else await shell(here);
      // A sandbox instead of SeatGeek and Halo, and a connection file for it.
      if (here.includes('worker.env'))
        await shell(`printf '%s\n' ALLOWED_HOSTS=127.0.0.1 HEALTH_ADDRESS=127.0.0.1:${port} >> /etc/seatgeek-halo/worker.env
          cp /mnt/arena.json connections/`);
      say(`${seconds()}: ${command}`);
    }
    say(`${seconds()}: a connection at work`);
    const arena = world.handle();
    await untilWrites(world.sandbox, 300);
    await shell(`systemctl stop ${SERVICE}`);
    assert.equal((await serviceShows('ExecMainStatus')).trim(), '0');
    assert.equal((await serviceShows('Result')).trim(), 'success');
    say(`stopped in mid-import: exit code 0`);
    await shell(`systemctl start ${SERVICE}`);
    const { lastRun } = await untilStatus(arena, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    say(`${seconds()}: ${lastRun.people} people imported, 0 differences`);
  });

  it('starts a worker that was killed again', async () => {
    const before = (await serviceShows('MainPID')).trim();
    await shell(`kill -9 ${before}`);
    while (['0', before].includes((await serviceShows('MainPID')).trim())) await pauseFor(500);
    world.sandbox.addLiveChanges(20);
    const arena = world.handle();
    await arena.signal('sync-now');
    await untilStatus(arena, (status) => isSettled(status) && status.lastRun?.events === 20);
    assert.deepEqual(finalDifferences(world), []);
  });
});

function say(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
