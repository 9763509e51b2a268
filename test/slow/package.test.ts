import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { promisify } from 'node:util';
import { after, before } from 'mocha';
import { z } from 'zod';
import { World } from '../world/world.js';

const run = promisify(execFile);
const bins = z.object({ bin: z.record(z.string(), z.string()) });

describe('the package that npm packs', function () {
  this.timeout(300_000);
  let folder = '';
  let app = '';
  let world: World;
  let files: string[] = [];
  const bin: Record<string, string> = {};
  let worker: ChildProcess | undefined;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'packed-'));
    await run('npm', ['run', 'build']);
    const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder, '--loglevel', 'error'], {
      maxBuffer: 32 * 1_024 * 1_024,
    });
    const [packed] = z
      .array(z.object({ filename: z.string(), files: z.array(z.object({ path: z.string() })) }))
      .parse(JSON.parse(stdout.slice(stdout.indexOf('['))));
    files = packed?.files.map((file) => file.path) ?? [];
    await run('tar', ['-xzf', path.join(folder, packed?.filename ?? ''), '-C', folder]);
    app = path.join(folder, 'package');
    // What npm would install beside it.
    await symlink(path.resolve('node_modules'), path.join(app, 'node_modules'), 'junction');
    const named = bins.parse(JSON.parse(await readFile(path.join(app, 'package.json'), 'utf8'))).bin;
    for (const [name, file] of Object.entries(named)) bin[name] = path.join(app, file);
    world = await World.open({ sandbox: { people: 60 } });
  });
  after(async () => {
    worker?.kill('SIGTERM');
    await (world as World | undefined)?.close();
    if (folder !== '') await rm(folder, { recursive: true });
  });

  const starter = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
    run(process.execPath, [bin['seatgeek-halo'] ?? '', ...args], {
      // Not as npx starts it, which may be how this test was started.
      env: { ...process.env, npm_lifecycle_event: '', ...world.env, NO_COLOR: '1' },
      cwd: folder,
    });

  it('holds the program, the example and the schema, and neither tests nor connections of ours', () => {
    for (const file of ['dist/workflow-bundle.js', 'dist/workflow-bundle-sealed.js', 'connections/example.json'])
      assert.ok(files.includes(file), file);
    assert.ok(files.includes('connection.schema.json'));
    assert.deepEqual(
      files.filter((file) => /^(test|src|bench|scripts|node_modules)\//.test(file)),
      [],
    );
  });

  it('has three commands that a shell can start', async () => {
    assert.deepEqual(Object.keys(bin), ['seatgeek-halo', 'seatgeek-halo-worker', 'seatgeek-halo-codec-server']);
    for (const file of Object.values(bin)) {
      assert.match(await readFile(file, 'utf8'), /^#!\/usr\/bin\/env node\n/);
      assert.ok((await stat(file)).size > 0);
    }
  });

  it('checks, starts and previews a connection, and names itself in what it tells to type', async () => {
    worker = spawn(process.execPath, [bin['seatgeek-halo-worker'] ?? ''], {
      env: { ...process.env, ...world.env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    worker.stderr?.setEncoding('utf8').on('data', (text: string) => (log += text));
    while (!log.includes('worker started') && worker.exitCode === null) await pauseFor(50);
    await mkdir(path.join(folder, 'connections'));
    const file = path.join('connections', 'arena.json');
    await writeFile(path.join(folder, file), JSON.stringify(world.connectionFile()));
    const { stderr } = await starter('onboard', file);
    assert.match(stderr, /next: seatgeek-halo preview arena/);
    const { stdout } = await starter('preview', 'arena', '3', '--json').catch((error: unknown) => {
      assert.ok(error instanceof Error && 'stdout' in error, String(error));
      return { stdout: String(error.stdout) };
    });
    assert.equal(z.object({ events: z.number() }).parse(JSON.parse(stdout)).events, 3);
    worker.kill('SIGTERM');
    const [code] = (await once(worker, 'exit')) as [number | null];
    assert.equal(code, 0, log);
  });

  it('starts its codec server, which says what it lacks', async () => {
    await assert.rejects(
      run(process.execPath, [bin['seatgeek-halo-codec-server'] ?? ''], { env: { PATH: process.env['PATH'] } }),
      /PAYLOAD_KEYS/,
    );
  });
});
