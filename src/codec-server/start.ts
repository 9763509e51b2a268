/** The codec server on its port: requests in, answers out, one log line each without anything of the payloads. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Logger, PayloadCodec } from '@temporalio/common';
import { ConfigError } from '../errors.js';
import { createPayloadCodec } from '../temporal/payload-codec.js';
import { answer } from './answer.js';
import type { CodecServerSettings } from './settings.js';

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

/** Throws ConfigError when it can't listen where the settings say. */
export async function startCodecServer(settings: CodecServerSettings, logger: Logger): Promise<CodecServer> {
  const codec = createPayloadCodec(settings.keys);
  const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: HEADERS_TIMEOUT_MS });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    serve(request, response, settings, codec, logger).catch(() => response.destroy());
  });
  const port = await listen(server, settings);
  const { host } = settings.address;
  return { url: `http://${host.includes(':') ? `[${host}]` : host}:${port}`, close: () => close(server) };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  settings: CodecServerSettings,
  codec: PayloadCodec,
  logger: Logger,
): Promise<void> {
  const startedAt = performance.now();
  const { status, headers, body, payloads } = await answer(request, settings, codec);
  response.writeHead(status, headers).end(body);
  const known = /\/(encode|decode|healthz)$/.exec(request.url ?? '')?.[1] ?? 'other';
  const ms = Math.round(performance.now() - startedAt);
  logger[status >= 400 ? 'warn' : known === 'healthz' ? 'debug' : 'info']('codec request', {
    action: known,
    status,
    payloads,
    ms,
  });
}

async function listen(server: Server, { address: { host, port } }: CodecServerSettings): Promise<number> {
  try {
    server.listen(port, host);
    await once(server, 'listening');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    throw new ConfigError(
      'port-in-use',
      `the codec server can't listen on ${host}, port ${port} (${code})`,
      'End what listens there, or choose another CODEC_SERVER_ADDRESS.',
      'CODEC_SERVER_ADDRESS',
      { cause },
    );
  }
  const bound = server.address();
  return bound === null || typeof bound === 'string' ? port : bound.port;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeIdleConnections();
  const insist = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(insist);
}
