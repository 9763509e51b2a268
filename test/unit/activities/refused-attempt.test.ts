import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { ConnectionContexts } from '../../../src/activities/connection-contexts.js';
import { RunMemories } from '../../../src/activities/run-memories.js';
import type { UpsertRequest } from '../../../src/activities/types.js';
import { upsertUsers } from '../../../src/activities/upsert-users.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import type { Http } from '../../../src/http/http.js';
import { connectionFile } from '../connection/sample-file.js';

const SETTLING_MS = 90_000;

/** What an attempt keeps that can't begin, since its worker must not talk to the file's Halo. */
async function keptBy(attempt: number, heartbeatDetails: unknown): Promise<unknown> {
  const http: Http = { request: () => Promise.reject(new Error('asked')), close: () => Promise.resolve() };
  const secrets = { read: () => Promise.resolve('secret'), find: () => Promise.resolve(null) };
  const allowedHosts = parseAllowedHosts('elsewhere.example');
  const contexts = new ConnectionContexts({ http, secrets, allowedHosts, settlingMs: SETTLING_MS });
  const file = connectionFile();
  const request: UpsertRequest = {
    config: { ...file, halo: { ...file.halo, url: 'https://halo.example' } },
    run: { id: 'run', pass: 'run', from: null },
    page: { cursor: null, limit: 1 },
  };
  const environment = new MockActivityEnvironment({ attempt, heartbeatDetails, currentAttemptScheduledTimestampMs: 5 });
  const begin = upsertUsers(contexts, new RunMemories());
  const error = await environment.run(() => begin(request).catch((refused: unknown) => refused));
  assert.ok(error instanceof ApplicationFailure);
  return error.details?.[1];
}

describe('an attempt that can not begin', () => {
  it('keeps that creates of one that died before it may be under way', async () => {
    const kept = { haloRequests: 7, deactivated: '0123abcd', habits: { newestUser: 1_234 } };
    assert.deepEqual(await keptBy(2, kept), { ...kept, createsNotBefore: 5 + SETTLING_MS });
  });

  it('keeps what one that failed by itself has told of that', async () => {
    const kept = { haloRequests: 7, deactivated: '', habits: {}, createsNotBefore: 1_234 };
    assert.deepEqual(await keptBy(3, { ...kept, hasFailed: 1 }), kept);
  });

  it('tells that none may be where it is the first', async () => {
    assert.deepEqual(await keptBy(1, undefined), {
      haloRequests: 0,
      deactivated: '',
      habits: undefined,
      createsNotBefore: 0,
    });
  });
});
