import assert from 'node:assert/strict';
import { z } from 'zod';
import { ConnectionContexts } from '../../../src/activities/connection-contexts.js';
import { readConnection } from '../../../src/activities/read-connection.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import type { ConnectionFile } from '../../../src/connection/schema.js';
import type { Http } from '../../../src/http/http.js';
import { connectionFile } from '../connection/sample-file.js';

const CONNECTIONS = 60;

/** Files so long that not all of their contexts can be kept. */
function fileOf(number: number, staticValue = 'x'.repeat(990)): ConnectionFile {
  const file = connectionFile();
  const staticMappings = Array.from({ length: 180 }, (_, n) => ({ to: `CFNote${n}`, value: staticValue }));
  return { ...file, name: `arena-${number}`, users: { ...file.users, staticMappings } };
}

describe('what a worker keeps of its connections', function () {
  this.timeout(60_000);
  let tokenRequests: number;
  let haloTokenRequests: number;
  let contexts: ConnectionContexts;
  /** Beside the secrets, by name. */
  let pinned: Record<string, string>;

  beforeEach(() => {
    tokenRequests = 0;
    haloTokenRequests = 0;
    const http: Http = {
      request: ({ url }) => {
        const isToken = url.pathname === '/oauth/token';
        if (isToken) tokenRequests += 1;
        const isHaloToken = url.pathname === '/auth/token';
        if (isHaloToken) haloTokenRequests += 1;
        const json =
          isToken || isHaloToken ? { access_token: 'token', expires_in: 2_592_000 } : { has_more: false, data: [] };
        const text = JSON.stringify(json);
        return Promise.resolve({ status: 200, contentType: 'application/json', text, retryAfterMs: undefined });
      },
      close: () => Promise.resolve(),
    };
    pinned = {};
    const secrets = {
      read: () => Promise.resolve('secret'),
      find: (_connection: string, name: string) => Promise.resolve(pinned[name] ?? null),
    };
    contexts = new ConnectionContexts({ http, secrets, allowedHosts: parseAllowedHosts('') });
  });

  const cycle = async (file: ConnectionFile): Promise<void> => {
    const { reader, halo } = contexts.open(file);
    await reader.read({ cursor: null, limit: 1 });
    await halo.get('/Site', z.unknown());
  };

  it('is bounded in bytes, and asks for one token of each system per connection however many there are', async () => {
    for (let turn = 0; turn < 2; turn += 1)
      for (let number = 0; number < CONNECTIONS; number += 1) await cycle(fileOf(number));
    assert.ok(contexts.size < CONNECTIONS, `${contexts.size} kept`);
    assert.equal(tokenRequests, CONNECTIONS);
    assert.equal(haloTokenRequests, CONNECTIONS);
  });

  it('keeps the token when the file changes elsewhere', async () => {
    await cycle(fileOf(1));
    await cycle(fileOf(1, 'another'));
    assert.equal(tokenRequests, 1);
    assert.equal(haloTokenRequests, 1);
  });

  it('takes an address of Halo with the path of its API or its tokens, and asks for no second token', async () => {
    const file = fileOf(1);
    for (const path of ['', '/', '/api', '/auth/', '/Auth/token'])
      await cycle({ ...file, halo: { ...file.halo, url: `https://acme.halopsa.com${path}` } });
    assert.equal(haloTokenRequests, 1);
  });

  it('names the Halo to the workflow by its host and its path, however it is spelled', () => {
    const named = (url: string): string => {
      const file = fileOf(1);
      return readConnection(contexts, { ...file, halo: { ...file.halo, url } }).haloHost;
    };
    const urls = ['https://ACME.halopsa.com./api', 'https://acme.halopsa.com/one/', 'https://acme.halopsa.com/two'];
    assert.deepEqual(urls.map(named), ['acme.halopsa.com', 'acme.halopsa.com/one', 'acme.halopsa.com/two']);
    assert.ok(named(`https://acme.halopsa.com/${'x'.repeat(1_000)}`).length <= 255);
  });

  it('sends the secrets of a pinned connection nowhere else, whatever the file says', async () => {
    pinned = { 'halo-hosts': 'arena.halopsa.com', 'seatgeek-hosts': 'ringside.seatgeek.com' };
    const { reader, halo } = contexts.open(fileOf(1));
    await assert.rejects(reader.read({ cursor: null, limit: 1 }), {
      code: 'host-not-allowed',
      place: 'seatgeek.tokenUrl',
      hint: /ARENA_1_SEATGEEK_HOSTS/,
    });
    await assert.rejects(halo.get('/Site', z.unknown()), { code: 'host-not-allowed', place: 'halo.url' });
    assert.deepEqual([tokenRequests, haloTokenRequests], [0, 0]);
    pinned = { 'halo-hosts': 'acme.halopsa.com', 'seatgeek-hosts': 'ringside.seatgeek.com auth.seatgeek.com' };
    await cycle(fileOf(1));
    assert.deepEqual([tokenRequests, haloTokenRequests], [1, 1]);
  });
});
