/** The pod of the Kubernetes manifests as podman plays it, with an import: what can be run of them without a cluster. `scripts/try-image.sh` builds the image first. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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
