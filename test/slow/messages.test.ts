import assert from 'node:assert/strict';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { withHeartbeat } from '../../src/activities/heartbeat.js';
import type { UpsertRequest } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { Status } from '../../src/workflows/status.js';
import { idle, withConnection } from '../world/scripted-connection.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';

const CONFIG = { name: 'arena' };
const SIGNALS = [
  'pause',
  'resume',
  'clear-cursor',
  'import-100',
  'sync-now',
  'retry-rejected',
  'approve',
  'renew',
  'no-such-signal',
];
const ODD: readonly unknown[] = [2026, -1.5, true, null, {}, { a: { b: [] } }, [], [[1], 'x'], '', 'x'.repeat(1_000)];

function nested(depth: number): unknown {
  let value: unknown = {};
  for (let level = 0; level < depth; level += 1) value = { a: value };
  return value;
}

const paused = ({ phase, run }: Status): boolean => phase === 'paused' && run === null;

/** Until whoever is rejected has been tried again, with whatever came of it. */
async function untilTriedTwice(handle: WorkflowHandle): Promise<void> {
  for (;;) {
    const rejected = await handle.query<readonly { readonly attempts: number }[]>('rejected');
    if (rejected.some(({ attempts }) => attempts > 1)) return;
    await pauseFor(100);
  }
}

/** Never settles while the activity runs, and hears that it is cancelled. */
function hanging(): { gate: Gate; hang: () => Promise<void> } {
  const gate = new Gate();
  return { gate, hang: () => gate.pass() };
}

describe('messages of any kind', function () {
  this.timeout(120_000);

  it('do no harm as arguments of any signal: the connection goes on', () =>
    withConnection(new ScriptedFeed(12), async (handle) => {
      await untilStatus(handle, idle);
      for (const signal of SIGNALS) for (const odd of ODD) await handle.signal(signal, odd, odd);
      await handle.signal('pause', 'x'.repeat(1_000_000));
      const off = await untilStatus(handle, paused);
      assert.equal(off.integrator, 'off');
      await handle.signal('resume', 2026);
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.cursor, status.epoch, status.integrator], ['c12', ODD.length, 'on']);
    }));

  it('are refused as arguments of updates, and queries answer whatever they are asked with', () =>
    withConnection(new ScriptedFeed(12), async (handle) => {
      await untilStatus(handle, idle);
      for (const odd of [...ODD.filter((value) => value !== null), nested(1_000), 'x'.repeat(1_000_000)]) {
        const about = JSON.stringify(odd).slice(0, 40);
        await assert.rejects(handle.executeUpdate('preview', { args: [odd, odd] }), about);
        await assert.rejects(handle.executeUpdate('trace', { args: [odd, odd] }), about);
        await assert.rejects(handle.executeUpdate('configure', { args: [odd, odd] }), about);
        await handle.executeUpdate('validate', { args: [odd] });
        await handle.query('status', odd);
        await handle.query('rejected', odd);
      }
      assert.equal((await untilStatus(handle, idle)).cursor, 'c12');
    }));

  it('are all served when five hundred come at once, also while it continues as new', () => {
    const feed = new ScriptedFeed(12);
    return withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      const { runId } = await handle.describe();
      await Promise.all(
        Array.from({ length: 500 }, (_, index) =>
          handle.signal(['clear-cursor', 'sync-now', 'renew'][index % 3] ?? '', index),
        ),
      );
      const status = await untilStatus(handle, (now) => idle(now) && now.lastRun?.events === 12);
      assert.deepEqual([status.epoch, status.cursor], [167, 'c12']);
      assert.notEqual((await handle.describe()).runId, runId);
    });
  });

  for (const [what, file, code] of [
    ['a file nested 1,000 deep', { name: 'arena', users: nested(1_000) }, /nested deeper than 50 levels/],
    ['a file of more than 256 KB', { name: 'arena', notes: 'x'.repeat(300_000) }, /larger than 256 KB/],
  ] as const) {
    it(`end a first start with ${what}, and change nothing as configure`, () =>
      withConnection(
        new ScriptedFeed(5),
        async (handle) => {
          await assert.rejects(handle.result(), (error) => {
            assert.ok(error instanceof WorkflowFailedError);
            assert.match(error.cause?.message ?? '', code);
            return true;
          });
        },
        [file],
      ));
  }

  for (const forged of [
    5,
    'x',
    [],
    { version: 'x', settings: {}, cursor: 7, rejected: { users: [{}] }, run: [] },
    { settings: { name: 'other' } },
  ]) {
    it(`check the file whatever state is sent with the start: ${JSON.stringify(forged)}`, async () => {
      const feed = new ScriptedFeed(5);
      await withConnection(
        feed,
        async (handle) => {
          await handle.signal('resume');
          const status = await untilStatus(handle, idle);
          assert.deepEqual([status.connection, status.cursor], ['arena', 'c5']);
          assert.ok(feed.calls.includes('readConnection'));
        },
        [CONFIG, forged],
      );
    });
  }
});

