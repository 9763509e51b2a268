import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server, type ServerResponse } from 'node:http';
import { createHttp, HttpFailure, type Http } from '../../../src/http/http.js';

const KIB = 1_024;

describe('The size of an answer', () => {
  let server: Server;
  let url: URL;
  let http: Http;
  let answer: (response: ServerResponse) => void;

  before(async () => {
    server = createServer((_request, response) => answer(response));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    url = new URL(`http://127.0.0.1:${address.port}/`);
  });
  beforeEach(() => (http = createHttp()));
  afterEach(() => http.close());
  after(() => {
    server.closeAllConnections();
    server.close();
  });

  const ask = (maxBytes?: number) =>
    http.request({ method: 'GET', url, timeoutMs: 10_000, ...(maxBytes !== undefined && { maxBytes }) });
  /** Writes for as long as somebody listens. */
  const endless = (response: ServerResponse): void => {
    const write = (): void => {
      while (!response.destroyed && response.write('x'.repeat(16 * KIB)));
    };
    response.on('drain', write);
    write();
  };
  const isTooLarge = (error: unknown): boolean =>
    error instanceof HttpFailure && error.kind === 'too-large' && error.sent;

  it('may be just what the caller allows', async () => {
    answer = (response) => response.end('é'.repeat(50 * KIB));
    assert.equal((await ask(100 * KIB)).text, 'é'.repeat(50 * KIB));
    await assert.rejects(ask(100 * KIB - 1), isTooLarge);
  });

  it('is 64 KiB at most when the caller says nothing', async () => {
    answer = (response) => response.end('x'.repeat(64 * KIB));
    assert.equal((await ask()).text.length, 64 * KIB);
    answer = (response) => response.end('x'.repeat(64 * KIB + 1));
    await assert.rejects(ask(), isTooLarge);
  });

  it('ends an answer without an end, and the connection with it', async () => {
    const closed = new Promise((resolve) => {
      answer = (response) => {
        response.on('close', resolve);
        endless(response);
      };
    });
    await assert.rejects(ask(1_024 * KIB), isTooLarge);
    await closed;
  });

  it('leaves the status and the beginning of an error that is longer', async () => {
    answer = (response) => {
      response.writeHead(502, { 'retry-after': '7', 'content-type': 'text/html' });
      endless(response);
    };
    const response = await ask(1_024 * KIB);
    assert.equal(response.status, 502);
    assert.equal(response.retryAfterMs, 7_000);
    assert.equal(response.text, 'x'.repeat(64 * KIB));
  });

  it('says to wait until a date by the clock of the server', async () => {
    const at = Date.parse('2026-11-27T12:00:00Z');
    answer = (response) => {
      const [date, until] = [at, at + 30_000].map((ms) => new Date(ms).toUTCString());
      response.writeHead(429, { date, 'retry-after': until });
      response.end();
    };
    assert.equal((await ask()).retryAfterMs, 30_000);
  });

  it('does not count the mark in front of a text', async () => {
    answer = (response) => response.end('\uFEFF{"a":1}');
    assert.equal((await ask()).text, '{"a":1}');
  });
});
