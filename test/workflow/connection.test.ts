import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { ValidationReport } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { RejectedUser } from '../../src/workflows/rejected.js';
import { idle, withConnection } from '../world/scripted-connection.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';

async function searchAttributes(handle: WorkflowHandle): Promise<Record<string, unknown>> {
  const { typedSearchAttributes } = await handle.describe();
  return Object.fromEntries(typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]));
}

describe('the connection workflow', function () {
  this.timeout(90_000);

  it('imports all history page by page and then waits for the interval', () =>
    withConnection(new ScriptedFeed(35), async (handle) => {
      const status = await untilStatus(handle, idle);
      assert.equal(status.cursor, 'c35');
      assert.deepEqual(
        [status.lastRun?.trigger, status.lastRun?.outcome, status.lastRun?.pages, status.lastRun?.events],
        ['start', 'completed', 4, 35],
      );
      assert.deepEqual([status.lastRun?.created, status.lastRun?.people], [35, 35]);
      assert.notEqual(status.nextRunAt, null);
    }));

  it('takes what a step says of the pages that it went on with, one after the other', async () => {
    const feed = new ScriptedFeed(65);
    feed.goesOn = 2;
    feed.refused.add('person-14');
    await withConnection(feed, async (handle) => {
      const status = await untilStatus(handle, idle);
      assert.deepEqual(
        [status.cursor, status.lastRun?.pages, status.lastRun?.events, status.lastRun?.created, status.rejectedUsers],
        ['c65', 7, 65, 64, 1],
      );
      const [refused] = await handle.query<RejectedUser[]>('rejected');
      assert.deepEqual(refused?.page, { cursor: 'c10', limit: 10 });
      assert.equal(feed.calls.filter((call) => call === 'upsertUsers').length, 3);
    });
  });

  it('writes each person once though the import continues as new in the middle', async () => {
    const feed = new ScriptedFeed(200);
    await withConnection(feed, async (handle) => {
      const status = await untilStatus(handle, idle);
      assert.equal(status.lastRun?.created, 200);
      assert.equal(status.lastRun.pages, 20);
      assert.deepEqual(
        feed.written,
        Array.from({ length: 200 }, (_, index) => `person-${index}`),
      );
      const { raw } = await handle.describe();
      const first = raw.workflowExecutionInfo?.firstRunId;
      assert.notEqual(first, raw.workflowExecutionInfo?.execution?.runId);
    });
  });

  it('shows phase, hosts and rejected people as search attributes, also after continue-as-new', async () => {
    const feed = new ScriptedFeed(12);
    feed.refused.add('person-3');
    await withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      await handle.signal('sync-now');
      await untilStatus(handle, (status) => idle(status) && status.lastRun?.trigger === 'sync-now');
      const attributes = await searchAttributes(handle);
      assert.equal(attributes.SeatGeekConnection, 'arena');
      assert.equal(attributes.HaloInstance, 'halo.example');
      assert.equal(attributes.ConnectionPhase, 'idle');
      assert.equal(attributes.RejectedUsers, 1);
      assert.ok(attributes.LastSyncedAt instanceof Date);
    });
  });

  it('imports the first 100 events while the integrator is off and leaves the cursor alone', async () => {
    const feed = new ScriptedFeed(250, { integratorEnabled: false, pageSize: 1_000 });
    await withConnection(feed, async (handle) => {
      await handle.signal('import-100');
      const status = await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
      assert.deepEqual([status.phase, status.integrator, status.cursor], ['paused', 'off', null]);
      assert.deepEqual([status.sampleImport?.events, status.sampleImport?.created], [100, 100]);
      assert.equal(feed.written.length, 100);
    });
  });

  it('lets clear-cursor win over the page in flight and reads all history again', async () => {
    const feed = new ScriptedFeed(20);
    const gate = new Gate();
    feed.beforeWrite = () => gate.pass();
    await withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('clear-cursor');
      feed.beforeWrite = () => Promise.resolve();
      const status = await untilStatus(handle, (now) => idle(now) && now.lastRun?.trigger === 'clear-cursor');
      assert.deepEqual([status.epoch, status.cursor, status.lastRun?.pages], [1, 'c20', 2]);
      assert.equal(new Set(feed.written).size, 20);
    });
  });

  it('stops in mid-page on pause, costs no timer, and goes on from the settled page on resume', async () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.pass() : Promise.resolve());
    await withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('pause', 'stock-take');
      const paused = await untilStatus(handle, ({ phase, run }) => phase === 'paused' && run === null);
      assert.deepEqual([paused.cursor, paused.nextRunAt, paused.lastRun?.outcome], ['c10', null, 'stopped']);
      feed.beforeWrite = () => Promise.resolve();
      await handle.signal('resume');
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.cursor, status.lastRun?.trigger], ['c30', 'resume']);
      assert.deepEqual(
        feed.written,
        Array.from({ length: 30 }, (_, index) => `person-${index}`),
      );
    });
  });

  it('goes on when pause and resume come faster than the page ends', async () => {
    const feed = new ScriptedFeed(20);
    const gate = new Gate();
    feed.beforeWrite = () => gate.pass();
    await withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('pause');
      await handle.signal('resume');
      feed.beforeWrite = () => Promise.resolve();
      gate.open();
      const status = await untilStatus(handle, idle);
      assert.equal(status.cursor, 'c20');
      assert.equal(new Set(feed.written).size, 20);
    });
  });

  it('shows an expected error with the way out, keeps the cursor, and recovers by signal', async () => {
    const feed = new ScriptedFeed(20);
    feed.beforeWrite = ({ page }) =>
      page.cursor === 'c10' ? Promise.reject(failure('halo-credentials-refused')) : Promise.resolve();
    await withConnection(feed, async (handle) => {
      const failing = await untilStatus(handle, ({ phase, run }) => phase === 'failing' && run === null);
      assert.equal(failing.cursor, 'c10');
      assert.deepEqual(
        [failing.lastError?.code, failing.lastError?.hint, failing.lastRun?.outcome],
        ['halo-credentials-refused', 'do this', 'failed'],
      );
      feed.beforeWrite = () => Promise.resolve();
      await handle.signal('sync-now');
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.cursor, status.lastError], ['c20', null]);
    });
  });

  it('waits for clear-cursor when the cursor expired, and never starts over by itself', async () => {
    const feed = new ScriptedFeed(20);
    feed.beforeWrite = ({ page }) =>
      page.cursor === 'c10' ? Promise.reject(failure('cursor-expired')) : Promise.resolve();
    await withConnection(feed, async (handle) => {
      const expired = await untilStatus(handle, ({ phase, run }) => phase === 'cursor-expired' && run === null);
      assert.deepEqual([expired.cursor, expired.nextRunAt], ['c10', null]);
      feed.beforeWrite = () => Promise.resolve();
      await handle.signal('clear-cursor');
      assert.equal((await untilStatus(handle, idle)).cursor, 'c20');
    });
  });

  it('tries rejected people again on the next run and forgets who is accepted', async () => {
    const feed = new ScriptedFeed(30);
    feed.refused.add('person-4').add('person-25');
    await withConnection(feed, async (handle) => {
      assert.equal((await untilStatus(handle, idle)).rejectedUsers, 2);
      const [first] = await handle.query<RejectedUser[]>('rejected');
      assert.deepEqual(
        [first?.seatgeekId, first?.code, first?.page.cursor, first?.attempts],
        ['person-4', 'halo-refused', null, 1],
      );
      feed.refused.delete('person-4');
      await handle.signal('sync-now');
      const status = await untilStatus(handle, (now) => idle(now) && now.rejectedUsers === 1);
      assert.equal(status.cursor, 'c30');
      assert.ok(feed.written.includes('person-4'));
    });
  });

  it('tries all rejected people at once on retry-rejected', async () => {
    const feed = new ScriptedFeed(10);
    feed.refused.add('person-4');
    await withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      await handle.signal('retry-rejected');
      await untilStatus(handle, ({ pending }) => pending.length === 0);
      const tried = async (): Promise<number> => (await handle.query<RejectedUser[]>('rejected'))[0]?.attempts ?? 0;
      while ((await tried()) < 2) await pauseFor(50);
      feed.refused.clear();
      await handle.signal('retry-rejected');
      assert.equal(
        (await untilStatus(handle, ({ rejectedUsers }) => rejectedUsers === 0)).lastRun?.outcome,
        'completed',
      );
    });
  });

  it('fails at the first start when the file does not parse, and names the place', async () => {
    const feed = new ScriptedFeed(10);
    feed.activities.readConnection = () => Promise.reject(failure('config-invalid'));
    await withConnection(feed, async (handle) => {
      await assert.rejects(handle.result(), (error: Error) => {
        assert.match(String(error.cause), /scripted config-invalid/);
        return true;
      });
    });
  });

  it('ignores signals it does not know', async () => {
    await withConnection(new ScriptedFeed(10), async (handle) => {
      await handle.signal('make-coffee');
      assert.equal((await untilStatus(handle, idle)).cursor, 'c10');
    });
  });

  it('answers the update validate while it waits', async () => {
    await withConnection(new ScriptedFeed(10), async (handle) => {
      await untilStatus(handle, idle);
      const report = await handle.executeUpdate<ValidationReport, []>('validate');
      assert.equal(report.ok, true);
    });
  });
});
