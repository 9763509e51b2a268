import assert from 'node:assert/strict';
import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createServer, type Server } from 'node:tls';
import { promisify } from 'node:util';
import { after, before } from 'mocha';
import type { ValidationReport } from '../../src/activities/types.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { openConnectProxy, type ConnectProxy } from '../world/connect-proxy.js';
import { finalDifferences } from '../world/oracle.js';
import { until } from '../world/until.js';
import { isSettled, World } from '../world/world.js';

const run = promisify(execFile);

/** Names that only the proxy knows. */
const HOSTS = ['seatgeek.test', 'halo.test', 'temporal.test'] as const;

/** Why no process can be shut in here; undefined where it can. */
function cannotConfine(): string | undefined {
  for (const [program, args] of [
    ['unshare', ['--net', 'ip', 'link', 'set', 'lo', 'up']],
    ['openssl', ['version']],
  ] as const)
    if (spawnSync(program, args).status !== 0) return `${program} ${args.join(' ')} does not work here`;
  return undefined;
}

describe('a worker that reaches the world through a proxy only, behind an authority of its own', function () {
  this.timeout(240_000);
  let folder: string;
  let world: World;
  let proxy: ConnectProxy;
  let authority: string;
  let socketFile: string;
  const fronts: Server[] = [];
  const children: ChildProcess[] = [];

  before(async function () {
    const reason = cannotConfine();
    if (reason !== undefined) {
      process.stderr.write(`skipped: ${reason}\n`);
      return this.skip();
    }
    folder = await mkdtemp(path.join(tmpdir(), 'confined-'));
    world = await World.open({ sandbox: { people: 200, seed: 81 } });
    const { certificate, key } = await makeCertificate(folder);
    authority = path.join(folder, 'ca.pem');
    const { seatgeek, halo } = world.sandbox;
    const servers = [new URL(seatgeek.apiUrl).port, new URL(halo.url).port, world.server.address.split(':')[1]];
    const ways = new Map<string, number>();
    for (const [index, host] of HOSTS.entries()) {
      const port = Number(servers[index]);
      const front = createServer({ key, cert: certificate, ALPNProtocols: ['h2', 'http/1.1'] }, (near) => {
        const far = connect(port, '127.0.0.1');
        near.pipe(far).pipe(near);
        for (const [one, other] of [[near, far] as const, [far, near] as const]) {
          one.on('error', () => undefined);
          one.on('close', () => other.destroy());
        }
      });
      front.listen(0, '127.0.0.1');
      await once(front, 'listening');
      fronts.push(front);
      ways.set(`${host}:443`, (front.address() as AddressInfo).port);
    }
    socketFile = path.join(folder, 'proxy.sock');
    proxy = await openConnectProxy(socketFile, ways);
  });
  after(async () => {
    for (const child of children.filter(({ exitCode }) => exitCode === null)) {
      child.kill('SIGTERM');
      await once(child, 'close');
    }
    if ((proxy as ConnectProxy | undefined) === undefined) return;
    proxy.close();
    for (const front of fronts) front.close();
    await world.close();
    await rm(folder, { recursive: true });
  });

  function start(env: Record<string, string> = {}): { child: ChildProcess; log: () => string } {
    const worker = [process.execPath, '--import', 'tsx', path.resolve('src/worker.ts')];
    const confined = [process.execPath, path.resolve('test/world/confined.js'), socketFile];
    const child = spawn('unshare', ['--net', '--', ...confined, ...worker], {
      env: {
        ...process.env,
        ...world.env,
        ALLOWED_HOSTS: 'seatgeek.test,halo.test',
        TEMPORAL_ADDRESS: 'temporal.test:443',
        TEMPORAL_TLS: 'true',
        HTTPS_PROXY: 'http://127.0.0.1:3128',
        NO_PROXY: '',
        NODE_EXTRA_CA_CERTS: authority,
        START_WAIT_SECONDS: '0',
        SHUTDOWN_GRACE_SECONDS: '1',
        SHUTDOWN_FORCE_SECONDS: '5',
        ...env,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    children.push(child);
    let log = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (log += text));
    return { child, log: () => log };
  }

  function file(halo = 'https://halo.test'): ConnectionFile {
    const { apiUrl, tokenUrl } = world.sandbox.seatgeek;
    const at = (address: string): string => `https://seatgeek.test${new URL(address).pathname}`;
    return world.connectionFile('arena', {
      seatgeek: { apiUrl: at(apiUrl), tokenUrl: at(tokenUrl) },
      halo: { url: halo },
    });
  }

  it('can not reach Temporal without the proxy, and says so', async () => {
    const { child, log } = start({ HTTPS_PROXY: '' });
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 1);
    assert.match(log(), /"code":"temporal-unreachable"/);
  });

  it('names the authority that it does not know, and the setting', async () => {
    const system = path.join(folder, 'system.pem');
    await writeFile(system, await readFile(authority));
    // Temporal's core is told of the authority by Temporal's own setting, Node is not told.
    const { child, log } = start({ NODE_EXTRA_CA_CERTS: '', TEMPORAL_TLS_SERVER_CA_CERT_PATH: system });
    await until(() => log().includes('worker started') || child.exitCode !== null);
    assert.equal(child.exitCode, null, log());
    const handle = await world.start(file());
    const report = await handle.executeUpdate<ValidationReport, []>('validate');
    const text = JSON.stringify(report);
    assert.match(text, /has signed the certificate of seatgeek\.test/);
    assert.match(text, /has signed the certificate of halo\.test/);
    assert.match(text, /NODE_EXTRA_CA_CERTS/);
    child.kill('SIGTERM');
    await once(child, 'close');
    await handle.terminate();
  });

  it('validates and imports', async () => {
    const { child, log } = start();
    await until(() => log().includes('worker started') || child.exitCode !== null);
    assert.equal(child.exitCode, null, log());
    const handle = await world.start(file());
    const report = await handle.executeUpdate<ValidationReport, []>('validate');
    assert.deepEqual(
      report.lines.filter(({ ok }) => !ok),
      [],
    );
    await handle.signal('resume');
    const { lastRun } = await untilStatus(handle, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    for (const host of HOSTS) assert.ok(proxy.asked.has(`${host}:443`), host);
  });

  it('names the host to which the proxy opens no way, and the proxy', async () => {
    const { halo } = file('https://elsewhere.halopsa.com');
    const config = { ...file(), name: 'arena', halo };
    const handle = world.handle();
    await handle.terminate();
    const again = await world.start(config);
    const report = await again.executeUpdate<ValidationReport, []>('validate');
    assert.match(
      JSON.stringify(report),
      /The proxy 127\.0\.0\.1:3128 does not open the way to elsewhere\.halopsa\.com \(status 403\)/,
    );
  });
});

/** An authority, and a certificate of its for all the hosts. */
async function makeCertificate(folder: string): Promise<{ certificate: string; key: string }> {
  const at = (name: string): string => path.join(folder, name);
  const names = HOSTS.map((host) => `DNS:${host}`).join(',');
  await writeFile(at('names'), `subjectAltName=${names}\n`);
  const openssl = (...args: string[]): Promise<unknown> => run('openssl', args);
  const keyOptions = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  await openssl('req', '-x509', ...keyOptions, '-subj', '/CN=A company', '-keyout', at('ca.key'), '-out', at('ca.pem'));
  await openssl('req', ...keyOptions, '-subj', '/CN=hosts', '-keyout', at('key'), '-out', at('csr'));
  const signing = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at('names')];
  await openssl('x509', '-req', '-in', at('csr'), ...signing, '-out', at('certificate'));
  return { certificate: await readFile(at('certificate'), 'utf8'), key: await readFile(at('key'), 'utf8') };
}
