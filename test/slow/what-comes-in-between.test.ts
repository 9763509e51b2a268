/** What comes while a connection is at something else: signals, files, errors. */
import assert from 'node:assert/strict';
import type { ConfigureAnswer } from '../../src/activities/answers.js';
import type { UpsertRequest } from '../../src/activities/types.js';
import { untilStatus } from '../../src/demo/waiting.js';
import { ConnectionPhase } from '../../src/temporal/search-attributes.js';
import type { Status } from '../../src/workflows/status.js';
import { idle, withConnection } from '../world/scripted-connection.js';
import { until } from '../world/until.js';
import { failure, Gate, ScriptedFeed } from '../world/scripted-feed.js';

const isPage = ({ only, takeEvents }: UpsertRequest): boolean => only === undefined && takeEvents === undefined;
const sampleIsOver = ({ sampleImport, pending }: Status): boolean =>
  sampleImport?.outcome != null && !pending.includes('import-100');
const ran = (trigger: string) => (status: Status) =>
  status.run === null && status.pending.length === 0 && status.lastRun?.trigger === trigger;

describe('what comes in between', function () {
  this.timeout(120_000);

  it('an approve that comes while the run is counted lets it go on', async () => {
    const feed = new ScriptedFeed(30);
    await withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      feed.events = 60;
      const counting = new Gate();
      feed.beforeWrite = async ({ past }) => {
        if (past === undefined) return;
        await counting.reached();
        throw failure('brake-held');
      };
      await handle.signal('sync-now');
      await counting.arrived;
      await handle.signal('approve');
      counting.open();
      const status = await untilStatus(handle, ran('approve'));
      assert.deepEqual([status.phase, status.lastRun?.outcome, feed.written.length], ['idle', 'completed', 60]);
    });
  });

  it('retry-rejected waits while the brake holds, and is served after approve', async () => {
    const feed = new ScriptedFeed(30);
    feed.refused.add('person-3');
    await withConnection(feed, async (handle) => {
      await untilStatus(handle, idle);
      feed.events = 60;
      const requests: UpsertRequest[] = [];
      feed.beforeWrite = (request) => {
        requests.push(request);
        return isPage(request) && request.past !== undefined
          ? Promise.reject(failure('brake-held'))
          : Promise.resolve();
      };
      await handle.signal('sync-now');
      await untilStatus(handle, ({ phase }) => phase === 'held');
      feed.refused.clear();
      await handle.signal('retry-rejected');
      // An update is answered after the signal before it was heard.
      await handle.executeUpdate('validate');
      assert.deepEqual([requests.filter((request) => !isPage(request)).length, feed.written.length], [0, 29]);
      await handle.signal('approve');
      await untilStatus(handle, (status) => idle(status) && status.rejectedUsers === 0);
      assert.equal(new Set(feed.written).size, 60);
    });
  });

  for (const [code, signals] of [
    ['brake-held', ['pause']],
    ['cursor-expired', ['pause', 'clear-cursor']],
  ] as const)
    it(`the list of workflows shows as paused what was paused after ${code}`, async () => {
      const feed = new ScriptedFeed(30);
      feed.beforeWrite = () => Promise.reject(failure(code));
      await withConnection(feed, async (handle) => {
        await untilStatus(handle, ({ phase }) => phase === 'held' || phase === 'cursor-expired');
        for (const signal of signals) await handle.signal(signal);
        await until(async () => (await handle.describe()).typedSearchAttributes.get(ConnectionPhase) === 'paused');
        feed.beforeWrite = () => Promise.resolve();
        await handle.signal('resume');
        await untilStatus(handle, (status) => idle(status) && feed.written.length === 30);
      });
    });

  it('a page that can not be retried keeps neither the others from it nor the connection from being well', async () => {
    const feed = new ScriptedFeed(30);
    feed.refused.add('person-3').add('person-13').add('person-23');
    await withConnection(feed, async (handle) => {
      feed.beforeWrite = ({ only, page }) =>
        only !== undefined && page.cursor === null ? Promise.reject(failure('seatgeek-refused')) : Promise.resolve();
      await untilStatus(handle, idle);
      feed.refused.clear();
      await handle.signal('retry-rejected');
      await untilStatus(handle, ({ rejectedUsers }) => rejectedUsers === 1);
      const { phase, lastError } = await untilStatus(handle, idle);
      assert.deepEqual([phase, lastError], ['idle', null]);
    });
  });

  for (const before of ['clear-cursor', 'configure'] as const)
    it(`a pause stops a sample import for good, also where ${before} came before it`, async () => {
      const feed = new ScriptedFeed(50, { integratorEnabled: false });
      const writing = new Gate();
      let writes = 0;
      feed.beforeWrite = async () => {
        writes += 1;
        // As a request under way that is seen to its end.
        if (writes === 1) await writing.reached();
      };
      await withConnection(feed, async (handle) => {
        await handle.signal('import-100');
        await writing.arrived;
        if (before === 'clear-cursor') await handle.signal(before);
        else await handle.executeUpdate(before, { args: [{ name: 'arena' }] });
        await handle.signal('pause', 'stop it');
        writing.open();
        await untilStatus(handle, sampleIsOver);
        assert.equal(writes, 1);
      });
    });

  it('a sample import that works leaves the reason why a run is held, or has failed, on view', async () => {
    for (const [code, phase] of [
      ['brake-held', 'held'],
      ['column-missing', 'failing'],
    ] as const) {
      const feed = new ScriptedFeed(30);
      await withConnection(feed, async (handle) => {
        await untilStatus(handle, idle);
        feed.beforeWrite = (request) => (isPage(request) ? Promise.reject(failure(code)) : Promise.resolve());
        feed.events = 60;
        await handle.signal('sync-now');
        await untilStatus(handle, (status) => status.phase === phase);
        await handle.signal('import-100');
        const status = await untilStatus(handle, sampleIsOver);
        assert.deepEqual(
          [status.sampleImport?.outcome, status.phase, status.lastError?.code],
          ['completed', phase, code],
        );
      });
    }
  });

  it('a sample import after clear-cursor in the first import writes no old image', async () => {
    const feed = new ScriptedFeed(30);
    const writing = new Gate();
    const requests: UpsertRequest[] = [];
    feed.beforeWrite = (request) => {
      requests.push(request);
      return request.page.cursor === 'c10' ? writing.pass() : Promise.resolve();
    };
    await withConnection(feed, async (handle) => {
      await writing.arrived;
      await handle.signal('pause');
      await handle.signal('clear-cursor');
      writing.open();
      await handle.signal('import-100');
      await untilStatus(handle, sampleIsOver);
      assert.equal(requests.find(({ takeEvents }) => takeEvents !== undefined)?.newestOnly, true);
    });
  });

  it('a read-ahead that failed while a page was written is read anew when its turn comes', async () => {
    const feed = new ScriptedFeed(20);
    const failed = new Gate();
    let fetches = 0;
    feed.beforeFetch = () => {
      fetches += 1;
      if (fetches !== 2) return Promise.resolve();
      failed.open();
      return Promise.reject(failure('seatgeek-unavailable'));
    };
    feed.beforeWrite = () => failed.opened;
    await withConnection(feed, async (handle) => {
      const { lastRun } = await untilStatus(handle, ran('start'));
      assert.deepEqual([lastRun?.outcome, lastRun?.pages, fetches], ['completed', 2, 3]);
    });
  });

  it('a configure that is answered while the running file is read anew keeps its settings', async () => {
    const feed = new ScriptedFeed(20);
    const reading = new Gate();
    const limits = new Set<number>();
    const { activities } = new ScriptedFeed(20);
    const settings = await activities.readConnection({ name: 'arena' });
    let inForce = settings;
    feed.activities.readConnection = async () => {
      const read = inForce;
      await reading.reached();
      return read;
    };
    const answer: ConfigureAnswer = { changes: [{ place: 'x', before: 1, after: 2 }], effects: [], reimport: false };
    feed.activities.configureConnection = () => {
      inForce = { ...settings, pageSize: 5 };
      return Promise.resolve({ settings: inForce, answer });
    };
    feed.activities.fetchChangeEvents = (request) => {
      limits.add(request.page.limit);
      return activities.fetchChangeEvents(request);
    };
    // Carried by an older version, whose settings are read anew.
    const carried = { version: 1, settingsVersion: 0, settings, integrator: 'on', due: 'start', cursor: null };
    await withConnection(
      feed,
      async (handle) => {
        await reading.arrived;
        await handle.executeUpdate('configure', { args: [{ name: 'arena', changed: true }] });
        reading.open();
        await untilStatus(handle, idle);
        assert.deepEqual([...limits], [5]);
      },
      [{ name: 'arena' }, carried],
    );
  });
});
