import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { after, before, beforeEach } from 'mocha';
import { postWebhook, type WebhookPost } from '../../../src/alerts/webhook.js';
import { parseAllowedHosts } from '../../../src/connection/allowed-hosts.js';
import { ConfigError, SyncError, TransientError } from '../../../src/errors.js';

const VARIABLE = 'ARENA_ALERTS_WEBHOOK';
const SECRET_PATH = '/services/T0/B0/very-secret';
const LOOPBACK = parseAllowedHosts('127.0.0.1,localhost,hooks.example').webhook;

interface Received {
  readonly request: IncomingMessage;
  readonly body: string;
}

describe('posting to a webhook', () => {
  let server: Server;
  let port = 0;
  let received: Received[] = [];
  let sockets = 0;
  let answer: { status: number; headers?: Record<string, string>; body?: string } = { status: 200 };

  before(async () => {
    server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        received.push({ request, body });
        response.writeHead(answer.status, answer.headers).end(answer.body ?? 'ok');
      });
    });
    server.on('connection', () => (sockets += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    [received, sockets, answer] = [[], 0, { status: 200 }];
  });

  const post = (overrides: Partial<WebhookPost> = {}): Promise<void> =>
    postWebhook({
      address: `http://127.0.0.1:${port}${SECRET_PATH}?sig=1`,
      body: { text: 'hello' },
      allowedHosts: LOOPBACK,
      variable: VARIABLE,
      ...overrides,
    });

  /** The error, after a look that it repeats nothing of the address. */
  async function refusal(posting: Promise<void>): Promise<SyncError> {
    const error: unknown = await posting.then(
      () => assert.fail('it was posted'),
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof SyncError, String(error));
    assert.doesNotMatch(`${error.message} ${error.hint} ${error.stack ?? ''}`, /very-secret|sig=/);
    return error;
  }

  it('sends JSON with the query of the address', async () => {
    await post();
    assert.equal(received.length, 1);
    const [{ request, body }] = received as [Received];
    assert.deepEqual([request.method, request.url], ['POST', `${SECRET_PATH}?sig=1`]);
    assert.equal(request.headers['content-type'], 'application/json');
    assert.deepEqual(JSON.parse(body), { text: 'hello' });
  });

  for (const status of [500, 503, 429, 408])
    it(`is tried again after status ${status}`, async () => {
      answer = { status, headers: { 'retry-after': '7' } };
      const error = await refusal(post());
      assert.ok(error instanceof TransientError);
      assert.deepEqual([error.code, error.retryAfterMs], ['webhook-unavailable', 7_000]);
    });

  for (const status of [400, 403, 404, 410])
    it(`is given up after status ${status}`, async () => {
      answer = { status };
      const error = await refusal(post());
      assert.ok(error instanceof ConfigError);
      assert.equal(error.code, 'webhook-refused');
      assert.match(error.message, new RegExp(String(status)));
    });

  it('follows no redirect, not even to a public host', async () => {
    answer = { status: 307, headers: { location: `http://127.0.0.1:${port}/elsewhere` } };
    assert.equal((await refusal(post())).code, 'webhook-refused');
    assert.equal(received.length, 1);
  });

  it('is tried again when nobody answers in time', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const silentPort = typeof address === 'object' && address !== null ? address.port : 0;
    const error = await refusal(post({ address: `http://127.0.0.1:${silentPort}${SECRET_PATH}`, timeoutMs: 50 }));
    silent.closeAllConnections();
    silent.close();
    assert.equal(error.code, 'webhook-unavailable');
  });

  it('counts as told when the answer goes on and on', async () => {
    answer = { status: 200, body: 'x'.repeat(1_000_000) };
    await post();
    assert.equal(received.length, 1);
  });

  it('reads no more of a long refusal than its status', async () => {
    answer = { status: 503, body: 'x'.repeat(1_000_000) };
    assert.equal((await refusal(post())).code, 'webhook-unavailable');
  });

  for (const [header, ms] of [
    ['86400', 3_600_000],
    ['1795780830', undefined],
    ['Fri, 31 Dec 9999 23:59:59 GMT', undefined],
  ] as const)
    it(`does not stay away for long after Retry-After: ${header}`, async () => {
      answer = { status: 429, headers: { 'retry-after': header } };
      const error = await refusal(post());
      assert.ok(error instanceof TransientError);
      assert.equal(error.retryAfterMs, ms);
    });

  describe('refuses', () => {
    const noAnswer = (): Promise<never> => assert.fail('a name was looked up');
    const never = parseAllowedHosts('').webhook;
    const cases: Record<string, [string, string]> = {
      'what is no address': ['not an address very-secret', 'webhook-address-invalid'],
      'http to a remote host': ['http://hooks.slack.com/very-secret', 'webhook-address-invalid'],
      'another protocol': ['ftp://hooks.slack.com/very-secret', 'webhook-address-invalid'],
      'a user name and password': ['https://me:very-secret@hooks.slack.com/', 'webhook-address-invalid'],
      'http to loopback': ['http://127.0.0.1/very-secret', 'webhook-address-invalid'],
      loopback: ['https://127.0.0.1/very-secret', 'webhook-host-private'],
      'loopback written as one number': ['https://2130706433/very-secret', 'webhook-host-private'],
      'loopback in IPv6': ['https://[::1]/very-secret', 'webhook-host-private'],
      'IPv4 within IPv6': ['https://[::ffff:10.0.0.1]/very-secret', 'webhook-host-private'],
      'a cloud’s metadata address': ['https://169.254.169.254/very-secret', 'webhook-host-private'],
      'a private network': ['https://192.168.0.10/very-secret', 'webhook-host-private'],
    };
    for (const [what, [address, code]] of Object.entries(cases))
      it(what, async () => {
        const error = await refusal(post({ address, allowedHosts: never, resolve: noAnswer }));
        assert.equal(error.code, code);
      });

    it('a host that is not among those of ALLOWED_WEBHOOK_HOSTS', async () => {
      const allowedHosts = parseAllowedHosts('', { webhook: 'hooks.example' }).webhook;
      const error = await refusal(
        post({ address: 'https://hooks.elsewhere.example/very-secret', allowedHosts, resolve: noAnswer }),
      );
      assert.equal(error.code, 'webhook-host-not-allowed');
    });

    it('a private address although ALLOWED_HOSTS names it, which excuses loopback only', async () => {
      const error = await refusal(
        post({ address: 'https://10.0.0.1/very-secret', allowedHosts: parseAllowedHosts('10.0.0.1').webhook }),
      );
      assert.equal(error.code, 'webhook-host-private');
    });

    for (const addresses of [['10.0.0.1'], ['93.184.216.34', '10.0.0.1'], ['127.0.0.1'], ['fd00::1'], []])
      it(`a name that leads to ${addresses.join(' and ') || 'nothing'}, before any connection`, async () => {
        const resolve = (): Promise<{ address: string; family: number }[]> =>
          Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })));
        const error = await refusal(
          post({ address: `https://hooks.elsewhere.example:${port}/very-secret`, allowedHosts: never, resolve }),
        );
        assert.equal(error.code, 'webhook-host-private');
        assert.equal(sockets, 0);
      });
  });

  it('connects to the address that was checked and looks the name up once', async () => {
    let lookUps = 0;
    const resolve = (): Promise<{ address: string; family: number }[]> => {
      lookUps += 1;
      return Promise.resolve([{ address: lookUps === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }]);
    };
    // The server there speaks no TLS: that it was reached is what counts.
    const error = await refusal(post({ address: `https://hooks.example:${port}/very-secret`, resolve }));
    assert.equal(error.code, 'webhook-unavailable');
    assert.deepEqual([lookUps, sockets], [1, 1]);
  });

  it('is tried again when the name can not be looked up', async () => {
    const resolve = (): Promise<never> => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const error = await refusal(post({ address: 'https://hooks.example/very-secret', resolve }));
    assert.equal(error.code, 'webhook-unavailable');
  });
});
