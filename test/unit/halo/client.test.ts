import assert from 'node:assert/strict';
import { z } from 'zod';
import { ConfigError, SyncError } from '../../../src/errors.js';
import { createHaloClient, type CallOptions, type HaloClientOptions } from '../../../src/halo/api/client.js';
import type { Budget, BudgetRequest, Refusal } from '../../../src/halo/limit/budget.js';
import { HttpFailure } from '../../../src/http/http.js';
import { haloSettings, ScriptedClock, ScriptedHalo, type Answer } from './scripted-halo.js';

const MINUTE_MS = 60_000;

/** Lets everything through, or waits as `waits` says; remembers how each request ended. */
class ScriptedBudget implements Budget {
  readonly asked: BudgetRequest[] = [];
  readonly released: (Refusal | undefined)[] = [];
  looks: number[] = [];
  waits: (request: BudgetRequest) => void | Promise<void> = () => undefined;

  async acquire(request: BudgetRequest): Promise<(refusal?: Refusal) => void> {
    this.asked.push(request);
    await this.waits(request);
    const place = this.released.push(undefined) - 1;
    let isOver = false;
    return (refusal) => {
      if (!isOver) this.released[place] = refusal ?? { retryAfterMs: 0 };
      isOver = true;
    };
  }

  async ready(request: BudgetRequest, requests = 0): Promise<void> {
    this.looks.push(requests);
    await this.waits(request);
  }

  use(): number {
    return 0;
  }
}

function open(answers: Answer[] = [], options: Partial<HaloClientOptions> = {}) {
  const halo = new ScriptedHalo();
  const clock = new ScriptedClock();
  const budget = new ScriptedBudget();
  halo.answers = answers;
  const client = createHaloClient({
    connection: { name: 'arena', halo: haloSettings() },
    http: halo,
    secrets: () => Promise.resolve({ clientId: 'gate-keeper', clientSecret: 'record' }),
    budget,
    clock,
    ...options,
  });
  const ask = (method: string, call: CallOptions = {}): Promise<unknown> => {
    if (method === 'GET') return client.get('/Users/12', z.unknown(), {}, call);
    return method === 'POST' ? client.post('/Users', [{ id: 1 }], call) : client.delete('/Address/7', call);
  };
  return { halo, clock, budget, client, ask };
}

async function failureOf(asked: Promise<unknown>): Promise<SyncError> {
  const error = await asked.then(
    () => assert.fail('it was answered'),
    (thrown: unknown) => thrown,
  );
  assert.ok(error instanceof SyncError, String(error));
  return error;
}

const page = { contentType: 'text/html', text: 'x' };
const lost = (kind: HttpFailure['kind'], sent = true): HttpFailure => new HttpFailure(kind, sent);

