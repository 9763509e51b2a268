/** `/healthz`: the process lives and its event loop answers. `/readyz`: the worker takes work and Temporal answers it. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { ListenAddress } from './listen-address.js';
import { listenFailure } from './listen-failure.js';

export interface Health {
  /** From now on `/readyz` asks this; it answers why the worker is not ready, or null when it is. It must not throw. */
  watch(notReady: () => Promise<string | null>): void;
  close(): Promise<void>;
}

/** Listens at once, so that a worker which still connects is alive and not ready. Throws ConfigError `listen-failed`. */
export async function startHealth(address: ListenAddress | undefined): Promise<Health> {
  if (address === undefined) return { watch: () => undefined, close: () => Promise.resolve() };
  let notReady: () => Promise<string | null> = () => Promise.resolve('the worker is starting');
  const server = createServer((request, response) => {
    const path = request.url?.split('?', 1)[0];
    if (path === '/healthz') answer(response, 200, { alive: true });
    else if (path === '/readyz') {
      void notReady().then((reason) =>
        answer(response, reason === null ? 200 : 503, { ready: reason === null, ...(reason !== null && { reason }) }),
      );
    } else answer(response, 404, { error: 'only /healthz and /readyz are here' });
  });
  server.listen(address.port, address.host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenFailure('HEALTH_ADDRESS', address.text, error);
  }
  return {
    watch: (next) => (notReady = next),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
