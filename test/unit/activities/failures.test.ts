import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { toFailure } from '../../../src/activities/failures.js';
import {
  BadRecordError,
  ConfigError,
  CredentialsRefusedError,
  CursorExpiredError,
  DriftError,
  TransientError,
} from '../../../src/errors.js';

function failureOf(error: unknown): ApplicationFailure {
  const failure = toFailure(error);
  assert.ok(failure instanceof ApplicationFailure);
  return failure;
}

describe('errors as Temporal failures', () => {
  for (const error of [
    new ConfigError('config-invalid', 'users.defaultSite: is missing', 'Correct the file.', 'users.defaultSite'),
    new CredentialsRefusedError(
      'halo-credentials-refused',
      'Halo refuses.',
      'Correct the secret.',
      'halo.clientSecret',
    ),
    new CursorExpiredError('cursor-expired', 'SeatGeek no longer serves the cursor.', 'Send clear-cursor.'),
    new DriftError('column-missing', 'The feed lacks a column.', 'Correct the mapping.'),
    new BadRecordError('halo-refused', 'Halo refuses a person.', 'Correct the person.'),
  ]) {
    it(`end the run and keep code, message and hint: ${error.name}`, () => {
      const { type, message, nonRetryable, details } = failureOf(error);
      assert.deepEqual([type, message, nonRetryable, details], [error.code, error.message, true, [error.hint]]);
    });
  }

  it('are tried again when time may cure them, after the wait that the server asked for', () => {
    const { type, nonRetryable, nextRetryDelay } = failureOf(
      new TransientError('halo-rate-limited', 'Halo limits requests.', { retryAfterMs: 41_999.2 }),
    );
    assert.deepEqual([type, nonRetryable, nextRetryDelay], ['halo-rate-limited', false, 42_000]);
    const plain = failureOf(new TransientError('halo-unavailable', 'Halo is down.'));
    assert.ok(plain.nextRetryDelay === undefined || plain.nextRetryDelay === null);
  });

  it('never carry the text or the cause of an error of an unknown kind', () => {
    const failure = failureOf(new RangeError('Ada Byron <ada@example.org>', { cause: new Error('secret') }));
    assert.equal(failure.type, 'internal');
    assert.equal(failure.nonRetryable, false);
    assert.doesNotMatch(JSON.stringify([failure.message, failure.details, failure.cause, failure.stack]), /Ada|secret/);
  });

  for (const [asked, delay] of [
    [0, 1_000],
    [-5_000, 1_000],
    [120_000, 120_000],
  ] as const) {
    it(`wait unseen for at most two minutes, and at least a second: ${asked} ms`, () => {
      const { nextRetryDelay, nonRetryable } = failureOf(new TransientError('x', 'y', { retryAfterMs: asked }));
      assert.deepEqual([nextRetryDelay, nonRetryable], [delay, false]);
    });
  }

  for (const asked of [120_001, 7_200_000, 86_400_000, 2 ** 31, 1e300, Infinity]) {
    it(`end the step when the wait is long, so that it is on view: ${asked} ms`, () => {
      const { details, nonRetryable } = failureOf(new TransientError('x', 'y', { retryAfterMs: asked }));
      assert.equal(nonRetryable, true);
      assert.deepEqual(details?.[1], { retryAfterMs: Math.min(asked, 3_600_000) });
    });
  }

  it('say no time for what is no time', () => {
    const { nextRetryDelay, nonRetryable } = failureOf(new TransientError('x', 'y', { retryAfterMs: NaN }));
    assert.deepEqual([nextRetryDelay ?? null, nonRetryable], [null, false]);
  });

  it('leave a cancellation as it is', () => {
    const cancelled = new CancelledFailure('CANCELLED');
    assert.equal(toFailure(cancelled), cancelled);
  });
});