describe('a request to Halo', () => {
  it('goes to the API below halo.url with the token, as JSON, and is limited in time and size', async () => {
    const { halo, client } = open();
    await client.get('/Users', z.unknown(), { page_no: 1, search: undefined, includeinactive: true });
    await client.post('/Users', [{ id: 1 }]);
    await client.delete('/Address/7');
    assert.deepEqual(
      halo.asked.map(({ method, url, headers, body }) => [method, url.href, headers, body]),
      [
        [
          'GET',
          'https://acme.halopsa.com/api/Users?page_no=1&includeinactive=true',
          { authorization: 'Bearer token-1', accept: 'application/json' },
          undefined,
        ],
        [
          'POST',
          'https://acme.halopsa.com/api/Users',
          { authorization: 'Bearer token-1', accept: 'application/json', 'content-type': 'application/json' },
          '[{"id":1}]',
        ],
        [
          'DELETE',
          'https://acme.halopsa.com/api/Address/7',
          { authorization: 'Bearer token-1', accept: 'application/json' },
          undefined,
        ],
      ],
    );
    assert.deepEqual(
      halo.asked.map(({ timeoutMs, maxBytes }) => [timeoutMs, maxBytes]),
      Array(3).fill([MINUTE_MS, 32 * 1_024 * 1_024]),
    );
    assert.deepEqual([halo.tokenRequests.length, client.requests], [1, 3]);
  });

  it('may be given another time limit', async () => {
    const { halo, ask } = open([], { timeoutMs: 400 });
    await ask('GET');
    assert.deepEqual([halo.asked[0]?.timeoutMs, halo.tokenRequests[0]?.timeoutMs], [400, 400]);
  });

  const answered: readonly (readonly [string, Answer, unknown])[] = [
    ['GET', { text: '{"a":1}' }, { a: 1 }],
    ['GET', { status: 299, text: '[]' }, []],
    ['POST', { status: 201, text: '{"id":1}' }, { id: 1 }],
    ['POST', { status: 204, text: '' }, null],
    ['POST', { text: ' \n' }, null],
    ['DELETE', { text: '' }, undefined],
    ['DELETE', { status: 404, text: '' }, undefined],
    ['DELETE', { status: 410, text: '' }, undefined],
    ['DELETE', { status: 400, text: '{"Message":"The address could not be found."}' }, undefined],
    ['DELETE', { status: 400, text: '{"Message":"Address not found"}' }, undefined],
    ['DELETE', { status: 400, text: '{"Message":"It does not exist"}' }, undefined],
    ['DELETE', { status: 400, text: '{"Message":"It no longer exists"}' }, undefined],
  ];
  for (const [method, answer, json] of answered)
    it(`is answered: ${method}, ${JSON.stringify(answer)}`, async () => {
      const { halo, ask } = open([answer]);
      assert.deepEqual(await ask(method), json);
      assert.equal(halo.asked.length, 1);
    });

  const ONCE = 1;
  const AGAIN = 3;
  const failures: readonly (readonly [string, Answer, string, object, number])[] = [
    ['GET', { text: '{"a":' }, 'halo-answer-unreadable', {}, AGAIN],
    ['GET', { text: '' }, 'halo-answer-unreadable', {}, AGAIN],
    ['GET', { status: 408 }, 'halo-unavailable', { retryAfterMs: undefined }, AGAIN],
    ['GET', { status: 500 }, 'halo-unavailable', {}, AGAIN],
    ['GET', { status: 503, retryAfterMs: 2_000 }, 'halo-unavailable', { retryAfterMs: 2_000 }, AGAIN],
    ['GET', { status: 503, retryAfterMs: 10_001 }, 'halo-unavailable', { retryAfterMs: 10_001 }, ONCE],
    ['GET', lost('connect', false), 'halo-unreachable', {}, AGAIN],
    ['GET', lost('timeout'), 'halo-unreachable', {}, AGAIN],
    ['GET', lost('too-large'), 'halo-unreachable', {}, AGAIN],
    ['GET', { status: 300 }, 'halo-url-wrong', { place: 'halo.url' }, ONCE],
    ['GET', { status: 399 }, 'halo-url-wrong', {}, ONCE],
    ['GET', { status: 403, text: '{}' }, 'halo-forbidden', { status: 403, isPage: false }, ONCE],
    ['GET', { status: 403, ...page }, 'halo-forbidden', { status: 403, isPage: true }, ONCE],
    ['GET', { status: 400, ...page }, 'halo-refused', { status: 400 }, ONCE],
    ['POST', { text: '<html>' }, 'halo-answer-lost', { mayStillRun: false, status: null }, ONCE],
    ['POST', { status: 500 }, 'halo-answer-lost', { mayStillRun: false, status: 500, retryAfterMs: undefined }, ONCE],
    [
      'POST',
      { status: 502, retryAfterMs: 2_000 },
      'halo-answer-lost',
      { mayStillRun: true, status: 502, retryAfterMs: 2_000 },
      ONCE,
    ],
    ['POST', { status: 408 }, 'halo-answer-lost', { mayStillRun: true, status: 408 }, ONCE],
    ['POST', lost('timeout'), 'halo-answer-lost', { mayStillRun: true, status: null }, ONCE],
    ['POST', lost('reset'), 'halo-answer-lost', { mayStillRun: true, status: null }, ONCE],
    ['POST', lost('too-large'), 'halo-answer-lost', { mayStillRun: false, status: null }, ONCE],
    ['POST', lost('connect', false), 'halo-unreachable', {}, AGAIN],
    ['POST', { status: 302, text: '' }, 'halo-forbidden', { status: 302, isPage: true }, ONCE],
    ['POST', { status: 403, text: '{}' }, 'halo-forbidden', { status: 403, isPage: false }, ONCE],
    ['POST', { status: 400, ...page }, 'halo-forbidden', { status: 400, isPage: true }, ONCE],
    ['POST', { status: 404, text: ' \n <p>' }, 'halo-forbidden', { status: 404, isPage: true }, ONCE],
    ['POST', { status: 400, text: '"a < b"' }, 'halo-refused', { status: 400, reason: 'a   b' }, ONCE],
    ['POST', { status: 400, text: '{"Message":"invalid site"}' }, 'halo-refused', { reason: 'invalid site' }, ONCE],
    ['DELETE', { status: 400, text: '{"Message":"invalid site"}' }, 'halo-refused', { reason: 'invalid site' }, ONCE],
    ['DELETE', { status: 500 }, 'halo-answer-lost', { status: 500 }, ONCE],
    ['DELETE', lost('reset'), 'halo-answer-lost', { mayStillRun: true }, ONCE],
  ];
  for (const [method, answer, code, members, times] of failures)
    it(`fails: ${method}, ${answer instanceof HttpFailure ? answer.kind : JSON.stringify(answer)}`, async () => {
      const { halo, client, ask } = open([answer]);
      const failure = await failureOf(ask(method));
      assert.deepEqual({ code: failure.code, ...pick(failure, members) }, { code, ...members });
      assert.deepEqual([halo.asked.length, client.requests], [times, times]);
    });

  it('says in its failure which kind of request it was, and who forbids it', async () => {
    const said = async (method: string, answer: Answer): Promise<string> =>
      (await failureOf(open([answer]).ask(method))).message;
    assert.equal(await said('POST', lost('reset')), 'Halo gave no answer to a POST request (reset).');
    assert.equal(await said('POST', { status: 502 }), 'Halo answered a POST request with status 502.');
    assert.equal(
      await said('GET', { status: 403 }),
      'Halo forbids a GET request to this API application (status 403).',
    );
    assert.match(await said('POST', { status: 403, ...page }), /^Something in front of Halo forbids a POST request/);
  });

  it('that may be repeated is so twice, after half a second and a second, or as Halo says', async () => {
    for (const [retryAfterMs, sleeps] of [
      [undefined, [500, 1_000]],
      [10_000, [10_000, 10_000]],
    ] as const) {
      const failing = { status: 503, retryAfterMs };
      const { clock, halo, ask } = open([failing, failing, { text: '7' }]);
      assert.equal(await ask('GET'), 7);
      assert.deepEqual([clock.sleeps, halo.asked.length], [sleeps, 3]);
    }
  });

  it('that is answered in another shape says where, without the number of the record', async () => {
    const { client, halo } = open([{ text: '{"users":[{"id":"x"}]}' }]);
    const schema = z.object({ users: z.array(z.object({ id: z.number() })) });
    const failure = await failureOf(client.get('/Users/123/x4', schema));
    assert.equal(failure.code, 'halo-answer-unreadable');
    assert.match(failure.message, /GET \/Users\/…\/x… has another shape than expected \(at users\.0\.id\)/);
    assert.equal(halo.asked.length, 1);
  });

  it('that is refused shows neither the values of the person nor the credentials', async () => {
    const text = '{"Message":"invalid user for gate-keeper and record"}';
    const hide = (): { field: string; value: string }[] => [{ field: 'surname', value: 'user' }];
    const { ask } = open([{ status: 400, text }]);
    const { message } = await failureOf(ask('POST', { hide }));
    assert.match(message, /invalid <surname> for <clientId> and <clientSecret>$/);
    assert.match((await failureOf(ask('POST'))).message, /invalid user for <clientId> and <clientSecret>$/);
  });

  it('is not sent where only a person can open the way', async () => {
    const closed = new ConfigError('certificate-refused', 'no', 'no', 'halo.url');
    const { ask, budget } = open([closed]);
    assert.equal(await failureOf(ask('POST')), closed);
    assert.deepEqual(budget.released, [{ retryAfterMs: 0 }], 'its place is given back');
  });

  it('is sent once more with a new token after 401, and then the credentials count as refused', async () => {
    const { halo, ask, budget } = open([{ status: 401 }, { status: 401 }, { text: '7' }]);
    const failure = await failureOf(ask('POST'));
    assert.deepEqual(
      [failure.code, pick(failure, { setting: 0 })],
      ['halo-unauthorized', { setting: 'halo.clientId' }],
    );
    assert.equal(await ask('POST'), 7);
    assert.deepEqual(
      halo.asked.map(({ headers }) => headers?.['authorization']),
      ['Bearer token-1', 'Bearer token-2', 'Bearer token-3'],
    );
    assert.equal(budget.released.length, 3);
  });

  it('uses the tokens that it is given, and a new one when it is told to', async () => {
    let renewals = 0;
    const tokens = {
      get: () => Promise.resolve('theirs'),
      drop: () => undefined,
      renew: () => Promise.resolve(`${(renewals += 1)}`),
      credentials: undefined,
    };
    const { halo, ask, client } = open([{ status: 400, text: '"invalid site"' }], { tokens });
    assert.match((await failureOf(ask('POST'))).message, /invalid site/);
    assert.equal(halo.asked[0]?.headers?.['authorization'], 'Bearer theirs');
    await client.authenticate();
    assert.deepEqual([renewals, halo.tokenRequests.length], [1, 0]);
  });

  it('is told to who counts it, and not sent for who was told to stop', async () => {
    const { ask, halo } = open([{ status: 503 }]);
    let told = 0;
    const onRequest = (): void => void (told += 1);
    await failureOf(ask('GET', { onRequest }));
    assert.deepEqual([told, halo.asked.length], [3, 3]);
    const stop = new AbortController();
    halo.onAsked = () => stop.abort(new Error('told to stop'));
    await assert.rejects(ask('GET', { signal: stop.signal }), /told to stop/);
    assert.equal(halo.asked.length, 4);
  });
});

