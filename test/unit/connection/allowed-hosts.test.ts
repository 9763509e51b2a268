import assert from 'node:assert/strict';
import { assertAllowed, parseAllowedHosts, type HostRole } from '../../../src/connection/allowed-hosts.js';

const PLACE = 'halo.url';

const CREDENTIALS: readonly HostRole[] = ['seatgeek', 'token', 'halo'];

/** In one of the roles that credentials are for. */
function isAllowed(address: string, variable = ''): boolean {
  return CREDENTIALS.some((role) => isAllowedAs(role, address, parseAllowedHosts(variable)));
}

function isAllowedAs(role: HostRole, address: string, allowed: ReturnType<typeof parseAllowedHosts>): boolean {
  try {
    assertAllowed(address, PLACE, role, allowed);
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
    assert.throws(() => assertAllowed('https://halo.example.org/api', PLACE, 'halo', parseAllowedHosts('')), {
      name: 'ConfigError',
      code: 'host-not-allowed',
      place: PLACE,
      message: /halo\.url.*halo\.example\.org/,
      hint: /ALLOWED_HOSTS.*ALLOWED_HALO_HOSTS/,
    });
  });

  it('does not repeat a password of the address', () => {
    assert.throws(
      () => assertAllowed('https://user:hush@acme.halopsa.com', PLACE, 'halo', parseAllowedHosts('')),
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

describe('hosts by role', () => {
  const hosts: Readonly<Partial<Record<HostRole, string>>> = {
    seatgeek: 'https://ringside.seatgeek.com/v1',
    token: 'https://auth.seatgeek.com/oauth/token',
    halo: 'https://acme.halopsa.com',
  };

  for (const role of CREDENTIALS)
    it(`let the credentials of ${role} go to hosts of that role only`, () => {
      for (const [of, address] of Object.entries(hosts))
        assert.equal(isAllowedAs(role, address, parseAllowedHosts('')), of === role, of);
    });

  it('are replaced role by role, and those of ALLOWED_HOSTS are allowed in every role', () => {
    const allowed = parseAllowedHosts('gateway.example.org', { halo: 'arena.halopsa.com, halo.example.org' });
    assert.equal(isAllowedAs('halo', 'https://arena.halopsa.com', allowed), true);
    assert.equal(isAllowedAs('halo', 'https://halo.example.org', allowed), true);
    assert.equal(isAllowedAs('halo', 'https://acme.halopsa.com', allowed), false);
    assert.equal(isAllowedAs('token', 'https://halo.example.org', allowed), false);
    for (const role of CREDENTIALS) assert.equal(isAllowedAs(role, 'https://gateway.example.org', allowed), true);
  });

  it('name the variable of a bad entry', () => {
    assert.throws(() => parseAllowedHosts('', { webhook: 'https://hooks.example.org' }), {
      place: 'ALLOWED_WEBHOOK_HOSTS',
      message: /ALLOWED_WEBHOOK_HOSTS: entry 1/,
    });
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
