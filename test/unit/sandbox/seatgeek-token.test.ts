import assert from 'node:assert/strict';
import { ask, askFeed, JSON_TYPE, openSandbox, seatGeekToken } from './talk.js';

const good = {
  client_id: 'sandbox-seatgeek-client',
  client_secret: 'sandbox-seatgeek-secret',
  audience: 'https://ringside.seatgeek.com',
  grant_type: 'client_credentials',
};

describe('sandbox SeatGeek: token', () => {
  it('answers a token of three parts for thirty days', async () => {
    const sandbox = await openSandbox();
    const told = await ask(sandbox.seatgeek.tokenUrl, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(good),
    });
    const answer = JSON.parse(told.text) as Record<string, unknown>;
    assert.equal(told.status, 200);
    assert.equal(answer['expires_in'], 2_592_000);
    assert.equal(answer['token_type'], 'Bearer');
    assert.equal(String(answer['access_token']).split('.').length, 3);
    assert.equal(sandbox.seatgeek.tokenRequests.count, 1);
    assert.equal(sandbox.seatgeek.requests.count, 0);
  });

  const refusals = [
    { what: 'a wrong secret', body: { ...good, client_secret: 'x' }, status: 401, error: 'access_denied' },
    {
      what: 'another audience',
      body: { ...good, audience: 'https://ringside.seatgeek.com/v1' },
      status: 403,
      error: 'access_denied',
    },
    { what: 'another grant', body: { ...good, grant_type: 'password' }, status: 403, error: 'unauthorized_client' },
    { what: 'a missing audience', body: { ...good, audience: undefined }, status: 400, error: 'invalid_request' },
  ];
  for (const { what, body, status, error } of refusals) {
    it(`refuses ${what} as Auth0 does`, async () => {
      const { seatgeek } = await openSandbox();
      const told = await ask(seatgeek.tokenUrl, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
      assert.equal(told.status, status);
      assert.equal((JSON.parse(told.text) as Record<string, unknown>)['error'], error);
    });
  }

  it('refuses a form-encoded body', async () => {
    const { seatgeek } = await openSandbox();
    assert.equal((await ask(seatgeek.tokenUrl, { method: 'POST', body: new URLSearchParams(good) })).status, 400);
  });

  it('refuses the feed without a token, with a message', async () => {
    const sandbox = await openSandbox();
    const told = await askFeed(sandbox, '', 'nonsense');
    assert.equal(told.status, 401);
    assert.deepEqual(JSON.parse(told.text), { message: 'Unauthorized' });
  });

  it('refuses a revoked token until a new one is fetched', async () => {
    const sandbox = await openSandbox({ faults: [{ system: 'seatgeek', kind: 'token-401' }] });
    const token = await seatGeekToken(sandbox);
    const statuses = [await askFeed(sandbox, '', token), await askFeed(sandbox, '', token), await askFeed(sandbox)];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [401, 401, 200],
    );
  });
});
