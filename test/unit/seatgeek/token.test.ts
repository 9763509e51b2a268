import assert from 'node:assert/strict';
import { ConfigError, CredentialsRefusedError, DriftError, TransientError } from '../../../src/errors.js';
import { createTokenSource, type TokenOptions } from '../../../src/seatgeek/token.js';
import { startFakeSeatGeek, TOKEN, type Answer, type FakeSeatGeek } from './fake-seatgeek.js';

describe('SeatGeek tokens', () => {
  let fake: FakeSeatGeek;

  beforeEach(async () => {
    fake = await startFakeSeatGeek();
  });

  afterEach(() => fake.close());

  function tokens(options: Partial<TokenOptions> = {}) {
    const { connection, http, credentials } = fake;
    return createTokenSource({ settings: connection.seatgeek, http, credentials, ...options });
  }

  it('are asked for as JSON with the audience', async () => {
    assert.equal(await tokens().get(), 'token-1');
    const [asked] = fake.tokenRequests;
    assert.equal(asked?.method, 'POST');
    assert.equal(asked.headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(asked.body), {
      grant_type: 'client_credentials',
      client_id: 'the-id',
      client_secret: 'the-secret',
      audience: 'https://ringside.seatgeek.com',
    });
  });

  it('are shared by callers that come at the same time, and kept', async () => {
    const source = tokens();
    const values = await Promise.all([source.get(), source.get(), source.get()]);
    assert.deepEqual([...values, await source.get()], Array(4).fill('token-1'));
    assert.equal(fake.tokenRequests.length, 1);
  });

  it('are renewed five minutes before they expire', async () => {
    let now = 0;
    fake.token = [tokenAnswer('first', 3_600), tokenAnswer('second', 3_600)];
    const source = tokens({ now: () => now });
    await source.get();
    now = 3_299_999;
    assert.equal(await source.get(), 'first');
    now = 3_300_000;
    assert.equal(await source.get(), 'second');
  });

  it('are used for nine tenths of a short life', async () => {
    let now = 0;
    fake.token = [tokenAnswer('first', 100), tokenAnswer('second', 100)];
    const source = tokens({ now: () => now });
    await source.get();
    now = 89_999;
    assert.equal(await source.get(), 'first');
    now = 90_000;
    assert.equal(await source.get(), 'second');
  });

  for (const expires_in of [undefined, 0, -1, null, ''])
    it(`are used for an hour when the answer names no lifetime (${JSON.stringify(expires_in)})`, async () => {
      let now = 0;
      fake.token = [{ body: { access_token: 'first', expires_in } }, tokenAnswer('second', 100)];
      const source = tokens({ now: () => now });
      await source.get();
      now = 3_299_999;
      assert.equal(await source.get(), 'first');
      now = 3_300_000;
      assert.equal(await source.get(), 'second');
    });

  it('are renewed once for all callers whose token was refused', async () => {
    fake.token = [tokenAnswer('first', 3_600), tokenAnswer('second', 3_600), tokenAnswer('third', 3_600)];
    const source = tokens();
    const refused = await source.get();
    const again = (): Promise<string> => {
      source.drop(refused);
      return source.get();
    };
    assert.deepEqual(await Promise.all([again(), again()]), ['second', 'second']);
    assert.equal(await again(), 'second');
    assert.equal(fake.tokenRequests.length, 2);
  });

  it('are asked for again after a refusal, with the credentials as they are then', async () => {
    const secrets = ['wrong', 'right'];
    fake.token = [{ status: 401, body: { error: 'access_denied' } }, TOKEN];
    const source = tokens({
      credentials: () => Promise.resolve({ clientId: 'id', clientSecret: secrets.shift() ?? '' }),
    });
    await assert.rejects(source.get(), CredentialsRefusedError);
    assert.equal(await source.get(), 'token-1');
    assert.match(fake.tokenRequests[1]?.body ?? '', /"right"/);
  });

  for (const status of [400, 401, 403]) {
    it(`name the setting and the missing grant when the endpoint answers ${status}`, async () => {
      fake.token = [{ status, body: { error: 'access_denied', error_description: 'Client is not authorized' } }];
      await assert.rejects(tokens().get(), (error) => {
        assert.ok(error instanceof CredentialsRefusedError);
        assert.equal(error.code, 'seatgeek-credentials-refused');
        assert.equal(error.setting, 'seatgeek.clientSecret');
        assert.match(error.message, new RegExp(`status ${status}\\): Client is not authorized$`));
        assert.match(error.hint, /grant for the Ringside audience/);
        return true;
      });
    });
  }

  const others: [string, Answer, new (...args: never[]) => Error, string][] = [
    ['wait when there are too many requests', { status: 429, text: '' }, TransientError, 'seatgeek-rate-limited'],
    ['wait for an outage', { status: 503, text: '<html>' }, TransientError, 'seatgeek-unavailable'],
    ['wait for an outage with 500', { status: 500, text: '' }, TransientError, 'seatgeek-unavailable'],
    ['wait when the endpoint ran out of time', { status: 408, text: '' }, TransientError, 'seatgeek-unavailable'],
    ['stop when the endpoint is elsewhere', { status: 300, body: {} }, ConfigError, 'seatgeek-address-wrong'],
    ['wait when the answer is cut off', { text: '{"access_' }, TransientError, 'seatgeek-answer-cut'],
    ['wait when the answer breaks off', 'cut', TransientError, 'seatgeek-unreachable'],
    ['wait when no answer comes in time', 'hang', TransientError, 'seatgeek-timeout'],
    [
      'wait when the answer is longer than any token',
      { text: 'x'.repeat(70_000) },
      TransientError,
      'seatgeek-too-large',
    ],
    ['wait when a web page comes', { text: '<html></html>' }, TransientError, 'seatgeek-not-json'],
    ['stop when the answer holds no token', { body: { ok: true } }, DriftError, 'seatgeek-token-missing'],
    ['stop when there is no such endpoint', { status: 404, text: '' }, ConfigError, 'seatgeek-address-wrong'],
  ];
  for (const [title, answer, kind, code] of others) {
    it(title, async () => {
      fake.token = [answer];
      await assert.rejects(tokens({ timeoutMs: answer === 'hang' ? 50 : 10_000 }).get(), (error) => {
        assert.ok(error instanceof kind);
        assert.ok('code' in error);
        assert.equal(error.code, code);
        return true;
      });
    });
  }

  it('come with any status of success', async () => {
    fake.token = [{ status: 299, body: { access_token: 'token-1' } }];
    assert.equal(await tokens().get(), 'token-1');
  });

  it('hand on what is no failure of the network', async () => {
    const bug = new RangeError('a bug');
    const http = { ...fake.http, request: () => Promise.reject(bug) };
    await assert.rejects(tokens({ http }).get(), bug);
  });

  it('never show the id or the secret in an error, even when the endpoint repeats them', async () => {
    fake.token = [{ status: 401, body: { message: 'bad', client_secret: 'the-secret', client_id: 'the-id' } }];
    await assert.rejects(tokens().get(), (error) => {
      assert.ok(error instanceof Error);
      assert.doesNotMatch(error.message, /the-/);
      return true;
    });
  });
});

function tokenAnswer(token: string, expiresInS: number): Answer {
  return { body: { access_token: token, expires_in: expiresInS } };
}
