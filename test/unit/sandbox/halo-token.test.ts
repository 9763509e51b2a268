import assert from 'node:assert/strict';
import { ask, askHalo, haloToken, JSON_TYPE, openSandbox } from './talk.js';

const good = {
  grant_type: 'client_credentials',
  client_id: 'sandbox-halo-client',
  client_secret: 'sandbox-halo-secret',
  scope: 'all',
};

describe('sandbox Halo: token', () => {
  it('answers a token for an hour to a form', async () => {
    const { halo } = await openSandbox();
    const told = await ask(`${halo.url}/auth/token?tenant=acme`, { method: 'POST', body: new URLSearchParams(good) });
    const answer = JSON.parse(told.text) as Record<string, unknown>;
    assert.deepEqual(
      [told.status, answer['expires_in'], answer['token_type'], answer['scope']],
      [200, 3_600, 'Bearer', 'all'],
    );
    assert.deepEqual([halo.tokenRequests.count, halo.requests.count], [1, 0]);
  });

  it('refuses a JSON body', async () => {
    const { halo } = await openSandbox();
    const told = await ask(`${halo.url}/auth/token`, {
      method: 'POST',
      headers: JSON_TYPE,
      body: JSON.stringify(good),
    });
    assert.equal(told.status, 400);
  });

  const refusals = [
    { what: 'a wrong secret', form: { ...good, client_secret: 'x' }, halo: {}, status: 400, error: 'invalid_client' },
    {
      what: 'a wrong secret by its other status',
      form: { ...good, client_secret: 'x' },
      halo: { wrongSecret: 401 },
      status: 401,
      error: 'invalid_client',
    },
    {
      what: 'another grant',
      form: { ...good, grant_type: 'password' },
      halo: {},
      status: 400,
      error: 'unsupported_grant_type',
    },
    { what: 'an unknown scope', form: { ...good, scope: 'everything' }, halo: {}, status: 400, error: 'invalid_scope' },
    { what: 'a missing tenant', form: good, halo: { tenant: 'required' }, status: 400, error: 'invalid_request' },
  ] as const;
  for (const { what, form, halo, status, error } of refusals) {
    it(`refuses ${what}`, async () => {
      const sandbox = await openSandbox({ halo });
      const told = await ask(`${sandbox.halo.url}/auth/token`, { method: 'POST', body: new URLSearchParams(form) });
      assert.deepEqual([told.status, (JSON.parse(told.text) as Record<string, unknown>)['error']], [status, error]);
    });
  }

  it('refuses the API without a token and after the token has expired', async () => {
    let now = Date.now();
    const sandbox = await openSandbox({ now: () => now });
    const bearer = await haloToken(sandbox);
    assert.equal((await askHalo(sandbox, '/Users', { bearer: 'x' })).status, 401);
    assert.equal((await askHalo(sandbox, '/Users', { bearer })).status, 200);
    now += 3_600_001;
    assert.equal((await askHalo(sandbox, '/Users', { bearer })).status, 401);
  });

  it('tells where to log in without a token', async () => {
    const { halo } = await openSandbox();
    assert.match((await ask(`${halo.url}/api/authinfo`)).text, /auth_url.*tenant_id/);
  });
});

describe('sandbox Halo: rights', () => {
  const cases = [
    { rights: 'read-only', path: '/Users', json: [{ name: 'A', site_id: 18 }], status: 403 },
    { rights: 'read-only', path: '/Users', json: undefined, status: 200 },
    { rights: 'no-field-info', path: '/FieldInfo', json: undefined, status: 403 },
    { rights: 'no-users', path: '/Users', json: undefined, status: 403 },
  ] as const;
  for (const { rights, path, json, status } of cases) {
    it(`answers ${status} to ${json === undefined ? 'GET' : 'POST'} ${path} with ${rights}`, async () => {
      const sandbox = await openSandbox({ halo: { rights } });
      assert.equal((await askHalo(sandbox, path, { json })).status, status);
    });
  }

  it('shows empty lists to an agent who sees nothing', async () => {
    const sandbox = await openSandbox({ halo: { rights: 'sees-nothing' } });
    assert.match((await askHalo(sandbox, '/Users?includeinactive=true')).text, /"record_count":0/);
  });
});

describe('sandbox Halo: rate limit', () => {
  const NOW = Date.UTC(2026, 10, 23, 12, 0, 0, 500);

  it('refuses in the words of the real one once the window is full', async () => {
    const sandbox = await openSandbox({ halo: { rateLimit: { requests: 2, perSeconds: 300 } } });
    const bearer = await haloToken(sandbox);
    const told = [];
    for (let n = 0; n < 3; n += 1) told.push(await askHalo(sandbox, '/Site/18', { bearer }));
    assert.deepEqual(
      told.map(({ status }) => status),
      [200, 200, 429],
    );
    assert.equal(told[2]!.text, 'Rate Limit Reached - 2 Requests per rolling 5 minute window.');
    assert.equal(told[2]!.headers.get('retry-after'), null);
  });

  const headers = [
    { retryAfter: 'seconds', header: '300' },
    { retryAfter: 'date', header: 'Mon, 23 Nov 2026 12:05:01 GMT' },
  ] as const;
  for (const { retryAfter, header } of headers) {
    it(`says how long in ${retryAfter}, and lets in again then`, async () => {
      let now = NOW;
      const sandbox = await openSandbox({
        now: () => now,
        halo: { retryAfter, rateLimit: { requests: 1, perSeconds: 300 } },
      });
      const bearer = await haloToken(sandbox);
      await askHalo(sandbox, '/Site/18', { bearer });
      assert.equal((await askHalo(sandbox, '/Site/18', { bearer })).headers.get('retry-after'), header);
      now += 300_000;
      assert.equal((await askHalo(sandbox, '/Site/18', { bearer })).status, 200);
    });
  }
});
