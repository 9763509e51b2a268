/** An HTTP CONNECT proxy on a Unix socket, which processes of another network namespace reach too; it alone knows where names lead. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface ConnectProxy {
  /** host:port of every way that was asked for. */
  readonly asked: Set<string>;
  close(): void;
}

/** `ways` tells the local port of each host:port; what is not in it is refused with 403. */
export async function openConnectProxy(socketFile: string, ways: ReadonlyMap<string, number>): Promise<ConnectProxy> {
  const asked = new Set<string>();
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', ({ url = '' }, client: Socket) => {
    asked.add(url);
    client.on('error', () => undefined);
    const port = ways.get(url);
    if (port === undefined) {
      client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
      return;
    }
    const far = connect(port, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(far).pipe(client);
    });
    far.on('error', () => client.destroy());
    client.on('close', () => far.destroy());
    for (const socket of [client, far]) sockets.add(socket);
  });
  server.listen(socketFile);
  await once(server, 'listening');
  return {
    asked,
    close: () => {
      server.close();
      server.closeAllConnections();
      for (const socket of sockets) socket.destroy();
    },
  };
}
