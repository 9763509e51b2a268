import assert from 'node:assert/strict';
import { countedHttp } from '../../../src/activities/counted-http.js';
import { measuredActivities } from '../../../src/activities/measured-activities.js';
import { timedBudget } from '../../../src/activities/timed-budget.js';
import type { ConnectionFile } from '../../../src/connection/schema.js';
import { createBudget, type Budget } from '../../../src/halo/limit/budget.js';
import { HttpFailure, type Http } from '../../../src/http/http.js';
import { createMetrics, type Answer } from '../../../src/metrics/metrics.js';
import { ScriptedFeed } from '../../world/scripted-feed.js';
import { FakeClock, settled } from '../halo/fake-clock.js';
import { recordingMeter } from './recording-meter.js';

const CONFIG: ConnectionFile = {
  name: 'arena',
  seatgeek: { clientId: { secret: 'seatgeek-id' }, clientSecret: { secret: 'seatgeek-secret' } },
  halo: { url: 'https://acme.halopsa.com', clientId: { secret: 'halo-id' }, clientSecret: { secret: 'halo-secret' } },
  users: { seatgeekIdField: 'CFSeatGeekID', defaultSite: 18, fieldMappings: [{ from: 'first_name', to: 'name' }] },
};

/** Answers these statuses one after the other; 0 is no answer. */
function answering(...statuses: number[]): Http {
  return {
    request: () => {
      const status = statuses.shift() ?? 200;
      if (status === 0) return Promise.reject(new HttpFailure('reset', true));
      return Promise.resolve({ status, contentType: '', text: '', retryAfterMs: undefined });
    },
    close: () => Promise.resolve(),
  };
}

const get = (url: string): Parameters<Http['request']>[0] => ({ method: 'GET', url: new URL(url), timeoutMs: 1 });

describe('counted requests', () => {
  it('are told apart by their answers', async () => {
    const answers: Answer[] = [];
    const statuses = [200, 201, 302, 404, 429, 500, 503, 0];
    const http = countedHttp(answering(...statuses), 'https://halo.example/api', (answer) => answers.push(answer));
    for (const status of statuses) {
      const request = http.request(get('https://halo.example/api/Users?search=x'));
      await (status === 0 ? assert.rejects(request, HttpFailure) : request);
    }
    assert.deepEqual(answers, ['2xx', '2xx', '3xx', '4xx', '429', '5xx', '5xx', 'none']);
  });

  it('are those of the API, not those for tokens or to another path that begins alike', async () => {
    let count = 0;
    const http = countedHttp(answering(), 'https://halo.example/api', () => (count += 1));
    for (const url of [
      'https://halo.example/auth/token',
      'https://halo.example/apis',
      'https://elsewhere.example/api/Users',
    ])
      await http.request(get(url));
    assert.equal(count, 0);
  });
});

describe('the measured budget', () => {
  const LIMIT = { requests: 2, perSeconds: 10 };

  /** Halo answers one request with 429 and wants five seconds. */
  async function refuse(budget: Budget): Promise<void> {
    const release = await budget.acquire({ connection: 'arena', limit: LIMIT });
    release({ retryAfterMs: 5_000 });
  }

  it('tells the seconds of each request that had to wait, and of no other', async () => {
    const clock = new FakeClock();
    const waits: number[] = [];
    const budget = timedBudget(createBudget(clock), (seconds) => waits.push(seconds), clock);
    let served = 0;
    for (let n = 0; n < 3; n++)
      void budget.acquire({ connection: 'arena', limit: LIMIT }).then((release) => {
        served += 1;
        release();
      });
    await settled();
    assert.deepEqual([served, waits], [2, []]);
    await clock.runUntil(() => served === 3);
    assert.equal(waits.length, 1);
    assert.equal(Math.round(waits[0] ?? 0), LIMIT.perSeconds);
  });

  it('still tells its caller of the wait, and passes on that Halo closed it', async () => {
    const clock = new FakeClock();
    const budget = timedBudget(
      createBudget(clock, () => 0),
      () => undefined,
      clock,
    );
    await refuse(budget);
    const until: number[] = [];
    let served = false;
    void budget
      .acquire({ connection: 'arena', limit: LIMIT, onWait: (at) => until.push(at) })
      .then(() => (served = true));
    await clock.runUntil(() => served);
    assert.equal(until.at(-1), clock.now());
    assert.ok(clock.now() >= 5_000, `${clock.now()}`);
  });

  it('counts a wait that was given up', async () => {
    const clock = new FakeClock();
    let waits = 0;
    const budget = timedBudget(
      createBudget(clock, () => 0),
      () => (waits += 1),
      clock,
    );
    await refuse(budget);
    const stop = new AbortController();
    const waiting = budget.acquire({ connection: 'arena', limit: LIMIT, signal: stop.signal });
    stop.abort(new Error('told to stop'));
    await assert.rejects(waiting, /told to stop/);
    assert.equal(waits, 1);
  });
});

