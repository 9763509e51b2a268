import assert from 'node:assert/strict';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import type { ConfigureAnswer } from '../../src/activities/answers.js';
import type { ConfigureRequest, UpsertRequest } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import type { ShownRejectedUser } from '../../src/contract/rejection-reasons.js';
import { idle, withConnection } from '../world/scripted-connection.js';
import { failure, Gate, PAGE_SIZE, ScriptedFeed } from '../world/scripted-feed.js';

const OLD = { name: 'arena', version: 'old' };
const NEW = { name: 'arena', version: 'new' };

/** What a file says is up to the test: the real check is `test/end-to-end/configure.test.ts`. */
function takes(feed: ScriptedFeed, settings: Partial<ScriptedFeed['settings']> = {}): void {
  feed.activities.configureConnection = ({ reimport }: ConfigureRequest) =>
    Promise.resolve({
      settings: {
        name: 'arena',
        seatgeekHost: 'ringside.example',
        haloHost: 'halo.example',
        pageSize: PAGE_SIZE,
        integratorEnabled: true,
        intervalMs: 900_000,
        ...feed.settings,
        ...settings,
      },
      answer: { changes: [{ place: 'version', before: 'old', after: 'new' }], effects: ['some'], reimport },
    });
}

const withOld = (feed: ScriptedFeed, body: (handle: WorkflowHandle) => Promise<void>): Promise<void> =>
  withConnection(feed, body, [OLD]);

const configure = (handle: WorkflowHandle, file?: unknown, options?: unknown): Promise<ConfigureAnswer> =>
  handle.executeUpdate<ConfigureAnswer, [unknown, unknown]>('configure', { args: [file, options] });

const versionOf = ({ config }: Pick<UpsertRequest, 'config'>): unknown => 'version' in config && config.version;

/** The message of the innermost cause. */
function reasonOf(error: unknown): string {
  assert.ok(error instanceof WorkflowUpdateFailedError, String(error));
  let cause: unknown = error;
  while (cause instanceof Error && cause.cause instanceof Error) cause = cause.cause;
  return cause instanceof Error ? cause.message : '';
}

