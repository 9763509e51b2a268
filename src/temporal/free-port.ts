/** Ports of one's own machine, for servers that must be told their port before they start. */
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

const LOOPBACK = '127.0.0.1';

/**
 * A port nobody listens on, and that the system gives to nobody who asks for any port within the next minute: Temporal's dev server asks
 * for some itself, and died where it got the one that it had been told. What keeps it is a connection that the listener closed first
 * (TIME_WAIT); whoever listens on that very port may do so.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, LOOPBACK);
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, LOOPBACK);
  const [socket] = await accepted;
  socket.end();
  client.resume();
  await once(client, 'close');
  server.close();
  await once(server, 'close');
  return port;
}

/** Throws the system's error (EADDRINUSE, EACCES) when a server could not listen on `port`. */
export async function assertPortFree(port: number): Promise<void> {
  const server = createServer().listen(port, LOOPBACK);
  await once(server, 'listening');
  server.close();
  await once(server, 'close');
}