describe('what waits and what does not', function () {
  this.timeout(120_000);

  it('runs and serves signals while an update is open, and continues as new when it has answered', () => {
    const feed = new ScriptedFeed(12);
    const gate = new Gate();
    feed.activities.validateConnection = async () => {
      await gate.pass();
      return { ok: true, lines: [] };
    };
    return withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      const { runId } = await handle.describe();
      const open = handle.executeUpdate('validate');
      await gate.arrived;
      feed.events = 30;
      await handle.signal('sync-now');
      await untilStatus(handle, (status) => idle(status) && status.cursor === 'c30');
      await handle.signal('import-100');
      await untilStatus(handle, ({ sampleImport }) => sampleImport?.outcome === 'completed');
      assert.equal((await handle.describe()).runId, runId, 'the update is still answered by this run');
      gate.open();
      await open;
      await handle.signal('renew');
      await untilStatus(handle, idle);
      while ((await handle.describe()).runId === runId) await untilStatus(handle, idle);
    });
  });

  it('continues as new while it is paused, however many signals come', () => {
    const feed = new ScriptedFeed(12, { integratorEnabled: false });
    return withConnection(feed, async (handle) => {
      await untilStatus(handle, paused);
      const { runId } = await handle.describe();
      for (let count = 0; count < 40; count += 1) await handle.signal('sync-now');
      while ((await handle.describe()).runId === runId) await handle.signal('sync-now');
      await handle.signal('resume');
      assert.equal((await untilStatus(handle, idle)).cursor, 'c12');
    });
  });

  it('shows a long wait as failing with the time of the next run, and tries at once on a signal', () => {
    const feed = new ScriptedFeed(12);
    const details = ['wait', { retryAfterMs: 1_800_000 }];
    feed.beforeFetch = () => {
      const error = failure('seatgeek-rate-limited');
      return Promise.reject(Object.assign(error, { details }));
    };
    return withConnection(feed, async (handle) => {
      const status = await untilStatus(handle, ({ phase, nextRunAt }) => phase === 'failing' && nextRunAt !== null);
      const waitMs = Date.parse(status.nextRunAt ?? '') - Date.now();
      assert.ok(waitMs > 1_700_000 && waitMs <= 2_250_000, String(waitMs));
      assert.match(status.waiting?.for ?? '', /seatgeek-rate-limited/);
      feed.beforeFetch = () => Promise.resolve();
      await handle.signal('sync-now');
      assert.equal((await untilStatus(handle, idle)).cursor, 'c12');
    });
  });

  const where: [string, (feed: ScriptedFeed, hang: () => Promise<void>) => void, string | null][] = [
    ['reading a page', (feed, hang) => (feed.beforeFetch = hang), null],
    [
      'mapping a page',
      (feed, hang) => {
        const map = feed.activities.mapUsers.bind(feed.activities);
        feed.activities.mapUsers = async (request) => {
          await hang();
          return map(request);
        };
      },
      null,
    ],
    ['a sample import', (feed, hang) => (feed.beforeFetch = hang), 'import-100'],
    ['a retry', (feed, hang) => (feed.beforeWrite = hang), 'retry-rejected'],
  ];
  for (const [what, set, signal] of where) {
    it(`pauses at once in the middle of ${what}, and goes on when resumed`, () => {
      const feed = new ScriptedFeed(12);
      feed.refused.add('person-3');
      const { gate, hang } = hanging();
      if (signal === null) set(feed, hang);
      return withConnection(feed, async (handle) => {
        if (signal !== null) {
          await untilStatus(handle, idle);
          set(feed, hang);
          await handle.signal(signal);
        }
        await gate.arrived;
        await handle.signal('pause');
        const off = await untilStatus(
          handle,
          ({ phase, run, sampleImport }) => phase === 'paused' && run === null && sampleImport?.outcome !== null,
        );
        assert.equal(off.lastError, null);
        gate.open();
        await handle.signal('resume');
        assert.equal((await untilStatus(handle, idle)).cursor, 'c12');
      });
    });
  }

  const kept = { createsNotBefore: Date.now() + 300_000, haloRequests: 7 };
  const ends: [string, string | null][] = [
    ['fails', null],
    ['fails in a sample import', 'import-100'],
    ['fails in a retry', 'retry-rejected'],
  ];
  for (const [how, signal] of ends) {
    it(`tells the next write until when creates may be under way of one that ${how}, and counts its requests`, () => {
      const feed = new ScriptedFeed(12);
      feed.refused.add('person-3');
      let ended = false;
      const once = (): Promise<void> => {
        if (ended) return Promise.resolve();
        ended = true;
        return Promise.reject(failure('halo-unreachable', true, kept));
      };
      if (signal === null) feed.beforeWrite = once;
      return withConnection(feed, async (handle) => {
        if (signal !== null) {
          await untilStatus(handle, idle);
          feed.beforeWrite = once;
          await handle.signal(signal);
        }
        if (signal === 'retry-rejected') await untilTriedTwice(handle);
        else {
          const failed = await untilStatus(handle, ({ lastError }) => lastError?.code === 'halo-unreachable');
          const report = signal === null ? failed.lastRun : failed.sampleImport;
          assert.equal(report?.haloRequests, 7);
        }
        const next = new Promise<UpsertRequest>((resolve) => {
          feed.beforeWrite = (request) => {
            resolve(request);
            return Promise.resolve();
          };
        });
        await handle.signal('clear-cursor');
        assert.equal((await next).createsNotBefore, kept.createsNotBefore);
      });
    });
  }

  it('tells it too of a write that a pause has ended, and counts its requests', () => {
    const feed = new ScriptedFeed(12);
    const gate = new Gate();
    feed.beforeWrite = () =>
      withHeartbeat(async (running) => {
        running.keep(() => kept);
        await gate.pass();
      });
    return withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('pause');
      const off = await untilStatus(handle, paused);
      assert.deepEqual([off.lastRun?.outcome, off.lastRun?.haloRequests], ['stopped', 7]);
      const next = new Promise<UpsertRequest>((resolve) => {
        feed.beforeWrite = (request) => {
          resolve(request);
          return Promise.resolve();
        };
      });
      await handle.signal('resume');
      assert.equal((await next).createsNotBefore, kept.createsNotBefore);
    });
  });

  it('settles a page that was finished although a pause came', () => {
    const feed = new ScriptedFeed(30);
    const gate = new Gate();
    feed.beforeWrite = ({ page }) => (page.cursor === 'c10' ? gate.reached() : Promise.resolve());
    return withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('pause');
      gate.open();
      const status = await untilStatus(handle, paused);
      assert.deepEqual([status.cursor, status.lastRun?.created], ['c20', 20]);
    });
  });

  it('does not show an error of the epoch before', () => {
    const feed = new ScriptedFeed(12);
    const gate = new Gate();
    feed.beforeWrite = async () => {
      await gate.reached();
      throw failure('halo-credentials-refused');
    };
    return withConnection(feed, async (handle) => {
      await gate.arrived;
      await handle.signal('clear-cursor');
      feed.beforeWrite = () => Promise.resolve();
      gate.open();
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.lastError, status.lastRun?.trigger, status.epoch], [null, 'clear-cursor', 1]);
    });
  });
});
