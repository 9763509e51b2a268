import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { eachCount } from '../../../src/contract/counts.js';
import { METRICS, type MetricDefinition } from '../../../src/metrics/catalog.js';
import { createMetrics } from '../../../src/metrics/metrics.js';
import { recordingMeter } from './recording-meter.js';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const read = (file: string): string => readFileSync(`${ROOT}${file}`, 'utf8');
const DEFINITIONS: readonly MetricDefinition[] = Object.values(METRICS);

describe('the metrics', () => {
  it('are documented with kind and labels, all of them and no others', () => {
    const rows = [...read('docs/monitoring.md').matchAll(/^\| `(seatgeek_halo_\w+)` +\| (\w+) +\| ([^|]*?) +\|/gm)];
    const documented = rows.map(([, name, kind, labels = '']) => ({
      name,
      kind,
      labels: [...labels.matchAll(/`(\w+)`/g)].map(([, label]) => label),
    }));
    assert.deepEqual(
      documented,
      DEFINITIONS.map(({ name, kind, labels }) => ({ name, kind, labels: [...labels] })),
    );
  });

  it('carry the labels they are said to, and no others', () => {
    const recorded = recordAll();
    for (const { name, labels } of DEFINITIONS.filter((definition) => definition !== METRICS.lastSuccess)) {
      const series = Object.keys(recorded(name));
      assert.ok(series.length > 0, `${name} is never recorded`);
      for (const each of series)
        assert.deepEqual(
          each.split(',').map((pair) => pair.split('=')[0]),
          [...labels].sort(),
          name,
        );
    }
  });

  it('follow the naming rules of Prometheus', () => {
    for (const { name, kind } of DEFINITIONS) {
      assert.match(name, /^seatgeek_halo_[a-z_]+$/);
      assert.equal(name.endsWith('_total'), kind === 'counter', name);
      assert.equal(name.endsWith('_seconds'), kind === 'histogram' || name.endsWith('_timestamp_seconds'), name);
    }
  });
});

describe('the example alert rules', () => {
  it('are explained, all of them, with what to do', () => {
    const alerts = [...read('deploy/alerts.rules.yml').matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
    const explained = [...read('docs/monitoring.md').matchAll(/^### `(SeatGeekHalo\w+)`/gm)].map(([, name]) => name);
    assert.deepEqual(explained, alerts);
  });
});

describe('the example alert rules, asked by promtool,', () => {
  before(function () {
    if (spawnSync('promtool', ['--version']).error === undefined) return;
    process.stderr.write('skipped: promtool is not installed\n');
    this.skip();
  });

  for (const [what, args] of [
    ['are rules', ['check', 'rules', 'deploy/alerts.rules.yml']],
    ['alert of what they should and of nothing else', ['test', 'rules', 'test/unit/metrics/alerts.rules.test.yml']],
  ] as const)
    it(what, () => {
      const { status, stdout, stderr } = spawnSync('promtool', args, { cwd: ROOT, encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    });
});

/** Everything once. */
function recordAll(): (name: string) => Readonly<Record<string, number>> {
  const recording = recordingMeter();
  const metrics = createMetrics(recording.meter);
  const none = eachCount(() => 0);
  metrics.countPeople('arena', none);
  metrics.countHaloRequest('arena', 'acme.halopsa.com', '2xx');
  metrics.countSeatGeekRequest('arena', '2xx');
  metrics.countNotification('arena', 'sent');
  metrics.limitWaited('arena', 'acme.halopsa.com', 1);
  metrics.pageStep('arena', 'write', 1);
  metrics.watchWindow('acme.halopsa.com', () => 0);
  metrics.sampleWindows();
  metrics.showConnection({ connection: 'arena', phase: 'idle', rejected: 0 });
  return (name) => recording.values(name);
}
