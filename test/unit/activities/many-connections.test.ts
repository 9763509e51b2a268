import assert from 'node:assert/strict';
import { ConnectionContexts } from '../../../src/activities/connection-contexts.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import type { Http } from '../../../src/http/http.js';
import { sampleFile } from '../connection/sample-file.js';

const CONNECTIONS = 1_000;

describe('many connections on one worker', () => {
  it('fetch one SeatGeek token each, however often each has its turn', async () => {
    let tokens = 0;
    const http: Http = {
      request: ({ url }) => {
        const isToken = url.pathname.endsWith('/oauth/token');
        if (isToken) tokens += 1;
        const body = isToken
          ? { access_token: 'token', expires_in: 2_592_000 }
          : { has_more: false, cursor: 'c', data: [], metadata: {} };
        const text = JSON.stringify(body);
        return Promise.resolve({ status: 200, contentType: 'application/json', text, retryAfterMs: undefined });
      },
      close: () => Promise.resolve(),
    };
    const contexts = new ConnectionContexts({
      http,
      secrets: { read: () => Promise.resolve('secret'), find: () => Promise.resolve(null) },
      allowedHosts: parseAllowedHosts(''),
    });
    for (let cycle = 0; cycle < 2; cycle++)
      for (let n = 0; n < CONNECTIONS; n++)
        await contexts.open({ ...sampleFile(), name: `arena${n}` }).reader.read({ cursor: null, limit: 1 });
    assert.equal(tokens, CONNECTIONS);
  });
});
