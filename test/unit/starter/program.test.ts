/** The program as it is run, as its own process. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { connectionFile } from '../connection/sample-file.js';

const STARTER = fileURLToPath(new URL('../../../src/starter.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

let folder = '';

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ended> {
  const texts = { stdout: '', stderr: '' };
  const child = execFile(process.execPath, ['--import', 'tsx', STARTER, ...args], {
    // A folder of its own, so that the profile of whoever runs the tests stays out of it.
    env: { ...process.env, HOME: folder, XDG_CONFIG_HOME: folder, ...env },
  });
  child.stdout?.on('data', (text: string) => (texts.stdout += text));
  child.stderr?.on('data', (text: string) => (texts.stderr += text));
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}

/** A port where nobody listens: it was free a moment ago. */
async function deadAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return `127.0.0.1:${port}`;
}

describe('the starter program', () => {
  before(async () => (folder = await mkdtemp(join(tmpdir(), 'starter-'))));
  after(() => rm(folder, { recursive: true }));

  it('leads its help with examples', async () => {
    const { code, stdout, stderr } = await run(['--help']);
    assert.equal(code, 0);
    assert.match(stdout, /^Examples:\n {2}npm run starter -- init/);
    for (const command of [
      'init',
      'discover',
      'preview',
      'trace',
      'configure',
      'approve',
      'validate',
      'onboard',
      'import-100',
      'sync-now',
      'retry-rejected',
      'clear-cursor',
      'pause',
      'resume',
      'list',
      'status',
      'watch',
      'rejected',
    ]) {
      assert.match(stdout, new RegExp(`^ {2}${command} `, 'm'));
    }
    assert.equal(stderr, '');
  });

  it('knows its version', async () => {
    const { code, stdout } = await run(['--version']);
    assert.equal(code, 0);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
  });

  for (const { title, args, says } of [
    { title: 'an unknown command, suggesting the right one', args: ['stauts', 'arena'], says: /Did you mean status\?/ },
    { title: 'a name that can not be one', args: ['status', 'Arena!'], says: /neither the name of a connection/ },
    { title: 'clear-cursor without --yes', args: ['clear-cursor', 'arena'], says: /Add --yes/ },
    { title: 'a file that is not there', args: ['validate', '/nowhere/arena.json'], says: /\/nowhere\/arena\.json/ },
  ]) {
    it(`answers 2 to ${title}`, async () => {
      const { code, stderr, stdout } = await run(args);
      assert.equal(code, 2);
      assert.match(stderr, says);
      assert.equal(stdout, '');
    });
  }

  it('answers usage errors as JSON with --json', async () => {
    const { code, stdout } = await run(['status', '--json']);
    assert.equal(code, 2);
    assert.deepEqual(JSON.parse(stdout), {
      error: { code: 'usage', message: "error: missing required argument 'name'", hint: 'See --help.' },
    });
  });

  it('names the address and the ways to set it when Temporal does not answer', async () => {
    const address = await deadAddress();
    const { code, stdout, stderr } = await run(['list', '--json'], { TEMPORAL_ADDRESS: address });
    assert.equal(code, 1);
    assert.ok(stderr.includes(address));
    assert.match(stderr, /TEMPORAL_ADDRESS/);
    assert.match(stdout, /"code": "temporal-unreachable"/);
  });

  it('lists every problem with its place and asks Temporal nothing', async () => {
    const path = join(folder, 'bad.json');
    const file = connectionFile();
    await writeFile(path, JSON.stringify({ ...file, nmae: 'x', users: { ...file.users, defaultSite: 'main' } }));
    const { code, stdout, stderr } = await run(['validate', path], { TEMPORAL_ADDRESS: await deadAddress() });
    assert.equal(code, 2);
    assert.match(stderr, /users\.defaultSite/);
    assert.match(stderr, /nmae/);
    assert.doesNotMatch(stderr, /TEMPORAL_ADDRESS/);
    assert.equal(stdout, '');
  });
});
