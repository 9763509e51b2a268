/** An HTTP server on loopback around a synchronous handler: bodies, the request log and faults in one place. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pauseFor } from 'node:timers/promises';
import type { System } from '../errors.js';
import { readJson } from '../json.js';
import { isItemEffect, type FaultEffect, type ItemEffect, type OpenFaults, type StruckFault } from './faults.js';
import type { OpenRequestLog } from './request-log.js';

export interface Ask {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case media type without parameters; empty when none was sent. */
  readonly contentType: string;
  readonly authorization: string | undefined;
  readonly body: string;
  /** A fault of single elements of the array. */
  readonly items?: ItemEffect;
}

export interface Answer {
  readonly status: number;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; wins over `json`. */
  readonly text?: string;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A body without end takes the place of the others: milliseconds between its chunks. */
  readonly endless?: number;
}

export interface LoopbackOptions {
  readonly system: System;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tokenPath: string;
  readonly faults: OpenFaults;
  readonly requests: OpenRequestLog;
  readonly tokenRequests: OpenRequestLog;
  readonly now: () => number;
  /** Passes so many milliseconds of the time that `now` tells; keeps no process alive. */
  readonly sleep: (ms: number) => Promise<unknown>;
  /** Milliseconds that every answer takes longer. Default 0. */
  readonly latencyMs?: number;
  /** Does the request; `silence` never answers. */
  readonly handle: (ask: Ask) => Answer | 'silence';
  /** The API's usual error body for a status. */
  readonly errorBody: (status: number) => unknown;
  readonly revokeToken: (authorization: string | undefined) => void;
}

export interface LoopbackServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Throws an Error that names the port when it is in use. */
export async function listen(options: LoopbackOptions): Promise<LoopbackServer> {
  const server = createServer((incoming, outgoing) => {
    serve(options, incoming, outgoing).catch(() => outgoing.destroy());
  });
  // Longer than clients keep idle connections, so that the server never closes one that is about to be used.
  server.keepAliveTimeout = 60_000;
  const port = await open(server, options);
  return { url: `http://${options.host}:${port}`, close: () => close(server) };
}

function open(server: Server, { host, port, system }: LoopbackOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why = error.code === 'EADDRINUSE' ? 'is in use: stop what holds it or choose another port' : error.message;
      reject(new Error(`the sandbox can't listen on ${host}:${port} for ${system}: the port ${why}`, { cause: error }));
    });
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

