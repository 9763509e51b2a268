import assert from 'node:assert/strict';
import { ConfigError } from '../../../src/errors.js';
import { errorJson, errorLines } from '../../../src/starter/error-texts.js';
import { StarterError, UsageError } from '../../../src/starter/errors.js';
import { exitCodeOfError, exitCodeOfRun, exitCodeOfStatus } from '../../../src/starter/exit-codes.js';
import { isUnderWay, nextStep } from '../../../src/starter/next-step.js';
import { aRun, aStatus } from './builders.js';

const sampling = aRun({ trigger: 'import-100', outcome: null, finishedAt: null });

describe('exit codes', () => {
  it('are 0 for a clean run, 3 for rejected people, 1 for a failed or stopped run', () => {
    assert.equal(exitCodeOfRun(aRun()), 0);
    assert.equal(exitCodeOfRun(aRun({ rejected: 1 })), 3);
    assert.equal(exitCodeOfRun(aRun({ outcome: 'failed', rejected: 1 })), 1);
    assert.equal(exitCodeOfRun(aRun({ outcome: 'stopped' })), 1);
    assert.equal(exitCodeOfRun(null), 0);
  });

  it('are 2 for usage and config, 1 for everything else', () => {
    assert.equal(exitCodeOfError(new UsageError('x', 'x', 'x')), 2);
    assert.equal(exitCodeOfError(new ConfigError('config-invalid', 'x', 'x', 'name')), 2);
    assert.equal(exitCodeOfError(new ConfigError('temporal-unreachable', 'x', 'x', 'TEMPORAL_ADDRESS')), 1);
    assert.equal(exitCodeOfError(new StarterError('x', 'x', 'x')), 1);
    assert.equal(exitCodeOfError(new Error('x')), 1);
  });

  for (const phase of ['failing', 'cursor-expired', 'held'] as const) {
    it(`are 1 for a connection that is ${phase}`, () => {
      assert.equal(exitCodeOfStatus(aStatus({ phase }), false), 1);
    });
  }

  it('count the end of a run only if it was watched', () => {
    const stopped = aStatus({ phase: 'paused', integrator: 'off', lastRun: aRun({ outcome: 'stopped' }) });
    assert.equal(exitCodeOfStatus(stopped, false), 0);
    assert.equal(exitCodeOfStatus(stopped, true), 1);
  });

  it('tell of rejected people also when their run was over before anybody looked', () => {
    assert.equal(exitCodeOfStatus(aStatus({ lastRun: aRun({ rejected: 2 }), rejectedUsers: 2 }), false), 3);
    assert.equal(exitCodeOfStatus(aStatus({ lastRun: aRun({ rejected: 2 }), rejectedUsers: 0 }), false), 0);
  });
});

describe('what goes on', () => {
  for (const { title, status, expected } of [
    { title: 'is nothing in an idle connection', status: aStatus(), expected: false },
    { title: 'is a run', status: aStatus({ run: aRun({ outcome: null, finishedAt: null }) }), expected: true },
    { title: 'is a sample import', status: aStatus({ sampleImport: sampling }), expected: true },
    { title: 'is not a sample import that is finished', status: aStatus({ sampleImport: aRun() }), expected: false },
    { title: 'is a request', status: aStatus({ pending: ['sync-now'] }), expected: true },
    {
      title: 'is not a request that waits for the integrator',
      status: aStatus({ integrator: 'off', pending: ['sync-now'] }),
      expected: false,
    },
    {
      title: 'is a sample import asked for although off',
      status: aStatus({ integrator: 'off', pending: ['import-100'] }),
      expected: true,
    },
  ]) {
    it(title, () => assert.equal(isUnderWay(status), expected));
  }
});

const FAILED_SAMPLE = aRun({ trigger: 'import-100', outcome: 'failed' });

describe('next step', () => {
  for (const { title, status, expected } of [
    { title: 'nothing when all is well', status: aStatus(), expected: null },
    { title: 'the rejected when there are some', status: aStatus({ rejectedUsers: 2 }), expected: 'rejected arena' },
    { title: 'watching while it runs', status: aStatus({ phase: 'syncing' }), expected: 'watch arena' },
    { title: 'watching when a run is asked for', status: aStatus({ pending: ['sync-now'] }), expected: 'watch arena' },
    {
      title: 'a preview first',
      status: aStatus({ phase: 'paused', integrator: 'off', lastRun: null }),
      expected: 'preview arena',
    },
    {
      title: 'switching on after the sample import',
      status: aStatus({ phase: 'paused', integrator: 'off', lastRun: null, sampleImport: aRun() }),
      expected: 'resume arena',
    },
    {
      title: 'another sample import after one that failed',
      status: aStatus({ phase: 'paused', integrator: 'off', lastRun: null, sampleImport: FAILED_SAMPLE }),
      expected: 'import-100 arena',
    },
    {
      title: 'a look at whom the brake kept from the sample import',
      status: aStatus({
        phase: 'paused',
        integrator: 'off',
        lastRun: null,
        sampleImport: FAILED_SAMPLE,
        lastError: { code: 'brake-held', message: 'strangers', hint: 'Look.', at: 'now', transient: false },
      }),
      expected: 'preview arena',
    },
    { title: 'another try when failing', status: aStatus({ phase: 'failing' }), expected: 'sync-now arena --wait' },
    {
      title: 'clear-cursor for an expired cursor',
      status: aStatus({ phase: 'cursor-expired' }),
      expected: 'clear-cursor arena',
    },
    { title: 'a preview when held', status: aStatus({ phase: 'held' }), expected: 'preview arena --next-run' },
  ]) {
    it(`is ${title}`, () => assert.equal(nextStep(status), expected));
  }
});

describe('error texts', () => {
  it('tell every problem on its own line, cleaned, then the way out', () => {
    const error = new ConfigError(
      'config-invalid',
      'two problems\nname: bad\u001b[2J\nhalo: missing',
      'Correct it.',
      'name',
    );
    assert.deepEqual(errorLines(error), [
      'error: two problems',
      '  name: bad [2J',
      '  halo: missing',
      '  → Correct it.',
    ]);
  });

  it('have code, message and hint as JSON', () => {
    assert.deepEqual(errorJson(new StarterError('worker-missing', 'no worker', 'Start one.')), {
      error: { code: 'worker-missing', message: 'no worker', hint: 'Start one.' },
    });
  });

  it('end in what the server said when it was not expected', () => {
    const error = new Error('Failed to start Workflow', { cause: new Error('7 PERMISSION_DENIED: no') });
    assert.deepEqual(errorLines(error), ['error: Failed to start Workflow: 7 PERMISSION_DENIED: no']);
  });
});
