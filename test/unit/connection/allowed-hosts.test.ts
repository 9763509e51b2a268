import assert from 'node:assert/strict';
import { assertAllowed, parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';

const PLACE = 'halo.url';

function isAllowed(address: string, variable = ''): boolean {
  try {
    assertAllowed(address, PLACE, parseAllowedHosts(variable));
    return true;
  } catch {
    return false;
  }
}

describe('assertAllowed', () => {
  for (const address of [
    'https://ringside.seatgeek.com/v1',
    'https://auth.seatgeek.com/oauth/token',
    'https://acme.halopsa.com',
    'https://ACME.HaloPSA.com',
    'https://acme.haloitsm.com./api',
    'https://clidev.trial.usehalo.com:8443',
  ]) {
    it(`lets credentials go to ${address}`, () => assert.equal(isAllowed(address), true));
  }

  for (const address of [
    'https://evilhalopsa.com',
    'https://halopsa.com.evil.org',
    'https://acme.halopsa.com.evil.org',
    'https://halopsa.com',
    'https://.halopsa.com',
    'https://evil.org/acme.halopsa.com',
    'https://evil.org\\.halopsa.com',
    'https://acme.halopsa.com@evil.org',
    'https://user@acme.halopsa.com',
    'https://x.ringside.seatgeek.com',
    'http://acme.halopsa.com',
    'https://localhost',
    'http://127.0.0.1:9000',
    'https://127.0.0.1',
  ]) {
    it(`keeps credentials from ${address}`, () => assert.equal(isAllowed(address), false));
  }

  it('names place, host and variable', () => {
    assert.throws(() => assertAllowed('https://halo.example.org/api', PLACE, parseAllowedHosts('')), {
      name: 'ConfigError',
      code: 'host-not-allowed',
      place: PLACE,
      message: /halo\.url.*halo\.example\.org/,
      hint: /ALLOWED_HOSTS/,
    });
  });

  it('does not repeat a password of the address', () => {
    assert.throws(
      () => assertAllowed('https://user:hush@acme.halopsa.com', PLACE, parseAllowedHosts('')),
      (error: Error) => !error.message.includes('hush') && error.message.includes('password'),
    );
  });

  it('takes more hosts from the variable, loopback and wildcards too', () => {
    const variable = ' Halo.Example.org., *.clients.example.net,127.0.0.1,localhost,::1 ';
    for (const address of [
      'https://halo.example.org',
      'https://a.clients.example.net',
      'http://127.0.0.1:9000',
      'http://localhost:80',
      'http://[::1]:8080',
      'https://acme.halopsa.com',
    ]) {
      assert.equal(isAllowed(address, variable), true, address);
    }
    assert.equal(isAllowed('https://clients.example.net', variable), false);
  });

  it('takes http only on loopback, whatever the variable says', () => {
    assert.equal(isAllowed('http://halo.example.org', 'halo.example.org'), false);
  });
});

describe('parseAllowedHosts', () => {
  for (const entry of [
    'https://halo.example.org',
    'halo.example.org:8443',
    '*',
    '*.com',
    'a..b',
    'halo.example.org/api',
  ]) {
    it(`refuses the entry ${entry}`, () => {
      assert.throws(() => parseAllowedHosts(`good.example.org,${entry}`), {
        place: 'ALLOWED_HOSTS',
        message: /entry 2/,
      });
    });
  }
});
