/** The codec server on its port: requests in, answers out, one log line each without anything of the payloads. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger } from '@temporalio/common';
import { listenFailure } from '../worker/listen-failure.js';
import { actionOf, answer } from './answer.js';
import type { CodecServerSettings } from './settings.js';
import { Turns } from './turns.js';

export interface CodecServer {
  /** What the Web UI and the CLI take as `--codec-endpoint`. */
  readonly url: string;
  /** Takes no more requests, lets those under way end within five seconds, and waits for that. */
  close(): Promise<void>;
}

/** A request that takes longer, head and body, is cut off. */
const REQUEST_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 10_000;
const CLOSE_TIMEOUT_MS = 5_000;

/** Four keep what is opened at a time below half a gigabyte; a page of the Web UI asks for some dozen answers. */
export const MOST_REQUESTS = { atOnce: 4, waiting: 200 } as const;

/** Throws ConfigError when it can't listen where the settings say. */
export async function startCodecServer(settings: CodecServerSettings, logger: Logger): Promise<CodecServer> {
  const turns = new Turns(MOST_REQUESTS);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A connection that waits for further requests would hold up the end.
    response.on('finish', () => {
      if (!server.listening) request.socket.destroySoon();
    });
    serve(request, response, settings, turns, logger).catch(() => response.destroy());
  });
  await listen(server, settings);
  return { url: `http://${settings.address.text}`, close: () => close(server) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  settings: CodecServerSettings,
  turns: Turns,
  logger: Logger,
): Promise<void> {
  const startedAt = performance.now();
  const action = actionOf(request.url);
  const { status, headers, body, payloads } = await answer(action, request, settings, turns);
  response.writeHead(status, headers).end(body);
  const level = status >= 400 ? 'warn' : action === 'healthz' ? 'debug' : 'info';
  logger[level]('codec request', { action, status, payloads, ms: Math.round(performance.now() - startedAt) });
}

async function listen(server: Server, { address: { host, port, text } }: CodecServerSettings): Promise<void> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    throw listenFailure('CODEC_SERVER_ADDRESS', text, error);
  }
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const insist = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(insist);
}
