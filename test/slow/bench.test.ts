import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { SCENARIOS, type ScenarioName } from '../../bench/measurement.js';
import { reportSchema, type Report } from '../../bench/report.js';

const run = promisify(execFile);
const PEOPLE = 500;

describe('the quick bench', function () {
  this.timeout(600_000);
  let report: Report;
  let table: string;

  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'bench-'));
    try {
      const json = path.join(folder, 'report.json');
      const args = ['--import', 'tsx', 'bench/index.ts', '--quick', '--sources', '--json', json];
      table = (await run(process.execPath, args)).stdout;
      report = reportSchema.parse(JSON.parse(await readFile(json, 'utf8')));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  const measured = (scenario: ScenarioName): Report['measurements'][number] => {
    const found = report.measurements.find((one) => one.scenario === scenario);
    assert.ok(found, scenario);
    return found;
  };

  it('measures every scenario, two of them with Halo near and away, and shows each in its table', () => {
    const at = (distance: number): ScenarioName[] =>
      report.measurements.filter(({ haloMs }) => haloMs === distance).map(({ scenario }) => scenario);
    assert.deepEqual(at(0), [...SCENARIOS]);
    assert.deepEqual(at(20), ['floor-8', 'first-import']);
    assert.deepEqual(
      report.comparisons.map(({ haloMs }) => haloMs),
      [0, 20],
    );
    assert.match(table, /first import, arrays, Halo 20 ms away/);
    for (const title of ['Requests and speed', 'Memory, CPU, Temporal', 'Side by side', 'Simulated wall clock'])
      assert.ok(table.includes(title), title);
  });

  it('says how it was run, without names or paths', () => {
    assert.equal(report.command, 'npm run bench -- --quick --sources');
    assert.ok(report.machine.cores >= 1);
    assert.equal(report.machine.node, process.versions.node);
    assert.doesNotMatch(JSON.stringify(report), /\/tmp|\/home|localhost|127\.0\.0\.1/);
  });

  it('sees the plain script spend two to four Halo requests per change event, with any number of workers', () => {
    for (const { haloRequests, changeEvents, engine } of [measured('floor-1'), measured('floor-8')]) {
      assert.ok(haloRequests >= 2 * changeEvents && haloRequests <= 4 * changeEvents, `${haloRequests} requests`);
      assert.equal(engine, null);
    }
    assert.equal(measured('floor-1').haloRequests, measured('floor-8').haloRequests);
  });

  it('sees the same people arrive by arrays and one per request, and nobody by a re-import', () => {
    const first = measured('first-import');
    assert.ok(first.haloUsersAfter > first.haloUsersBefore + PEOPLE / 2);
    assert.equal(measured('one-per-request').haloUsersAfter, first.haloUsersAfter);
    const again = measured('re-import');
    assert.ok(again.haloUsersBefore > PEOPLE / 2);
    assert.equal(again.haloUsersAfter, again.haloUsersBefore);
  });

  it('counts fewer Halo requests than people with arrays, and at least one for each who is written without', () => {
    assert.ok(measured('first-import').haloRequests < PEOPLE / 2);
    const alone = measured('one-per-request');
    assert.ok(alone.haloRequests >= alone.haloUsersAfter - alone.haloUsersBefore);
  });

  it('counts Temporal actions from the histories: three for an idle cycle, a signal and a continue-as-new for a re-import', () => {
    const { actions, activities, timers, continueAsNew } = measured('idle').engine!;
    assert.deepEqual([actions, activities, timers, continueAsNew], [3, 1, 1, 1]);
    const again = measured('re-import').engine!;
    assert.deepEqual([again.signals, again.continueAsNew], [1, 1]);
    assert.ok(measured('first-import').engine!.historyBytes > 1_000);
  });

  it('compares and simulates from what it measured', () => {
    const [near, away] = report.comparisons;
    for (const times of [near?.speedToFloor, near?.requestsSaved, near?.fourImagesToOne, away?.speedToFloor])
      assert.ok(times !== null && times !== undefined && times > 0);
    assert.deepEqual(
      report.simulated.map(({ people }) => people),
      [1, 2, 3].flatMap(() => [10_000, 100_000, 1_000_000]),
    );
    for (const { haloRequests, seconds } of report.simulated) {
      // A rolling window lets through its limit at once and then as much again in each window.
      assert.ok(seconds >= (Math.ceil(haloRequests / report.limit.requests) - 1) * report.limit.perSeconds);
    }
  });
});
