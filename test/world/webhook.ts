/** A webhook on loopback that remembers what it was told. */
import { once } from 'node:events';
import { createServer } from 'node:http';

export interface TestWebhook {
  readonly url: string;
  /** Bodies of the messages that it took, in order. */
  readonly taken: string[];
  /** Refuses so many of the next messages with status 503. */
  refuse(count: number): void;
  /** Resolves when it has taken so many. */
  until(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function startWebhook(path: string): Promise<TestWebhook> {
  const taken: string[] = [];
  let toRefuse = 0;
  let onTaken = (): void => undefined;
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      const isRefused = request.url !== path || toRefuse-- > 0;
      response.writeHead(isRefused ? 503 : 200).end();
      if (!isRefused) taken.push(body);
      onTaken();
    });
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the webhook has no port');
  return {
    url: `http://127.0.0.1:${address.port}${path}`,
    taken,
    refuse: (count) => (toRefuse = count),
    until: (count) =>
      new Promise((resolve) => {
        onTaken = () => {
          if (taken.length >= count) resolve();
        };
        onTaken();
      }),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
