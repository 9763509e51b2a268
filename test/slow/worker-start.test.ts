import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { spawnWorker, type WorkerProcess } from '../../src/demo/worker-process.js';
import { startDevServer, type DevServer } from '../../src/temporal/dev-server.js';
import { findCli } from '../../src/temporal/find-cli.js';
import { freePort } from '../../src/temporal/free-port.js';
import { until } from '../world/until.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What a worker logs, line by line; every line must be JSON. */
interface Line {
  readonly level: number;
  readonly msg: string;
  readonly code?: string;
  readonly hint?: string;
}

describe('the start and end of a worker', function () {
  this.timeout(120_000);
  let server: DevServer;
  let folder: string;
  let files = 0;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'worker-start-'));
    server = await startDevServer();
    await cli('operator', 'namespace', 'create', '--namespace', 'bare');
  });
  after(async () => {
    await server.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function cli(...args: string[]): Promise<void> {
    const child = spawn(await findCli(), [...args, '--address', server.address], { stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number];
    assert.equal(code, 0, args.join(' '));
  }

  function start(env: Record<string, string>): { worker: WorkerProcess; lines: () => Promise<Line[]> } {
    const logFile = path.join(folder, `${files++}.log`);
    const worker = spawnWorker({
      env: { TEMPORAL_ADDRESS: server.address, START_WAIT_SECONDS: '0', ...env },
      logFile,
    });
    const lines = async (): Promise<Line[]> =>
      (await readFile(logFile, 'utf8'))
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Line);
    return { worker, lines };
  }

  /** The last line of a worker that must end by itself. */
  async function lastWords(env: Record<string, string>): Promise<Line> {
    const { worker, lines } = start(env);
    assert.equal(await worker.ended, 1);
    const last = (await lines()).at(-1);
    assert.ok(last !== undefined);
    return last;
  }

  it('names the namespace that does not exist, and how to create it', async () => {
    const { code, msg, hint } = await lastWords({ TEMPORAL_NAMESPACE: 'nope' });
    assert.equal(code, 'temporal-namespace-missing');
    assert.match(msg, /no namespace nope/);
    assert.match(hint ?? '', /temporal operator namespace create --namespace nope/);
  });

  it('names the search attributes that are missing or have another type, and the commands that create them', async () => {
    await cli(
      'operator',
      'search-attribute',
      'create',
      '--namespace',
      'bare',
      '--name',
      'RejectedUsers',
      '--type',
      'Keyword',
    );
    const { code, msg, hint = '' } = await lastWords({ TEMPORAL_NAMESPACE: 'bare' });
    assert.equal(code, 'search-attributes-missing');
    for (const name of ['SeatGeekConnection', 'HaloInstance', 'ConnectionPhase', 'LastSyncedAt', 'RejectedUsers']) {
      assert.ok(msg.includes(name), name);
      assert.ok(hint.includes(`--name ${name} --type`) && hint.includes(`"${name}=`), name);
    }
  });

  it('names the address where no Temporal answers', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const { code, msg } = await lastWords({ TEMPORAL_ADDRESS: address });
    assert.equal(code, 'temporal-unreachable');
    assert.ok(msg.includes(address));
  });

  it('names the key that Temporal refuses, at once, and does not repeat it', async () => {
    const temporal = createHttp2Server();
    temporal.on('stream', (stream) =>
      stream.respond(
        { ':status': 200, 'content-type': 'application/grpc', 'grpc-status': '16', 'grpc-message': 'invalid key' },
        { endStream: true },
      ),
    );
    temporal.listen(0, '127.0.0.1');
    await once(temporal, 'listening');
    const { port } = temporal.address() as AddressInfo;
    const last = await lastWords({
      TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
      TEMPORAL_API_KEY: 'very-secret-key',
      TEMPORAL_TLS: 'false',
      START_WAIT_SECONDS: '60',
    });
    temporal.close();
    assert.equal(last.code, 'temporal-refused');
    assert.doesNotMatch(JSON.stringify(last), /very-secret/);
  });

  it('names the folder of secrets that is not there', async () => {
    const { code, msg } = await lastWords({ SECRETS_DIR: path.join(folder, 'nowhere'), START_WAIT_SECONDS: '60' });
    assert.equal(code, 'secret-unreadable');
    assert.match(msg, /SECRETS_DIR/);
  });

  it('waits for what may come, says at /readyz what it is, and starts when it is there', async () => {
    const port = await freePort();
    const { worker, lines } = start({
      TEMPORAL_NAMESPACE: 'later',
      START_WAIT_SECONDS: '60',
      HEALTH_ADDRESS: `127.0.0.1:${port}`,
    });
    const ready = async (): Promise<{ ready?: boolean; reason?: string }> =>
      fetch(`http://127.0.0.1:${port}/readyz`)
        .then((response) => response.json() as Promise<{ ready?: boolean; reason?: string }>)
        .catch(() => ({}));
    await until(async () => (await ready()).reason?.includes('no namespace later') === true);
    await cli('operator', 'namespace', 'create', '--namespace', 'later');
    await until(async () => (await ready()).reason?.includes('lacks search attributes') === true);
    const types = {
      SeatGeekConnection: 'Keyword',
      HaloInstance: 'Keyword',
      ConnectionPhase: 'Keyword',
      LastSyncedAt: 'Datetime',
      RejectedUsers: 'Int',
    };
    const options = Object.entries(types).flatMap(([name, type]) => ['--name', name, '--type', type]);
    await cli('operator', 'search-attribute', 'create', '--namespace', 'later', ...options);
    await until(async () => (await ready()).ready === true);
    assert.equal(await worker.stop(), 0);
    const warnings = (await lines()).filter(({ level, code }) => level === 40 && code !== undefined);
    assert.deepEqual(
      warnings.map(({ code }) => code),
      ['temporal-namespace-missing', 'search-attributes-missing'],
    );
  });

  it('ends in order when it is told to end while it waits', async () => {
    const { worker, lines } = start({ TEMPORAL_NAMESPACE: 'never', START_WAIT_SECONDS: '600' });
    await until(async () => (await lines()).some(({ code }) => code === 'temporal-namespace-missing'));
    assert.equal(await worker.stop(), 0);
    assert.equal((await lines()).at(-1)?.msg, 'worker stopped');
  });

  it('ends a worker that npm started when npm is told to end', async () => {
    const child = spawn('npm', ['run', '--silent', 'worker'], {
      cwd: ROOT,
      env: { ...process.env, TEMPORAL_ADDRESS: server.address },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    await until(() => log.includes('"state":"RUNNING"'));
    child.kill('SIGTERM');
    const [code] = (await once(child, 'close')) as [number | null];
    assert.equal(code, 0);
    assert.match(log, /"msg":"worker stopped"/);
  });
});
