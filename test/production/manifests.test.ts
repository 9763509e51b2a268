/**
 * The systemd unit's own command line with its settings, and the pod of the Kubernetes manifests as podman plays it, each with an import: what can
 * be run of both without systemd and without a cluster. `scripts/try-image.sh` builds the image first.
 */
import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterEach, before, beforeEach } from 'mocha';
import { parseAllDocuments, stringify } from 'yaml';
import { untilStatus } from '../../src/demo/waiting.js';
import { sandboxSecrets } from '../../src/sandbox/connection-file.js';
import { freePort } from '../../src/temporal/free-port.js';
import { finalDifferences } from '../world/oracle.js';
import { isSettled, World } from '../world/world.js';
import { untilWrites } from '../world/writes.js';

const run = promisify(execFile);
const IMAGE = process.env['TRY_IMAGE'] ?? '';
const OVERLAY = 'deploy/kubernetes/overlays/own-temporal';
const UNIT = 'deploy/systemd/seatgeek-halo-worker.service';

describe('the manifests', function () {
  this.timeout(140_000);
  let world: World;
  let folder: string;
  let began: number;
  let clean: () => Promise<unknown>;

  before(function () {
    if (IMAGE !== '' && process.env['CONTAINER_ENGINE'] === 'podman') return;
    say('skipped: scripts/try-image.sh with podman builds what they name');
    this.skip();
  });
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'manifests-'));
    await chmod(folder, 0o755);
    clean = () => Promise.resolve();
    world = await World.open({ sandbox: { people: 1_000, seed: 7, halo: { latencyMs: 100 } } });
    began = Date.now();
  });
  afterEach(async () => {
    await clean().catch(() => undefined);
    await world.close();
    await rm(folder, { recursive: true, force: true });
  });

  const seconds = (): string => `${((Date.now() - began) / 1_000).toFixed(0)} s`;
  const untilReady = async (port: number, assertRuns: () => void | Promise<void>): Promise<void> => {
    const isReady = (): Promise<boolean> =>
      fetch(`http://127.0.0.1:${port}/readyz`).then(
        ({ ok }) => ok,
        () => false,
      );
    while (!(await isReady())) {
      await assertRuns();
      await pauseFor(200);
    }
    say(`ready after ${seconds()}`);
  };
  const importAll = async (stopInTheMiddle: () => Promise<void>): Promise<void> => {
    const file = world.connectionFile('arena', { seatgeek: { pageSize: 100 }, integrator: { enabled: true } });
    const arena = await world.start(file);
    await untilWrites(world.sandbox, 300);
    await stopInTheMiddle();
    const { lastRun } = await untilStatus(arena, isSettled);
    assert.equal(lastRun?.outcome, 'completed');
    assert.deepEqual(finalDifferences(world), []);
    say(`${lastRun.people} people imported after ${seconds()}, 0 differences`);
  };

  it("run the unit's command line as a user without rights", async () => {
    const unit = await readFile(UNIT, 'utf8');
    const settings = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, text = '']) => text.split(' '));
    const [node = '', ...args] = (/^ExecStart=(.*)$/m.exec(unit)?.[1] ?? '').split(' ');
    const secrets = path.join(folder, 'secrets');
    await mkdir(secrets);
    for (const [name, value] of Object.entries(sandboxSecrets(world.sandbox, 'arena')))
      await writeFile(path.join(secrets, name), `${value}\n`);
    // What `npm ci && npm run build && npm prune --omit=dev` leaves behind.
    const { stdout: container } = await run('podman', ['create', IMAGE]);
    await run('podman', ['cp', `${container.trim()}:/app`, folder]);
    await run('podman', ['rm', container.trim()]);
    began = Date.now();
    const port = await freePort();
    const env: Record<string, string> = {
      ...Object.fromEntries(
        settings.map((setting) => {
          const [name = '', value = ''] = setting.split('=');
          return [name, value];
        }),
      ),
      // What worker.env says, and where this try keeps its secrets.
      ...{ TEMPORAL_ADDRESS: world.server.address, ALLOWED_HOSTS: '127.0.0.1', SECRETS_DIR: secrets },
      HEALTH_ADDRESS: `127.0.0.1:${port}`,
    };
    const log: string[] = [];
    const start = (): ChildProcess => {
      const identity = ['--reuid=nobody', '--regid=nogroup', '--clear-groups', '--no-new-privs', '--bounding-set=-all'];
      const worker = spawn('setpriv', [...identity, node, ...args], {
        cwd: path.join(folder, 'app'),
        env,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const output of [worker.stdout, worker.stderr])
        output.on('data', (text: Buffer) => log.push(text.toString()));
      clean = () => Promise.resolve(worker.kill('SIGKILL'));
      return worker;
    };
    const stop = async (worker: ChildProcess): Promise<void> => {
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      worker.kill('SIGTERM');
      assert.equal(await ended, 0, log.join(''));
    };
    const first = start();
    await untilReady(port, () => assert.equal(first.exitCode, null, log.join('')));
    let second: ChildProcess | undefined;
    await importAll(async () => {
      await stop(first);
      second = start();
    });
    if (second !== undefined) await stop(second);
  });

  it('run the pod of the Kubernetes base', async () => {
    const { stdout } = await run('kubectl', ['kustomize', OVERLAY]);
    const health = await freePort();
    const addresses: Readonly<Record<string, string>> = {
      HEALTH_ADDRESS: `127.0.0.1:${health}`,
      METRICS_ADDRESS: `127.0.0.1:${await freePort()}`,
    };
    const documents = parseAllDocuments(stdout).filter((one) =>
      ['ConfigMap', 'Deployment'].includes(String(one.get('kind'))),
    );
    for (const one of documents) {
      one.deleteIn(['metadata', 'namespace']);
      if (one.get('kind') === 'ConfigMap') {
        one.setIn(['data', 'TEMPORAL_ADDRESS'], world.server.address);
        one.setIn(['data', 'ALLOWED_HOSTS'], '127.0.0.1');
        continue;
      }
      // The sandbox is on loopback, and podman makes one replica.
      const pod = ['spec', 'template', 'spec'];
      one.setIn(['spec', 'replicas'], 1);
      one.setIn([...pod, 'hostNetwork'], true);
      one.setIn([...pod, 'containers', 0, 'image'], IMAGE);
      one.setIn([...pod, 'containers', 0, 'ports'], []);
      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe'])
        one.deleteIn([...pod, 'containers', 0, probe]);
      for (let n = 0; one.hasIn([...pod, 'containers', 0, 'env', n]); n += 1) {
        const value = addresses[String(one.getIn([...pod, 'containers', 0, 'env', n, 'name']))];
        if (value !== undefined) one.setIn([...pod, 'containers', 0, 'env', n, 'value'], value);
      }
      await chmod(folder, 0o755);
      const secrets = path.join(folder, 'secrets');
      await mkdir(secrets);
      for (const [name, value] of Object.entries(sandboxSecrets(world.sandbox, 'arena')))
        await writeFile(path.join(secrets, name), `${value}\n`);
      // Podman 4.3 knows no volume of a Secret.
      one.setIn([...pod, 'volumes'], [{ name: 'secrets', hostPath: { path: secrets, type: 'Directory' } }]);
    }
    const manifest = path.join(folder, 'manifest.yaml');
    await writeFile(manifest, documents.map((one) => stringify(one.toJS())).join('---\n'));
    clean = () => run('podman', ['kube', 'down', manifest]);
    await run('podman', ['kube', 'play', manifest]);
    await untilReady(health, async () => {
      const { stdout: states } = await run('podman', [
        'ps',
        '--all',
        '--format={{.State}}',
        '--filter=name=worker-pod',
      ]);
      assert.doesNotMatch(states, /exited/i);
    });
    await importAll(async () => {
      const { stdout: names } = await run('podman', ['ps', '--format={{.Names}}', '--filter=name=worker-pod']);
      const name = names.split('\n').find((one) => one.endsWith('-worker')) ?? '';
      await run('podman', ['stop', '--time=60', name]);
      const { stdout: code } = await run('podman', ['inspect', '--format={{.State.ExitCode}}', name]);
      say(`stopped in mid-import: exit code ${code.trim()}`);
      assert.equal(Number(code), 0);
      await run('podman', ['start', name]);
    });
  });
});

function say(text: string): void {
  process.stdout.write(`    ${text}\n`);
}
