import assert from 'node:assert/strict';
import { checkConnection } from '../../../src/connection/check.js';
import { ConfigError } from '../../../src/errors.js';
import { sampleFile, withHalo, type Json } from './sample-file.js';

const ADDRESS = 'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX';

function refusalOf(file: Json): string {
  try {
    checkConnection(file);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail('the file passed');
}

const withAlerts = (alerts: Json): Json => ({ ...sampleFile(), alerts });

describe('the alerts of a connection file', () => {
  it('may be left out', () => assert.equal(checkConnection(sampleFile()).alerts, undefined));

  it('name the secret that holds the address of a webhook', () =>
    assert.deepEqual(checkConnection(withAlerts({ webhook: { secret: 'alerts-webhook' } })).alerts, {
      webhook: { secret: 'alerts-webhook' },
    }));

  for (const webhook of [ADDRESS, { secret: ADDRESS }, { url: ADDRESS }, { [ADDRESS]: true }, [ADDRESS]])
    it(`refuse an address written as ${JSON.stringify(webhook).slice(0, 12)}…, without repeating it`, () => {
      const text = refusalOf(withAlerts({ webhook }));
      assert.match(text, /^alerts\.webhook/);
      assert.doesNotMatch(text, /hooks\.slack|services/);
    });

  it('refuse the name of a credential, whose value would be taken for an address', () =>
    assert.match(refusalOf(withAlerts({ webhook: { secret: 'halo-client-secret' } })), /must begin with alerts-/));

  it('are no source of credentials', () =>
    assert.match(refusalOf(withHalo({ clientSecret: { secret: 'alerts-webhook' } })), /must begin with halo-/));

  it('refuse an empty section', () => assert.match(refusalOf(withAlerts({})), /^alerts\.webhook: is missing/));
});
