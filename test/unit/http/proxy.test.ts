import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConfigError } from '../../../src/errors.js';
import { createHttp, HttpFailure } from '../../../src/http/http.js';
import { proxyFor, readProxies, type Proxies } from '../../../src/http/proxy.js';
import { temporalProxy } from '../../../src/temporal/network.js';

const PROXY = 'http://proxy.test:3128';

describe('the proxies of the environment', () => {
  it('are read in small letters first, with or without a scheme, one for both when only HTTP_PROXY is set', () => {
    assert.equal(readProxies({ https_proxy: 'http://a:1', HTTPS_PROXY: 'http://b:1' }).https, 'http://a:1');
    assert.equal(readProxies({ HTTPS_PROXY: 'proxy.test:3128' }).https, PROXY);
    assert.equal(readProxies({ HTTP_PROXY: PROXY }).https, PROXY);
    assert.equal(readProxies({ HTTPS_PROXY: ' ' }).https, undefined);
  });

  it('are refused without repeating what may hold a password', () => {
    for (const HTTPS_PROXY of ['ftp://user:secret@proxy', 'http://user:secret@:::'])
      assert.throws(
        () => readProxies({ HTTPS_PROXY }),
        (error) => error instanceof ConfigError && /HTTPS_PROXY/.test(error.message) && !/secret/.test(error.message),
      );
  });

  it('are left out for hosts of NO_PROXY, what is below them, and this machine', () => {
    const through = (NO_PROXY: string, address: string): boolean =>
      proxyFor(new URL(address), readProxies({ HTTPS_PROXY: PROXY, HTTP_PROXY: PROXY, NO_PROXY })) !== undefined;
    assert.ok(through('', 'https://halo.test'));
    assert.ok(!through('halo.test', 'https://halo.test'));
    assert.ok(!through('.test, other', 'https://halo.test'));
    assert.ok(!through('*.test', 'https://HALO.test'));
    assert.ok(through('alo.test', 'https://halo.test'));
    assert.ok(through('halo.test:8443', 'https://halo.test'));
    assert.ok(!through('halo.test:443', 'https://halo.test'));
    assert.ok(!through('*', 'https://halo.test'));
    for (const own of ['http://127.0.0.1:8182', 'http://localhost:1', 'http://[::1]:1']) assert.ok(!through('', own));
  });

  it('lead to Temporal too, with their password', () => {
    const env = { HTTPS_PROXY: 'http://me:p%40ss@proxy.test:3128', NO_PROXY: 'inside' };
    assert.deepEqual(temporalProxy('cloud.test:7233', env)?.native, {
      type: 'http-connect',
      targetHost: 'proxy.test:3128',
      basicAuth: { username: 'me', password: 'p@ss' },
    });
    assert.equal(temporalProxy('inside:7233', env), undefined);
    assert.throws(() => temporalProxy('cloud.test:7233', { HTTPS_PROXY: 'https://proxy.test' }), ConfigError);
  });
});

describe('a request through a proxy', () => {
  let proxy: Server;
  let proxies: Proxies;
  const asked: string[] = [];
  let status: number;

  before(async () => {
    proxy = createServer();
    proxy.on('connect', ({ url = '' }, socket) => {
      asked.push(url);
      socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    proxies = readProxies({ HTTPS_PROXY: `http://user:secret@127.0.0.1:${(proxy.address() as AddressInfo).port}` });
  });
  after(() => proxy.close());

  const ask = async (of = proxies): Promise<unknown> => {
    const http = createHttp({ proxies: of });
    const url = new URL('https://halo.test/');
    const failure: unknown = await http
      .request({ method: 'POST', url, timeoutMs: 5_000 })
      .catch((error: unknown) => error);
    await http.close();
    return failure;
  };

  it('names proxy and host when the proxy refuses, and no password', async () => {
    for (status of [403, 407]) {
      const failure = await ask();
      assert.ok(failure instanceof ConfigError && failure.code === 'proxy-refused');
      assert.match(failure.message, /proxy 127\.0\.0\.1:\d+ does not open the way to halo\.test/);
      assert.doesNotMatch(failure.message, /secret/);
    }
    assert.ok(asked.includes('halo.test:443'));
  });

  it('was surely not sent when the proxy can not reach the host, or is not there', async () => {
    status = 502;
    for (const of of [proxies, readProxies({ HTTPS_PROXY: 'http://127.0.0.1:1' })]) {
      const failure = await ask(of);
      assert.ok(failure instanceof HttpFailure && failure.kind === 'proxy' && !failure.sent);
    }
  });
});
