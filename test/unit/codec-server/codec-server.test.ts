import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { request as httpRequest, type OutgoingHttpHeaders } from 'node:http';
import { defaultPayloadConverter, type LogMetadata } from '@temporalio/common';
import { JSONToPayload, payloadToJSON } from '@temporalio/common/lib/proto-utils.js';
import { z } from 'zod';
import { MOST_BYTES, MOST_CONVERTED_BYTES, MOST_PAYLOADS } from '../../../src/codec-server/answer.js';
import { readCodecServerSettings } from '../../../src/codec-server/settings.js';
import { MOST_REQUESTS, startCodecServer, type CodecServer } from '../../../src/codec-server/start.js';
import { createPayloadCodec } from '../../../src/temporal/payload-codec.js';
import { freePort } from '../../../src/temporal/free-port.js';
import { newPayloadKey, parsePayloadKeys } from '../../../src/temporal/payload-keys.js';
import { createLogger } from '../../../src/worker/logger.js';

const TOKEN = 'a-token-that-nobody-guesses-0123456789';
const UI = 'https://temporal.example.com';
const CANARY = 'Ada Lovelace';
const OLD = newPayloadKey('2026-05');
const HERE = { namespace: 'default' };
const KEYS = `${newPayloadKey('2026-11')},${OLD}`;

const answerSchema = z.object({
  payloads: z.array(z.looseObject({ metadata: z.record(z.string(), z.string()), data: z.string() })),
});

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

/** A request with any header, also those that `fetch` sets itself. */
async function send(url: string, headers: OutgoingHttpHeaders, body?: string, method = 'POST'): Promise<Reply> {
  const request = httpRequest(url, { method, headers });
  request.end(body);
  const [response] = (await once(request, 'response')) as [
    AsyncIterable<Buffer> & Omit<Reply, 'text' | 'status'> & { statusCode: number },
  ];
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(chunks).toString('utf8') };
}

const plain = (value: unknown): unknown => payloadToJSON(defaultPayloadConverter.toPayload(value));
const values = (text: string): unknown[] =>
  answerSchema.parse(JSON.parse(text)).payloads.map((json) => defaultPayloadConverter.fromPayload(JSONToPayload(json)));
const encodings = (text: string): string[] =>
  answerSchema
    .parse(JSON.parse(text))
    .payloads.map(({ metadata }) => Buffer.from(metadata.encoding ?? '', 'base64').toString());

