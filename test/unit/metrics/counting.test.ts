import assert from 'node:assert/strict';
import { countedHttp } from '../../../src/activities/counted-http.js';
import { measuredActivities } from '../../../src/activities/measured-activities.js';
import { connectionSchema, type ConnectionFile } from '../../../src/connection/schema.js';
import { createHaloClient, type HaloClient } from '../../../src/halo/api/client.js';
import { createBudget } from '../../../src/halo/limit/budget.js';
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

describe('the waits for the limit of Halo', () => {
  const connection = connectionSchema.parse({
    ...CONFIG,
    halo: { ...CONFIG.halo, rateLimit: { requests: 2, perSeconds: 10 } },
  });
  const tokens = {
    get: () => Promise.resolve('token'),
    drop: () => undefined,
    renew: () => Promise.resolve('token'),
    credentials: undefined,
  };

  function open(clock: FakeClock): { client: HaloClient; waits: number[] } {
    const waits: number[] = [];
    const client = createHaloClient({
      connection,
      http: answering(),
      secrets: () => Promise.resolve({ clientId: '', clientSecret: '' }),
      tokens,
      budget: createBudget(clock),
      clock,
      onWaited: (seconds) => waits.push(seconds),
    });
    return { client, waits };
  }

  it('are told in seconds for each request that had to wait, and for no other', async () => {
    const clock = new FakeClock();
    const { client, waits } = open(clock);
    let served = 0;
    for (let n = 0; n < 3; n++) void client.post('/Users', []).then(() => (served += 1));
    await settled();
    assert.deepEqual([served, waits], [2, []]);
    await clock.runUntil(() => served === 3);
    assert.deepEqual(waits.map(Math.round), [10]);
  });

  it('are told also where they were given up', async () => {
    const clock = new FakeClock();
    const { client, waits } = open(clock);
    await Promise.all([client.post('/Users', []), client.post('/Users', [])]);
    const stop = new AbortController();
    const waiting = client.post('/Users', [], { signal: stop.signal });
    await settled();
    stop.abort(new Error('told to stop'));
    await assert.rejects(waiting, /told to stop/);
    assert.equal(waits.length, 1);
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
