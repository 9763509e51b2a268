/** Ports of one's own machine, for servers that must be told their port before they start. */
import { once } from 'node:events';
import { createServer } from 'node:net';

const LOOPBACK = '127.0.0.1';

/** A port nobody listens on. Somebody else may still take it before it is used. */
export async function freePort(): Promise<number> {
  return listenBriefly(0);
}

/** Throws the system's error (EADDRINUSE, EACCES) when a server could not listen on `port`. */
export async function assertPortFree(port: number): Promise<void> {
  await listenBriefly(port);
}

async function listenBriefly(port: number): Promise<number> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  return address.port;
}
