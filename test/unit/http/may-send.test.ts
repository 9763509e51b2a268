import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createHttp, HttpFailure } from '../../../src/http/http.js';

describe('A request that may no longer be sent', () => {
  it('never reaches the server, and says so', async () => {
    let received = 0;
    const server = createServer((_request, response) => {
      received += 1;
      response.end('{}');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const http = createHttp();
    const ask = (maySend: () => boolean) =>
      http.request({ method: 'POST', url, body: '[]', timeoutMs: 5_000, maySend });
    await assert.rejects(
      ask(() => false),
      (error) => error instanceof HttpFailure && error.kind === 'aborted' && !error.sent,
    );
    assert.equal(received, 0);
    assert.equal((await ask(() => true)).text, '{}');
    await http.close();
    server.close();
  });
});
