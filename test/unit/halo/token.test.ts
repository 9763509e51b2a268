import assert from 'node:assert/strict';
import { ConfigError, SyncError } from '../../../src/errors.js';
import { createTokenSource, type HaloTokens } from '../../../src/halo/api/token.js';
import { HttpFailure } from '../../../src/http/http.js';
import { haloSettings, ScriptedClock, ScriptedHalo, type Answer } from './scripted-halo.js';

const CREDENTIALS = { clientId: 'the-id', clientSecret: 'the-secret' };

describe("Halo's tokens", () => {
  const clock = new ScriptedClock();
  let halo: ScriptedHalo;
  beforeEach(() => (halo = new ScriptedHalo()));

  const open = (overrides: object = {}): HaloTokens =>
    createTokenSource({
      halo: haloSettings(overrides),
      http: halo,
      secrets: () => Promise.resolve(CREDENTIALS),
      clock,
      timeoutMs: 400,
    });

  it('are asked for by a form below halo.url, with the tenant where there is one', async () => {
    assert.equal(await open().get(), 'token-1');
    await open({ tenant: 'acme', scope: 'read:customers' }).get();
    const [first, second] = halo.tokenRequests;
    assert.deepEqual(
      { ...first, url: first?.url.href },
      {
        method: 'POST',
        url: 'https://acme.halopsa.com/auth/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
        body: 'grant_type=client_credentials&client_id=the-id&client_secret=the-secret&scope=all',
        timeoutMs: 400,
      },
    );
    assert.equal(second?.url.href, 'https://acme.halopsa.com/auth/token?tenant=acme');
    assert.match(second.body ?? '', /&scope=read%3Acustomers$/);
  });

  for (const [what, given, lifeMs] of [
    ['that live an hour are renewed a minute before their end', { expires_in: 3_600 }, 3_540_000],
    ['that live a minute are used for nine tenths of it', { expires_in: '60' }, 54_000],
    ['that name no lifetime are taken to live an hour', {}, 3_540_000],
    ['that say to be over at once are taken to live an hour', { expires_in: 0 }, 3_540_000],
  ] as const)
    it(what, async () => {
      halo.token = [{ status: 299, text: JSON.stringify({ access_token: 'x', ...given }) }];
      const tokens = open();
      await tokens.get();
      clock.time += lifeMs - 1;
      await tokens.get();
      assert.equal(halo.tokenRequests.length, 1);
      clock.time += 1;
      await tokens.get();
      assert.equal(halo.tokenRequests.length, 2);
    });

  it('leave on view the credentials they were last asked for with', async () => {
    const tokens = open();
    assert.equal(tokens.credentials, undefined);
    await tokens.get();
    assert.deepEqual(tokens.credentials, CREDENTIALS);
  });

  const refusal = (error: string): string => JSON.stringify({ error, error_description: 'the-secret is wrong' });
  const failures: readonly (readonly [Answer, string, RegExp, object])[] = [
    [{ text: '<html>' }, 'halo-token-unreadable', /not a token/, {}],
    [{ text: '{"access_token":""}' }, 'halo-token-unreadable', /not a token/, {}],
    [{ status: 199, text: '' }, 'halo-url-wrong', /status 199/, {}],
    [{ status: 300, text: '' }, 'halo-url-wrong', /status 300/, { place: 'halo.url' }],
    [{ status: 404, text: '' }, 'halo-url-wrong', /status 404/, { place: 'halo.url' }],
    [{ status: 408 }, 'halo-token-unavailable', /status 408/, { retryAfterMs: undefined }],
    [{ status: 429, retryAfterMs: 7_000 }, 'halo-token-unavailable', /status 429/, { retryAfterMs: 7_000 }],
    [{ status: 500 }, 'halo-token-unavailable', /status 500/, {}],
    [
      { status: 400, text: refusal('invalid_client') },
      'halo-credentials-refused',
      /\(status 400, invalid_client\)\.$/,
      { setting: 'halo.clientSecret' },
    ],
    [
      { status: 401, text: '{ "error" : "unauthorized_client" }' },
      'halo-credentials-refused',
      /\(status 401, unauthorized_client\)\.$/,
      { setting: 'halo.clientId' },
    ],
    [{ status: 403, text: 'the-secret' }, 'halo-credentials-refused', /\(status 403\)\.$/, {}],
    [{ status: 400, text: refusal('the-secret') }, 'halo-credentials-refused', /\(status 400\)\.$/, {}],
    [new HttpFailure('timeout', true), 'halo-unreachable', /gave no answer \(timeout\)/, {}],
  ];
  for (const [answer, code, message, members] of failures)
    it(`are not had: ${answer instanceof Error ? answer.message : JSON.stringify(answer)}`, async () => {
      halo.token = [answer];
      await assert.rejects(open().get(), (error) => {
        assert.ok(error instanceof SyncError);
        assert.equal(error.code, code);
        assert.match(error.message, message);
        assert.doesNotMatch(`${error.message} ${error.hint}`, /the-/);
        const all = Object.fromEntries(Object.entries(error));
        for (const [name, value] of Object.entries(members)) assert.equal(all[name], value);
        return true;
      });
      assert.equal(halo.tokenRequests.length, 1);
    });

  it('are not asked for where only a person can open the way', async () => {
    const closed = new ConfigError('certificate-refused', 'no', 'no', 'halo.url');
    halo.token = [closed];
    await assert.rejects(open().get(), (error) => error === closed);
  });
});