describe('the update configure', function () {
  this.timeout(90_000);

  const refused: [string, unknown[], RegExp][] = [
    ['no object', ['file'], /one JSON object/],
    ['a list', [[NEW]], /one JSON object/],
    ['nothing', [], /one JSON object/],
    ['the file of another connection', [{ name: 'stadium' }], /name: must be that of this connection, arena/],
    ['a file that is too large', [{ ...NEW, notes: 'x'.repeat(300_000) }], /larger than 256 KB/],
    ['an unknown option', [NEW, { reimprot: true }], /second argument/],
    ['an option of another type', [NEW, { reimport: 'yes' }], /second argument/],
  ];
  for (const [what, args, reason] of refused) {
    it(`refuses ${what} before anything of it is recorded`, () => {
      const feed = new ScriptedFeed(5);
      return withOld(feed, async (handle) => {
        await untilStatus(handle, idle);
        await assert.rejects(configure(handle, args[0], args[1]), (error) => {
          assert.match(reasonOf(error), reason);
          return true;
        });
        assert.ok(!feed.calls.includes('configureConnection'));
        const { events } = await handle.fetchHistory();
        const accepted = events?.filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes != null);
        assert.deepEqual(accepted, []);
      });
    });
  }

  it('lets the connection go on unchanged when the worker does not accept the file', () => {
    const feed = new ScriptedFeed(5);
    feed.activities.configureConnection = () => Promise.reject(failure('config-invalid'));
    const versions: unknown[] = [];
    feed.beforeWrite = (request) => Promise.resolve(void versions.push(versionOf(request)));
    return withOld(feed, async (handle) => {
      await untilStatus(handle, idle);
      await assert.rejects(configure(handle, NEW), (error) => {
        assert.match(reasonOf(error), /scripted config-invalid/);
        return true;
      });
      feed.events = 8;
      await handle.signal('sync-now');
      await untilStatus(handle, (status) => idle(status) && status.cursor === 'c8');
      assert.deepEqual(versions, ['old', 'old']);
    });
  });

  it('goes on with the new file from the next page, and drops the page that was read ahead', () => {
    const feed = new ScriptedFeed(40);
    takes(feed);
    const gate = new Gate();
    const pages: [unknown, string | null][] = [];
    const read: unknown[] = [];
    const fetch = feed.activities.fetchChangeEvents.bind(feed.activities);
    feed.activities.fetchChangeEvents = (request) => {
      read.push([versionOf(request), request.page.cursor]);
      return fetch(request);
    };
    feed.beforeWrite = (request) => {
      pages.push([versionOf(request), request.page.cursor]);
      // Comes to its end whether or not the interruption gets there before the gate is opened.
      return request.page.cursor === 'c10' ? gate.reached() : Promise.resolve();
    };
    return withOld(feed, async (handle) => {
      await gate.arrived;
      while (read.length < 3) await untilStatus(handle, () => true);
      const answer = await configure(handle, NEW);
      assert.deepEqual(answer.changes, [{ place: 'version', before: 'old', after: 'new' }]);
      gate.open();
      await untilStatus(handle, idle);
      assert.deepEqual(pages, [
        ['old', null],
        ['old', 'c10'],
        ['new', 'c20'],
        ['new', 'c30'],
      ]);
      assert.deepEqual(read.slice(2), [
        ['old', 'c20'],
        ['new', 'c20'],
        ['new', 'c30'],
      ]);
      assert.equal(new Set(feed.written).size, 40);
      assert.equal(feed.written.length, 40);
    });
  });

  it('is kept when the import continues as new', () => {
    const feed = new ScriptedFeed(150);
    takes(feed, { pageSize: 5 });
    const gate = new Gate();
    const pages: [unknown, number][] = [];
    feed.beforeWrite = (request) => {
      pages.push([versionOf(request), request.page.limit]);
      return request.page.cursor === null ? gate.pass() : Promise.resolve();
    };
    return withOld(feed, async (handle) => {
      await gate.arrived;
      const { runId } = await handle.describe();
      await configure(handle, NEW);
      gate.open();
      await untilStatus(handle, idle);
      assert.notEqual((await handle.describe()).runId, runId);
      assert.deepEqual(pages[0], ['old', 10]);
      assert.ok(pages.slice(1).every(([version, limit]) => version === 'new' && limit === 5));
      assert.equal(new Set(feed.written).size, 150);
    });
  });

  it('has a shorter interval count at once, also while it waits', () => {
    const feed = new ScriptedFeed(5);
    takes(feed, { intervalMs: 1_000 });
    return withOld(feed, async (handle) => {
      await untilStatus(handle, (status) => idle(status) && status.nextRunAt !== null);
      await configure(handle, NEW);
      const { lastRun } = await untilStatus(handle, (status) => idle(status) && status.lastRun?.trigger === 'interval');
      assert.equal(lastRun?.outcome, 'completed');
    });
  });

  it('reads all history again when that is asked for', () => {
    const feed = new ScriptedFeed(25);
    takes(feed);
    return withOld(feed, async (handle) => {
      await untilStatus(handle, idle);
      const answer = await configure(handle, NEW, { reimport: true });
      assert.equal(answer.reimport, true);
      const status = await untilStatus(handle, (now) => idle(now) && now.lastRun?.trigger === 'clear-cursor');
      assert.deepEqual([status.epoch, status.cursor, status.lastRun?.events], [1, 'c25', 25]);
    });
  });

  it('has a connection that fails try again at once, with the page it failed at', () => {
    const feed = new ScriptedFeed(20);
    takes(feed);
    feed.beforeWrite = (request) =>
      versionOf(request) === 'old' && request.page.cursor === 'c10'
        ? Promise.reject(failure('column-missing'))
        : Promise.resolve();
    return withOld(feed, async (handle) => {
      await untilStatus(handle, ({ phase, run }) => phase === 'failing' && run === null);
      await configure(handle, NEW);
      const status = await untilStatus(handle, idle);
      assert.deepEqual([status.cursor, status.lastRun?.trigger, status.lastError], ['c20', 'configure', null]);
    });
  });

  it('has rejected people tried again with the next run, however long they were to wait', () => {
    const feed = new ScriptedFeed(5);
    takes(feed);
    feed.refused.add('person-3');
    return withOld(feed, async (handle) => {
      await untilStatus(handle, idle);
      const entry = async (): Promise<ShownRejectedUser | undefined> =>
        (await handle.query<ShownRejectedUser[]>('rejected'))[0];
      for (let attempts = 1; attempts < 4; attempts++) {
        await handle.signal('retry-rejected');
        while ((await entry())?.attempts !== attempts + 1) await untilStatus(handle, () => true);
      }
      assert.match((await entry())?.hint ?? '', /Correct/);
      feed.refused.clear();
      await configure(handle, NEW);
      await handle.signal('sync-now');
      await untilStatus(handle, (status) => idle(status) && status.rejectedUsers === 0);
      assert.ok(feed.written.includes('person-3'));
    });
  });
});

describe('the updates preview and trace', function () {
  this.timeout(90_000);

  const refused: [string, unknown, RegExp, unknown?][] = [
    ['preview', 0, /from 1 to 100/],
    ['preview', 101, /from 1 to 100/],
    ['preview', 1.5, /from 1 to 100/],
    ['preview', 'all', /from 1 to 100/],
    ['trace', 'ann@example.com', /must not enter the history/],
    ['trace', 'email:ann', /starter trace/],
    ['trace', `email:${'0'.repeat(64)}`, /starter trace/],
    ['trace', '', /SeatGeek ID/],
    ['trace', 'Ann Smith', /SeatGeek ID/],
    ['trace', undefined, /SeatGeek ID/],
    ['preview', 5, /publicKey/, { publicKey: 'short' }],
    ['trace', 'sg-1', /publicKey/, 'a key'],
  ];
  it('refuse what they can not use, and record none of it', () =>
    withOld(new ScriptedFeed(5), async (handle) => {
      await untilStatus(handle, idle);
      for (const [update, argument, reason, ...asker] of refused) {
        await assert.rejects(handle.executeUpdate(update, { args: [argument, ...asker] }), (error) => {
          assert.match(reasonOf(error), reason);
          return true;
        });
      }
      const history = historyToJSON(await handle.fetchHistory());
      const inHistory = (value: unknown): boolean =>
        history.includes(Buffer.from(JSON.stringify(value)).toString('base64'));
      assert.ok(inHistory(OLD) && !inHistory('ann@example.com'));
    }));

  it('are refused with the worker’s reason', () =>
    withOld(new ScriptedFeed(5), async (handle) => {
      await untilStatus(handle, idle);
      for (const [update, argument] of [
        ['preview', 10],
        ['trace', 'sg-1'],
      ] as const) {
        await assert.rejects(handle.executeUpdate(update, { args: [argument] }), (error) => {
          assert.ok(error instanceof WorkflowUpdateFailedError);
          assert.equal(error.cause !== undefined && 'type' in error.cause && error.cause.type, 'site-missing');
          return true;
        });
      }
    }));
});
