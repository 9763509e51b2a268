/** One HTTP exchange over undici: time limits, bodies as text, failures by what they mean for a retry. Knows no API. */
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case media type without parameters; empty when the server sent none. */
  readonly contentType: string;
  readonly text: string;
  /** From `Retry-After` in either form, in milliseconds from now; undefined when absent or unreadable. */
  readonly retryAfterMs: number | undefined;
}

/**
 * No answer came. `sent` is false only when the request surely never reached the server (refused connection, unknown host), so that
 * repeating it is safe; true means the server may have done the work.
 */
export class HttpFailure extends Error {
  constructor(
    readonly kind: 'connect' | 'timeout' | 'reset' | 'aborted',
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(`no answer: ${kind}`, options);
    this.name = 'HttpFailure';
  }
}

export interface Http {
  /** Answers any status; throws {@link HttpFailure} when no answer came. */
  request(request: HttpRequest): Promise<HttpResponse>;
  close(): Promise<void>;
}

const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);
const TIMED_OUT = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);

export interface HttpOptions {
  /** Looks up hosts in place of the system's resolver; not asked for hosts that are addresses. */
  readonly lookup?: LookupFunction;
  /** A longer answer counts as none. Default: no limit. */
  readonly maxAnswerBytes?: number;
}

/** One agent per process: connections are kept a little shorter than servers keep them, so that a request rarely meets a closing socket. */
export function createHttp({ lookup, maxAnswerBytes }: HttpOptions = {}): Http {
  const agent = new Agent({
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
    connections: 16,
    connect: { timeout: 10_000, ...(lookup !== undefined && { lookup }) },
    ...(maxAnswerBytes !== undefined && { maxResponseSize: maxAnswerBytes }),
  });
  return {
    request: (httpRequest) => exchange(agent, httpRequest),
    close: () => agent.close(),
  };
}

async function exchange(
  agent: Agent,
  { method, url, headers, body, timeoutMs, signal }: HttpRequest,
): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, {
      dispatcher: agent,
      method,
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const text = await response.body.text();
    return {
      status: response.statusCode,
      contentType: mediaType(single(response.headers['content-type'])),
      text,
      retryAfterMs: parseRetryAfter(single(response.headers['retry-after']), Date.now()),
    };
  } catch (error) {
    throw toHttpFailure(error, timeout, signal);
  }
}

function toHttpFailure(error: unknown, timeout: AbortSignal, signal: AbortSignal | undefined): HttpFailure {
  if (signal?.aborted === true) return new HttpFailure('aborted', true, { cause: error });
  const code = errorCode(error);
  if (NEVER_SENT.has(code)) return new HttpFailure('connect', false, { cause: error });
  if (timeout.aborted || TIMED_OUT.has(code)) return new HttpFailure('timeout', true, { cause: error });
  return new HttpFailure('reset', true, { cause: error });
}

function errorCode(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** `Retry-After` as seconds or as an HTTP date (RFC 9110 10.2.3), in milliseconds from `nowMs`, never negative. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined || header.trim() === '') return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header.trim()) * 1_000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