async function serve(options: LoopbackOptions, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://sandbox');
  const ask: Ask = {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    contentType: (incoming.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '',
    authorization: incoming.headers.authorization,
    body: await readBody(incoming),
  };
  const isToken = url.pathname === options.tokenPath;
  const log = isToken ? options.tokenRequests : options.requests;
  const answered = log.arrived({
    method: ask.method,
    path: ask.path,
    query: url.search.slice(1),
    at: options.now(),
  });
  const answer = await answerOf(options, ask, isToken);
  if (options.latencyMs) await pauseFor(options.latencyMs);
  if (answer === 'silence') return;
  if (answer === 'cut') {
    outgoing.destroy();
    return;
  }
  answered(answer.status);
  outgoing.setHeader('date', new Date(options.now()).toUTCString());
  if (answer.endless === undefined) send(outgoing, answer);
  else await sendForEver(outgoing, answer.status, answer.endless);
}

async function answerOf(options: LoopbackOptions, ask: Ask, isToken: boolean): Promise<Answer | 'silence' | 'cut'> {
  const struck = options.faults.strike({ ...ask, system: options.system, isToken });
  if (struck === undefined) return options.handle(ask);
  if (struck.effect.kind === 'hold') await struck.released;
  return afflict(options, ask, struck);
}

function afflict(options: LoopbackOptions, ask: Ask, struck: StruckFault): Answer | 'silence' | 'cut' {
  const { effect, released } = struck;
  if (isItemEffect(effect)) return options.handle({ ...ask, items: effect });
  switch (effect.kind) {
    case 'status':
      return statusAnswer(options, effect);
    case 'retry-after':
      return {
        status: 429,
        json: options.errorBody(429),
        headers: retryAfterHeader(effect.form, effect.seconds, options.now()),
      };
    case 'reset-before':
      return 'cut';
    case 'reset-after-commit':
      options.handle(ask);
      return 'cut';
    case 'timeout':
      return 'silence';
    case 'timeout-after-commit':
      options.handle(ask);
      return 'silence';
    case 'status-after-commit':
      options.handle(ask);
      return { status: effect.status, json: options.errorBody(effect.status) };
    case 'late-commit': {
      const due = effect.afterMs === undefined ? released : options.sleep(effect.afterMs);
      struck.goesOn(due.then(() => void options.handle(ask)));
      return typeof effect.status === 'number' ? statusAnswer(options, { status: effect.status }) : effect.status;
    }
    case 'meanwhile': {
      effect.before?.();
      const answer = options.handle(ask);
      effect.after?.();
      return answer;
    }
    case 'html':
      return { status: effect.status ?? 200, text: HTML, contentType: 'text/html' };
    case 'truncated-json':
      return rewritten(options.handle(ask), (text) => text.slice(0, Math.ceil(text.length / 2)));
    case 'rewritten-json':
      return rewritten(options.handle(ask), (text) => JSON.stringify(effect.rewrite(readJson(text))));
    case 'rewritten-text':
      return rewritten(options.handle(ask), effect.rewrite);
    case 'endless':
      return { status: effect.status ?? 200, endless: effect.everyMs ?? 0 };
    case 'token-401':
      options.revokeToken(ask.authorization);
      return options.handle(ask);
    case 'hold':
      return effect.rewrite === undefined ? options.handle(ask) : rewritten(options.handle(ask), effect.rewrite);
  }
}

const HTML =
  '<!DOCTYPE html><html><head><title>Just a moment…</title></head><body>Please verify you are human.</body></html>';

type StatusAnswer = Omit<Extract<FaultEffect, { kind: 'status' }>, 'kind'>;

function statusAnswer(options: LoopbackOptions, effect: StatusAnswer): Answer {
  const body = effect.body === undefined ? options.errorBody(effect.status) : effect.body;
  return {
    status: effect.status,
    ...(typeof body === 'string' ? { text: body } : { json: body }),
    ...(effect.contentType !== undefined && { contentType: effect.contentType }),
    ...(effect.headers !== undefined && { headers: effect.headers }),
  };
}

function rewritten(answer: Answer | 'silence', rewrite: (text: string) => string): Answer | 'silence' {
  if (answer === 'silence') return answer;
  return { ...answer, text: rewrite(bodyText(answer)), contentType: answer.contentType ?? 'application/json' };
}

/** The header in the form asked for; a date is rounded up to the next second, as HTTP dates have no fractions. */
export function retryAfterHeader(
  form: 'none' | 'seconds' | 'date',
  seconds: number,
  nowMs: number,
): Record<string, string> {
  if (form === 'none') return {};
  if (form === 'seconds') return { 'retry-after': String(Math.ceil(seconds)) };
  return { 'retry-after': new Date(Math.ceil((nowMs + seconds * 1_000) / 1_000) * 1_000).toUTCString() };
}

function send(outgoing: ServerResponse, answer: Answer): void {
  const body = Buffer.from(bodyText(answer));
  const type = answer.contentType ?? (answer.text === undefined ? 'application/json; charset=utf-8' : 'text/plain');
  const about = answer.status === 204 ? {} : { 'content-type': type, 'content-length': body.length };
  outgoing.writeHead(answer.status, { ...about, ...answer.headers });
  outgoing.end(body);
}

const CHUNK = Buffer.alloc(65_536, ' ');
/** Nobody who reads on this far will ever stop. */
const MOST_CHUNKS = 8_192;

async function sendForEver(outgoing: ServerResponse, status: number, everyMs: number): Promise<void> {
  outgoing.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  for (let sent = 0; sent < MOST_CHUNKS && !outgoing.destroyed; sent += 1) {
    const hasRoom = outgoing.write(CHUNK);
    if (everyMs > 0) await pauseFor(everyMs, undefined, { ref: false });
    else if (!hasRoom) await roomOrEnd(outgoing);
  }
  outgoing.destroy();
}

function roomOrEnd(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const go = (): void => {
      outgoing.off('drain', go).off('close', go);
      resolve();
    };
    outgoing.on('drain', go).on('close', go);
  });
}

function bodyText(answer: Answer): string {
  return answer.text ?? (answer.json === undefined ? '' : JSON.stringify(answer.json));
}

async function readBody(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
