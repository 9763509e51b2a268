import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before } from 'mocha';
import { spawnWorker } from '../../../src/demo/worker-process.js';
import { freePort } from '../../../src/temporal/free-port.js';
import { startHealth } from '../../../src/worker/health.js';

const addressOf = (port: number): { host: string; port: number; text: string } => ({
  host: '127.0.0.1',
  port,
  text: `127.0.0.1:${port}`,
});

describe('a worker that listens', function () {
  this.timeout(60_000);
  let folder: string;
  let taken: Server;
  let takenPort = 0;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'listening-'));
    takenPort = await freePort();
    taken = createServer().listen(takenPort, '127.0.0.1');
    await once(taken, 'listening');
  });
  after(async () => {
    taken.close();
    await rm(folder, { recursive: true, force: true });
  });

  for (const variable of ['METRICS_ADDRESS', 'HEALTH_ADDRESS'])
    it(`ends at once and names ${variable} when another program listens there`, async () => {
      const logFile = path.join(folder, `${variable}.log`);
      const worker = spawnWorker({ env: { [variable]: `127.0.0.1:${takenPort}` }, logFile });
      assert.equal(await worker.ended, 1);
      assert.match(
        await readFile(logFile, 'utf8'),
        new RegExp(`"msg":"${variable}: 127.0.0.1:${takenPort} can't be listened on: another program`),
      );
    });

  it('ends at once and names METRICS_ADDRESS when the address is not of this machine', async () => {
    const logFile = path.join(folder, 'elsewhere.log');
    const worker = spawnWorker({ env: { METRICS_ADDRESS: `192.0.2.1:9464` }, logFile });
    assert.equal(await worker.ended, 1);
    assert.match(await readFile(logFile, 'utf8'), /"msg":"METRICS_ADDRESS: 192\.0\.2\.1:9464 can't be listened on"/);
  });

  it('is alive and not ready while it starts, then ready when it says so, then gone', async () => {
    const port = await freePort();
    const health = await startHealth(addressOf(port));
    const status = async (at: string): Promise<number> => (await fetch(`http://127.0.0.1:${port}${at}`)).status;
    assert.deepEqual([await status('/healthz'), await status('/readyz')], [200, 503]);
    health.watch(() => Promise.resolve(null));
    assert.deepEqual([await status('/readyz'), await status('/readyz?verbose')], [200, 200]);
    health.watch(() => Promise.resolve('the worker is draining'));
    const answer = await fetch(`http://127.0.0.1:${port}/readyz`);
    assert.deepEqual(await answer.json(), { ready: false, reason: 'the worker is draining' });
    await health.close();
    await assert.rejects(status('/healthz'));
  });
});