describe("a request under Halo's limit", () => {
  const limited: Answer = { status: 429, text: 'x' };

  it('asks for its place with the name and the limit of the connection, and gives it back once it is answered', async () => {
    const { ask, budget } = open([{ status: 429, retryAfterMs: 5_000 }, {}]);
    await ask('POST');
    assert.deepEqual(
      budget.asked.map(({ connection, limit }) => [connection, limit]),
      Array(2).fill(['arena', { requests: 300, perSeconds: 300 }]),
    );
    assert.deepEqual(budget.released, [{ retryAfterMs: 5_000 }, { retryAfterMs: 0 }]);
  });

  it('is sent again after each of five refusals, and is given back after the sixth', async () => {
    const through = open([...Array<Answer>(5).fill(limited), { text: '7' }]);
    assert.equal(await through.ask('POST'), 7);
    const stuck = open([limited]);
    const failure = await failureOf(stuck.ask('POST'));
    assert.deepEqual(
      [failure.code, pick(failure, { retryAfterMs: 0 })],
      ['halo-rate-limited', { retryAfterMs: MINUTE_MS }],
    );
    assert.equal(stuck.halo.asked.length, 6);
  });

  for (const [retryAfterMs, times] of [
    [6 * MINUTE_MS, 2],
    [6 * MINUTE_MS + 1, 1],
  ] as const)
    it(`is ${times === 2 ? 'sent again' : 'given back'} where Halo asks for a wait of ${retryAfterMs} ms`, async () => {
      const { ask, halo } = open([{ status: 429, retryAfterMs }, { text: '7' }]);
      if (times === 2) assert.equal(await ask('GET'), 7);
      else assert.deepEqual(pick(await failureOf(ask('GET')), { retryAfterMs: 0 }), { retryAfterMs });
      assert.equal(halo.asked.length, times);
    });

  it('that does not wait is given back at the first refusal', async () => {
    const { ask, halo } = open([limited]);
    assert.equal((await failureOf(ask('GET', { isTriedAgain: false }))).code, 'halo-rate-limited');
    assert.equal(halo.asked.length, 1);
  });

  it('that does not wait is not sent when its turn comes after more than ten seconds, and gives its place back', async () => {
    for (const [waitMs, sent] of [
      [10_000, 1],
      [10_001, 0],
    ] as const) {
      const { ask, halo, budget, clock, client } = open();
      clock.time = 5_000;
      budget.waits = () => void (clock.time += waitMs);
      const asked = ask('GET', { isTriedAgain: false });
      if (sent === 1) await asked;
      else assert.equal((await failureOf(asked)).code, 'halo-rate-limited');
      assert.deepEqual([halo.asked.length, client.requests], [sent, sent]);
      assert.deepEqual(budget.released, [{ retryAfterMs: 0 }]);
      if (sent === 0) await ask('GET');
    }
  });

  it('tells of its wait, how long it was, and that it is over; others say nothing', async () => {
    const waited: number[] = [];
    const { ask, budget, clock, client } = open([], { onWaited: (seconds) => waited.push(seconds) });
    const told: (number | null)[] = [];
    const onWait = (until: number | null): void => void told.push(until);
    await ask('GET', { onWait });
    assert.deepEqual([told, waited], [[], []]);
    budget.waits = ({ onWait: tell }) => {
      tell?.(4_000);
      clock.time += 1_000;
      tell?.(5_000);
      clock.time += 1_500;
    };
    await ask('GET', { onWait });
    assert.deepEqual([told, waited], [[4_000, 5_000, null], [2.5]]);
    await client.ready({ onWait }, 4);
    await client.ready();
    assert.deepEqual(
      [told.slice(3), waited.slice(1), budget.looks],
      [
        [4_000, 5_000, null],
        [2.5, 2.5],
        [4, 1],
      ],
    );
    budget.waits = ({ onWait: tell }) => {
      tell?.(4_000);
      clock.time -= 1_000;
    };
    await ask('GET');
    assert.equal(waited.at(-1), 0, 'a clock that was set back');
  });

  it('stays on view while others of the same caller wait', async () => {
    const { ask, budget } = open();
    const told: (number | null)[] = [];
    const call = { onWait: (until: number | null): void => void told.push(until) };
    const turns: (() => void)[] = [];
    budget.waits = ({ onWait }) => {
      onWait?.(1);
      return new Promise((resolve) => turns.push(resolve));
    };
    const both = [ask('GET', call), ask('GET', call)];
    while (turns.length < 2) await new Promise(setImmediate);
    turns[0]?.();
    await both[0];
    assert.deepEqual(told, [1, 1]);
    turns[1]?.();
    await both[1];
    assert.deepEqual(told, [1, 1, null]);
  });
});

/** The members of an error that are named by another object's. */
function pick(error: Error, members: object): object {
  const all = Object.fromEntries(Object.entries(error));
  return Object.fromEntries(Object.keys(members).map((name) => [name, all[name]]));
}
