import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LastSyncedAt, RejectedUsers } from '../../../src/temporal/search-attributes.js';
import { startTimeSkipping } from '../../world/time-skipping.js';

describe('the time-skipping test server', function () {
  this.timeout(180_000);

  it('skips time and knows our search attributes', async function () {
    const env = await startTimeSkipping();
    if ('skip' in env) {
      console.log(`      skipped: ${env.skip}`);
      return this.skip();
    }
    const before = await env.currentTimeMs();
    await env.sleep('15 minutes');
    const passed = (await env.currentTimeMs()) - before;
    await env.client.workflow.start('anything', {
      workflowId: 'here',
      taskQueue: 'none',
      typedSearchAttributes: [
        { key: LastSyncedAt, value: new Date(0) },
        { key: RejectedUsers, value: 1 },
      ],
    });
    await env.teardown();
    assert.ok(passed >= 15 * 60_000);
  });

  it('says why where it can not be had', async () => {
    const cacheDir = await mkdtemp(join(tmpdir(), 'test-server-'));
    const nothing = await startTimeSkipping({ env: { PATH: '' }, cacheDir, pips: [] });
    await rm(cacheDir, { recursive: true });
    assert.ok('skip' in nothing);
    assert.match(nothing.skip, /could not be fetched/);
  });
});
