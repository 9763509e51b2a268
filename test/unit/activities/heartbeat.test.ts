import assert from 'node:assert/strict';
import { MockActivityEnvironment } from '@temporalio/testing';
import { withHeartbeat, type EndedAttempt } from '../../../src/activities/heartbeat.js';

/** What Temporal was told last of an attempt that is never heard of again, and knew before it. */
function lastWordOfDead(attempt: number, heartbeatDetails: unknown): unknown {
  let last = heartbeatDetails;
  const environment = new MockActivityEnvironment({ attempt, heartbeatDetails });
  environment.on('heartbeat', (details: unknown) => (last = details));
  void environment.run(() => withHeartbeat(() => Promise.resolve()));
  return last;
}

async function seenBy(attempt: number, heartbeatDetails: unknown): Promise<EndedAttempt | null> {
  const environment = new MockActivityEnvironment({ attempt, heartbeatDetails });
  return environment.run(() => withHeartbeat(({ before }) => Promise.resolve(before)));
}

describe('an attempt at a step', () => {
  const failed = { createsNotBefore: 0, haloRequests: 7, hasFailed: 1 };

  it('knows of the one before that it failed by itself', async () => {
    assert.equal((await seenBy(2, failed))?.hasFailed, true);
  });

  it('that dies before its first heartbeat is not taken for the one before, which failed by itself', async () => {
    const before = await seenBy(3, JSON.parse(JSON.stringify(lastWordOfDead(2, failed))));
    assert.deepEqual([before?.hasFailed, before?.kept], [false, { createsNotBefore: 0, haloRequests: 7 }]);
  });

  it('says nothing at its start where it is the first', () => {
    assert.equal(lastWordOfDead(1, undefined), undefined);
  });
});