describe("the share of Halo's window that is used", () => {
  it('counts requests under way and those of the last window, and falls by itself', async () => {
    const clock = new FakeClock();
    const budget = createBudget(clock);
    const meter = recordingMeter();
    const metrics = createMetrics(meter.meter);
    metrics.watchWindow('acme.halopsa.com', () => budget.use());
    const use = (): number | undefined => {
      metrics.sampleWindows();
      return meter.values('seatgeek_halo_window_use_ratio')['halo=acme.halopsa.com'];
    };
    assert.equal(use(), 0);
    const limit = { requests: 4, perSeconds: 10 };
    const release = await budget.acquire({ connection: 'arena', limit });
    await budget.acquire({ connection: 'arena', limit });
    assert.equal(use(), 0.5);
    release();
    assert.equal(use(), 0.5);
    const later = clock.sleep(11_000).then(() => true);
    await clock.runUntil(() => clock.now() >= 11_000);
    assert.ok(await later);
    assert.equal(use(), 0.25);
  });
});

describe('measured activities', () => {
  const run = { id: 'r', pass: 'p', from: null };
  const page = { cursor: null, limit: 10 };

  it('count the people of a page by outcome and time each step', async () => {
    const [meter, feed] = [recordingMeter(), new ScriptedFeed(5)];
    feed.refused.add('person-1');
    const activities = measuredActivities(
      { ...feed.activities, notify: () => Promise.resolve() },
      createMetrics(meter.meter),
    );
    await activities.fetchChangeEvents({ config: CONFIG, run, page });
    await activities.mapUsers({ config: CONFIG, run, page });
    await activities.upsertUsers({ config: CONFIG, run, page });
    assert.deepEqual(meter.values('seatgeek_halo_people_total'), {
      'connection=arena,outcome=created': 4,
      'connection=arena,outcome=matched_by_email': 0,
      'connection=arena,outcome=updated': 0,
      'connection=arena,outcome=unchanged': 0,
      'connection=arena,outcome=deactivated': 0,
      'connection=arena,outcome=skipped': 0,
      'connection=arena,outcome=rejected': 1,
    });
    assert.deepEqual(meter.values('seatgeek_halo_page_seconds'), {
      'connection=arena,step=fetch': 1,
      'connection=arena,step=map': 1,
      'connection=arena,step=write': 1,
    });
  });

  it('count a step that failed nowhere', async () => {
    const [meter, feed] = [recordingMeter(), new ScriptedFeed(5)];
    feed.beforeWrite = () => Promise.reject(new Error('no'));
    const activities = measuredActivities(
      { ...feed.activities, notify: () => Promise.resolve() },
      createMetrics(meter.meter),
    );
    await assert.rejects(activities.upsertUsers({ config: CONFIG, run, page }));
    assert.deepEqual(meter.values('seatgeek_halo_people_total'), {});
  });

  it('count messages to a webhook that went out and those that did not', async () => {
    const meter = recordingMeter();
    let fails = true;
    const notify = (): Promise<void> => (fails ? Promise.reject(new Error('no')) : Promise.resolve());
    const activities = measuredActivities({ ...new ScriptedFeed(0).activities, notify }, createMetrics(meter.meter));
    const change = { phase: 'idle', before: null, code: null, message: null, hint: null, at: '' } as const;
    await assert.rejects(activities.notify({ config: CONFIG, change }));
    fails = false;
    await activities.notify({ config: CONFIG, change });
    assert.deepEqual(meter.values('seatgeek_halo_notifications_total'), {
      'connection=arena,result=failed': 1,
      'connection=arena,result=sent': 1,
    });
  });
});
