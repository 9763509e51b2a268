import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../../src/temporal/free-port.js';
import { isServing } from '../../../src/temporal/dev-server-probe.js';

const COMMAND = 'src/temporal/dev-server-command.ts';

describe('npm run temporal', function () {
  this.timeout(180_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dev-server-command-'));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  const start = (...args: string[]) =>
    spawn(process.execPath, ['--import', 'tsx', COMMAND, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });

  async function ended(child: ChildProcess): Promise<{ code: number | null; errors: string }> {
    let errors = '';
    child.stderr?.on('data', (chunk: Buffer) => (errors += chunk.toString()));
    await once(child, 'close');
    return { code: child.exitCode, errors };
  }

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`serves with its links on show until ${signal}, and then ends cleanly`, async () => {
      const [port, uiPort] = [await freePort(), await freePort()];
      const file = join(folder, 'temporal.db');
      const child = start('--port', String(port), '--ui-port', String(uiPort), '--db-filename', file);
      const done = ended(child);
      const shown = String((await once(child.stdout, 'data'))[0]);
      assert.deepEqual(shown.match(/\S*\d{4,5}$/gm), [`127.0.0.1:${port}`, `http://127.0.0.1:${uiPort}`]);
      assert.ok(shown.includes(file) && existsSync(file));
      child.kill(signal);
      assert.equal((await done).code, 0);
      assert.equal(await isServing(`127.0.0.1:${port}`), false);
    });
  }

  it('keeps nothing on disk when asked to be ephemeral', async () => {
    const ports = ['--port', String(await freePort()), '--ui-port', String(await freePort())];
    const child = start(...ports, '--ephemeral', '--db-filename', join(folder, 'temporal.db'));
    const done = ended(child);
    assert.match(String((await once(child.stdout, 'data'))[0]), /in memory/);
    child.kill('SIGTERM');
    await done;
    assert.equal(existsSync(join(folder, 'temporal.db')), false);
  });

  it('refuses a port that is none', async () => {
    const { code, errors } = await ended(start('--port', '70000'));
    assert.equal(code, 1);
    assert.match(errors, /a port is 1 to 65535/);
  });
});
