import assert from 'node:assert/strict';
import { ApplicationFailure } from '@temporalio/activity';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import { after, before } from 'mocha';
import { checkWebhook, notify, type NotifyRequest } from '../../../src/activities/notify.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import { checkConnection } from '../../../src/connection/check.js';
import { createSecrets } from '../../../src/connection/secrets.js';
import { createHttp } from '../../../src/http/http.js';
import type { ActivityDependencies } from '../../../src/activities/connection-contexts.js';
import type { ConnectionFile } from '../../../src/connection/schema.js';
import { startWebhook, type TestWebhook } from '../../world/webhook.js';

const CONFIG: ConnectionFile = {
  name: 'arena',
  seatgeek: { clientId: { secret: 'seatgeek-id' }, clientSecret: { secret: 'seatgeek-secret' } },
  halo: {
    url: 'https://not-allowed.example',
    clientId: { secret: 'halo-id' },
    clientSecret: { secret: 'halo-secret' },
  },
  users: { seatgeekIdField: 'CFSeatGeekID', defaultSite: 18, fieldMappings: [{ from: 'first_name', to: 'name' }] },
  alerts: { webhook: { secret: 'alerts-webhook' } },
};

const REQUEST: NotifyRequest = {
  config: CONFIG,
  change: {
    phase: 'failing',
    before: null,
    code: 'host-not-allowed',
    message: 'No.',
    hint: 'Do.',
    at: '2026-11-23T14:15:02Z',
  },
};

const depsWith = (address: string | undefined, allowedHosts = '127.0.0.1'): ActivityDependencies => ({
  http: createHttp(),
  secrets: createSecrets({ env: { ARENA_ALERTS_WEBHOOK: address } }),
  allowedHosts: parseAllowedHosts(allowedHosts),
});

/** Runs the activity as a worker does; answers its failure, or null. */
async function failureOf(deps: ActivityDependencies, request = REQUEST): Promise<ApplicationFailure | null> {
  const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
  try {
    await environment.run(notify(deps), request);
    return null;
  } catch (error) {
    assert.ok(error instanceof ApplicationFailure, String(error));
    return error;
  }
}

describe('the activity notify', () => {
  let webhook: TestWebhook;

  before(async () => {
    webhook = await startWebhook('/very-secret');
  });
  after(() => webhook.close());

  it('tells of a connection whose own hosts are refused', async () => {
    assert.equal(await failureOf(depsWith(webhook.url)), null);
    assert.match(webhook.taken.at(-1) ?? '', /"halo":"not-allowed\.example".*"phase":"failing"/);
  });

  it('is repeated by Temporal while the webhook is down', async () => {
    webhook.refuse(1);
    const failure = await failureOf(depsWith(webhook.url));
    assert.deepEqual([failure?.type, failure?.nonRetryable], ['webhook-unavailable', false]);
  });

  const hopeless: [string, string | undefined, string][] = [
    ['without its secret', undefined, 'secret-missing'],
    ['for a private address', 'https://10.0.0.1/very-secret', 'webhook-host-private'],
    ['for a cloud’s metadata address', 'https://169.254.169.254/very-secret', 'webhook-host-private'],
    ['for http to a remote host', 'http://hooks.example/very-secret', 'webhook-address-invalid'],
  ];
  for (const [what, address, code] of hopeless) {
    it(`is given up ${what}, and its failure repeats no address`, async () => {
      const failure = await failureOf(depsWith(address));
      assert.deepEqual([failure?.type, failure?.nonRetryable], [code, true]);
      assert.doesNotMatch(JSON.stringify([failure?.message, failure?.details]), /very-secret|10\.0\.0\.1|169\.254/);
    });

    it(`${what} is told by a validation that posts nothing`, async () => {
      await assert.rejects(checkWebhook(checkConnection(CONFIG), depsWith(address)), { code });
    });
  }

  it('is not ready for loopback that ALLOWED_HOSTS does not name', async () => {
    const before = webhook.taken.length;
    const failure = await failureOf(depsWith(webhook.url.replace('http:', 'https:'), ''));
    assert.equal(failure?.type, 'webhook-host-private');
    assert.equal(webhook.taken.length, before);
  });

  it('does nothing for a connection without a webhook', async () => {
    const { name, seatgeek, halo, users } = CONFIG;
    const before = webhook.taken.length;
    assert.equal(await failureOf(depsWith(undefined), { ...REQUEST, config: { name, seatgeek, halo, users } }), null);
    assert.equal(webhook.taken.length, before);
  });
});