describe('the codec server', () => {
  let server: CodecServer;
  let logged: string[];
  const logger = {
    ...createLogger('error'),
    info: (message: string, meta?: LogMetadata) => void logged.push(JSON.stringify([message, meta])),
    warn: (message: string, meta?: LogMetadata) => void logged.push(JSON.stringify([message, meta])),
  };
  const open = async (env: Record<string, string> = {}): Promise<CodecServer> =>
    startCodecServer(
      readCodecServerSettings({
        PAYLOAD_KEYS: KEYS,
        CODEC_SERVER_ADDRESS: `127.0.0.1:${await freePort()}`,
        CODEC_SERVER_ORIGINS: UI,
        ...(env.CODEC_SERVER_OPEN === undefined && { CODEC_SERVER_TOKEN: TOKEN }),
        ...env,
      }),
      logger,
    );

  beforeEach(async () => {
    logged = [];
    server = await open();
  });
  afterEach(() => server.close());

  const json = { 'content-type': 'application/json', 'x-namespace': HERE.namespace };
  const headers = { ...json, authorization: `Bearer ${TOKEN}` };
  const post = (action: string, payloads: unknown, more: OutgoingHttpHeaders = {}): Promise<Reply> =>
    send(`${server.url}${action}`, { ...headers, ...more }, JSON.stringify({ payloads }));

  it('seals and opens, wherever it is mounted', async () => {
    const sealed = await post('/encode', [plain({ name: CANARY }), plain('second')]);
    assert.equal(sealed.status, 200);
    assert.deepEqual(encodings(sealed.text), ['binary/encrypted', 'binary/encrypted']);
    assert.ok(!Buffer.from(sealed.text).includes(CANARY));
    const { payloads } = answerSchema.parse(JSON.parse(sealed.text));
    const opened = await post('/some/prefix/decode?preserveStorageRefs=true', payloads);
    assert.deepEqual(values(opened.text), [{ name: CANARY }, 'second']);
    assert.equal(opened.headers['content-type'], 'application/json');
    assert.equal(opened.headers['cache-control'], 'no-store');
  });

  it('opens what an older key sealed', async () => {
    const [old] = await createPayloadCodec(parsePayloadKeys(OLD), HERE).encode([
      defaultPayloadConverter.toPayload('old'),
    ]);
    const opened = await post('/decode', [payloadToJSON(old!)]);
    assert.deepEqual(values(opened.text), ['old']);
  });

  it('gives back as it came what is not sealed, and takes no payloads for none', async () => {
    const foreign = { metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: 'e30', externalPayloads: [{ sizeBytes: '5' }] };
    const passed = await post('/decode', [foreign, {}]);
    assert.deepEqual(JSON.parse(passed.text), { payloads: [foreign, {}] });
    for (const none of ['{}', '{"payloads":null}', '{"payloads":[]}']) {
      assert.deepEqual(JSON.parse((await send(`${server.url}/decode`, headers, none)).text), { payloads: [] });
    }
  });

  it('names the key that is missing, and refuses the whole request', async () => {
    const codec = createPayloadCodec(parsePayloadKeys(newPayloadKey('2024-01')), HERE);
    const [lost] = await codec.encode([defaultPayloadConverter.toPayload(CANARY)]);
    const reply = await post('/decode', [plain('mine'), payloadToJSON(lost!)]);
    assert.equal(reply.status, 400);
    assert.match(reply.text, /the key 2024-01, which is not in PAYLOAD_KEYS/);
    assert.match(String(reply.headers['content-type']), /text\/plain/);
  });

  for (const [what, authorization] of [
    ['nothing', undefined],
    ['another token', `Bearer ${TOKEN.replace('a', 'b')}`],
    ['the beginning of the token', `Bearer ${TOKEN.slice(0, -1)}`],
    ['the token without its scheme', TOKEN],
    ['the token and more', `Bearer ${TOKEN}x`],
  ] as const) {
    it(`refuses who sends ${what}`, async () => {
      for (const action of ['/encode', '/decode']) {
        const given = { 'content-type': 'application/json', ...(authorization !== undefined && { authorization }) };
        const reply = await send(`${server.url}${action}`, given, JSON.stringify({ payloads: [plain(CANARY)] }));
        assert.equal(reply.status, 401);
        assert.equal(reply.headers['www-authenticate'], 'Bearer');
        assert.ok(!reply.text.includes(TOKEN));
      }
    });
  }

  it('answers a page of the Web UI, with its origin and credentials and no wildcard', async () => {
    const reply = await post('/decode', [], { origin: UI });
    assert.equal(reply.status, 200);
    assert.equal(reply.headers['access-control-allow-origin'], UI);
    assert.equal(reply.headers['access-control-allow-credentials'], 'true');
    assert.match(String(reply.headers.vary), /Origin/);
    const refused = await post('/decode', [], { origin: UI, authorization: 'Bearer wrong' });
    assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [401, UI]);
  });

  it('tells a browser ahead what the Web UI may send, without a token', async () => {
    const asked = {
      origin: UI,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,content-type,x-namespace',
    };
    const reply = await send(`${server.url}/decode`, asked, undefined, 'OPTIONS');
    assert.equal(reply.status, 204);
    assert.equal(reply.headers['access-control-allow-origin'], UI);
    assert.equal(reply.headers['access-control-allow-methods'], 'POST');
    for (const name of ['authorization', 'content-type', 'x-namespace'])
      assert.ok(String(reply.headers['access-control-allow-headers']).toLowerCase().includes(name), name);
    assert.equal(reply.headers['access-control-allow-private-network'], undefined);
    const privately = { ...asked, 'access-control-request-private-network': 'true' };
    const allowed = await send(`${server.url}/decode`, privately, undefined, 'OPTIONS');
    assert.equal(allowed.headers['access-control-allow-private-network'], 'true');
  });

  for (const origin of [
    'https://evil.example',
    `${UI}.evil.example`,
    'http://temporal.example.com',
    'null',
    `${UI}:8443`,
  ]) {
    it(`refuses a page of ${origin}, preflight and request, also with the token`, async () => {
      for (const method of ['OPTIONS', 'POST']) {
        const reply = await send(
          `${server.url}/decode`,
          { ...headers, origin },
          method === 'POST' ? '{}' : undefined,
          method,
        );
        assert.equal(reply.status, 403);
        assert.equal(reply.headers['access-control-allow-origin'], undefined);
      }
    });
  }

  it('refuses a body that is too large, with or without its length, and too many payloads', async () => {
    const large = JSON.stringify({ payloads: [{ data: 'A'.repeat(MOST_BYTES) }] });
    assert.equal((await send(`${server.url}/decode`, headers, large)).status, 413);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    assert.equal((await send(`${server.url}/decode`, chunked, large)).status, 413);
    const many = Array.from({ length: MOST_PAYLOADS + 1 }, () => ({}));
    assert.equal((await post('/decode', many)).status, 413);
    assert.equal((await post('/decode', many.slice(1))).status, 200);
  });

  it('refuses what is small when it is sent and large when it is opened', async () => {
    const bytes = 4 * 1_024 * 1_024;
    const codec = createPayloadCodec(parsePayloadKeys(KEYS), HERE);
    const [sealed] = await codec.encode([defaultPayloadConverter.toPayload('A'.repeat(bytes))]);
    const most = Math.floor(MOST_CONVERTED_BYTES / (bytes + 2));
    const times = (count: number): unknown[] => Array.from({ length: count }, () => payloadToJSON(sealed!));
    assert.ok(JSON.stringify(times(most + 1)).length < 1_000_000);
    assert.equal((await post('/decode', times(most))).status, 200);
    const refused = await post('/decode', times(most + 1));
    assert.deepEqual([refused.status, /at most 33554432 bytes together/.test(refused.text)], [413, true]);
  });

  it('has a few requests under way at a time, makes some more wait unread, and refuses the rest', async () => {
    const { atOnce, waiting } = MOST_REQUESTS;
    const held = Array.from({ length: atOnce + waiting }, () => {
      const request = httpRequest(`${server.url}/decode`, {
        method: 'POST',
        headers: { ...headers, expect: '100-continue' },
      });
      request.flushHeaders();
      const answered = new Promise<number | undefined>((resolve) =>
        request.once('response', (response) => resolve(response.resume().statusCode)),
      );
      return { request, arrived: once(request, 'continue'), answered };
    });
    await Promise.all(held.map(({ arrived }) => arrived));
    const refused = await post('/decode', []);
    assert.deepEqual([refused.status, refused.headers['retry-after']], [503, '1']);
    assert.equal((await send(`${server.url}/healthz`, {}, undefined, 'GET')).status, 200);
    for (const { request } of held) request.end('{}');
    assert.deepEqual(new Set(await Promise.all(held.map(({ answered }) => answered))), new Set([200]));
    assert.equal((await post('/decode', [])).status, 200);
  });

  for (const body of [
    '',
    'not json',
    '[]',
    '"x"',
    '{"payloads":{}}',
    '{"payloads":[1]}',
    '{"payloads":[{"data":7}]}',
    '{"payloads":[{"data":"***"}]}',
    '{"payloads":[{"metadata":{"encoding":1}}]}',
  ]) {
    it(`refuses the body ${body}`, async () => {
      const reply = await send(`${server.url}/decode`, headers, body);
      assert.deepEqual([reply.status, reply.text], [400, 'The body is not Payloads in JSON.\n']);
    });
  }

  it('refuses other paths, methods and types', async () => {
    assert.equal((await post('/', [])).status, 404);
    assert.equal((await post('/decode/x', [])).status, 404);
    assert.equal((await post('/xdecode', [])).status, 404);
    assert.equal((await send(`${server.url}/decode`, headers, undefined, 'GET')).status, 405);
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', ''])
      assert.equal((await post('/decode', [], { 'content-type': type })).status, 415);
    assert.equal((await post('/decode', [], { 'content-type': 'Application/JSON; charset=utf-8' })).status, 200);
  });

  it('serves only the namespaces of its list', async () => {
    await server.close();
    server = await open({ CODEC_SERVER_NAMESPACES: 'sports,default' });
    assert.equal((await post('/decode', [], { 'x-namespace': 'sports' })).status, 200);
    assert.equal((await post('/decode', [], { 'x-namespace': 'other' })).status, 403);
    assert.equal((await post('/decode', [], { 'x-namespace': '' })).status, 403);
  });

  it('opens in its namespace what was sealed there, of any workflow, and in no other', async () => {
    const codec = createPayloadCodec(parsePayloadKeys(KEYS), HERE);
    const context = { type: 'workflow', ...HERE, workflowId: 'connection-arena' } as const;
    const [sealed] = await codec.encode([defaultPayloadConverter.toPayload(CANARY)], context);
    assert.deepEqual(values((await post('/decode', [payloadToJSON(sealed!)])).text), [CANARY]);
    const reply = await post('/decode', [payloadToJSON(sealed!)], { 'x-namespace': 'other' });
    assert.deepEqual([reply.status, /another namespace or workflow/.test(reply.text)], [400, true]);
  });

  it('asks for the namespace where none is named', async () => {
    const unnamed = { 'content-type': 'application/json', authorization: headers.authorization };
    for (const action of ['encode', 'decode'])
      for (const given of [unnamed, { ...unnamed, 'x-namespace': '' }]) {
        const reply = await send(`${server.url}/${action}`, given, JSON.stringify({ payloads: [plain(CANARY)] }));
        assert.deepEqual([reply.status, /X-Namespace/.test(reply.text)], [400, true]);
      }
  });

  it('open on loopback asks for no token, and answers to the names of this machine only', async () => {
    await server.close();
    server = await open({ CODEC_SERVER_OPEN: '1' });
    const { port } = new URL(server.url);
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`])
      assert.equal((await send(`${server.url}/decode`, { ...json, host }, '{}')).status, 200, host);
    for (const host of [`rebound.evil.example:${port}`, 'evil.example', '127.0.0.1.evil.example'])
      assert.equal((await send(`${server.url}/decode`, { ...json, host }, '{}')).status, 403, host);
    assert.equal((await send(`${server.url}/decode`, { ...json, origin: 'https://evil.example' }, '{}')).status, 403);
  });

  it('says that it is well, to everybody', async () => {
    const reply = await send(`${server.url}/healthz`, {}, undefined, 'GET');
    assert.deepEqual([reply.status, reply.text], [200, 'ok\n']);
  });

  it('logs what was asked, and nothing of the payloads, the token or made-up headers', async () => {
    const sealed = await post('/encode', [plain(CANARY)], { 'x-namespace': CANARY });
    await post('/decode', answerSchema.parse(JSON.parse(sealed.text)).payloads, { 'x-namespace': CANARY });
    await post('/decode', [{ metadata: { encoding: 'YmluYXJ5L2VuY3J5cHRlZA==' }, data: CANARY.replace(' ', '') }]);
    await post(`/${encodeURIComponent(CANARY)}`, []);
    assert.match(logged.join('\n'), /"action":"decode","status":200,"payloads":1/);
    assert.equal(logged.length, 4);
    for (const word of ['Ada', 'Lovelace', TOKEN, 'Bearer']) assert.ok(!logged.join('\n').includes(word), word);
  });

  it('ends when asked, after the requests under way', async () => {
    const request = httpRequest(`${server.url}/decode`, {
      method: 'POST',
      headers: { ...headers, expect: '100-continue' },
    });
    request.flushHeaders();
    await once(request, 'continue');
    const closed = server.close();
    request.end('{}');
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume: () => void }];
    response.resume();
    assert.equal(response.statusCode, 200);
    await closed;
    await assert.rejects(send(`${server.url}/healthz`, {}, undefined, 'GET'), { code: 'ECONNREFUSED' });
    server = await open();
  });

  it('says which address it can not have', async () => {
    const { host } = new URL(server.url);
    await assert.rejects(open({ CODEC_SERVER_ADDRESS: host }), {
      code: 'listen-failed',
      place: 'CODEC_SERVER_ADDRESS',
    });
  });
});

describe('npm run codec-server', function () {
  this.timeout(60_000);
  const start = (env: Record<string, string>) =>
    spawn(process.execPath, ['--import', 'tsx', 'src/codec-server.ts'], {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });

  it('serves until SIGTERM, and ends with 0', async () => {
    const address = `127.0.0.1:${await freePort()}`;
    const child = start({ PAYLOAD_KEYS: KEYS, CODEC_SERVER_OPEN: '1', CODEC_SERVER_ADDRESS: address });
    const line = String((await once(child.stderr, 'data'))[0]);
    const { url, keys } = z.object({ url: z.string(), keys: z.array(z.string()) }).parse(JSON.parse(line));
    assert.deepEqual(keys, ['2026-11', '2026-05']);
    assert.equal((await send(`${url}/healthz`, {}, undefined, 'GET')).status, 200);
    child.kill('SIGTERM');
    assert.deepEqual((await once(child, 'close'))[0], 0);
  });

  it('ends with 1 and the way out when it would be open to all', async () => {
    const child = start({ PAYLOAD_KEYS: KEYS });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
    assert.deepEqual((await once(child, 'close'))[0], 1);
    assert.match(told, /CODEC_SERVER_TOKEN: is missing/);
    assert.match(told, /openssl rand/);
  });
});
