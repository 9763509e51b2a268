import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { assertPortFree, freePort } from '../../../src/temporal/free-port.js';

async function manyTimes<T>(times: number, one: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: times }, one));
}

describe('a free port', () => {
  it('is given to nobody else who asks the system for any port, and can be listened on', async () => {
    const ours = new Set(await manyTimes(300, freePort));
    const others = await manyTimes(1_000, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      return server;
    });
    const taken = others.map((server) => (server.address() as AddressInfo).port);
    await Promise.all(others.map(async (server) => once(server.close(), 'close')));
    assert.deepEqual(
      taken.filter((port) => ours.has(port)),
      [],
    );
    for (const port of ours) await assertPortFree(port);
    assert.equal(ours.size, 300);
  });
});
