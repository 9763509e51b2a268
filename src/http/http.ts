/** One HTTP exchange over undici: proxies, time limits, bodies as text, failures by what they mean for a retry. Knows no API. */
import type { LookupFunction } from 'node:net';
import { EnvHttpProxyAgent, request, type Dispatcher } from 'undici';
import { errorCode } from '../errors.js';
import { isWayClosed, proxyStatus, wayClosed } from './obstacles.js';
import { NO_PROXIES, proxyFor, type Proxies } from './proxy.js';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds until the whole answer must be there. */
  readonly timeoutMs: number;
  /** A 2xx answer with a longer body counts as none (`too-large`). Default 64 KiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal | undefined;
  /** Asked at the last moment, when a connection is there: false ends the exchange as `aborted` and not sent. */
  readonly maySend?: () => boolean;
}

export interface HttpResponse {
  readonly status: number;
  /** Lower-case media type without parameters; empty when the server sent none. */
  readonly contentType: string;
  /** Of an answer other than 2xx, the first 64 KiB. */
  readonly text: string;
  /** What {@link parseRetryAfter} makes of `Retry-After`. */
  readonly retryAfterMs: number | undefined;
}

/**
 * No answer came. `sent` is false only when the request surely never reached the server (refused connection, unknown host), so that
 * repeating it is safe; true means the server may have done the work.
 */
export class HttpFailure extends Error {
  constructor(
    readonly kind: 'connect' | 'proxy' | 'timeout' | 'reset' | 'aborted' | 'too-large',
    readonly sent: boolean,
    options?: ErrorOptions,
  ) {
    super(`no answer: ${kind}`, options);
    this.name = 'HttpFailure';
  }
}

export interface Http {
  /**
   * Answers any status; throws {@link HttpFailure} when no answer came, and ConfigError `certificate-refused` or `proxy-refused` when only a
   * person can open the way.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /** Breaks off what is under way; it and whatever is asked later fails as `aborted`. */
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

/** Tokens, errors and the words of a webhook are shorter. */
const SMALL_BYTES = 64 * 1_024;

export interface HttpOptions {
  /** Looks up hosts in place of the system's resolver; not asked for hosts that are addresses. */
  readonly lookup?: LookupFunction;
  /** Default: none. */
  readonly proxies?: Proxies;
  /** Stands for the host in errors, where its name is a secret. */
  readonly hostName?: string;
}

/** One agent per process: connections are kept a little shorter than servers keep them, so that a request rarely meets a closing socket. */
export function createHttp(options: HttpOptions = {}): Http {
  const { lookup, proxies = NO_PROXIES } = options;
  const agent = new EnvHttpProxyAgent({
    httpProxy: proxies.http ?? '',
    httpsProxy: proxies.https ?? '',
    noProxy: proxies.noProxy,
    keepAliveTimeout: 4_000,
    keepAliveMaxTimeout: 4_000,
    connections: 16,
    connect: { timeout: 10_000, ...(lookup !== undefined && { lookup }) },
  });
  return {
    request: (httpRequest) => exchange(agent, httpRequest, options),
    close: () => agent.destroy(new HttpFailure('aborted', true)),
  };
}

async function exchange(
  agent: Dispatcher,
  { method, url, headers, body, timeoutMs, maxBytes = SMALL_BYTES, signal, maySend }: HttpRequest,
  { proxies = NO_PROXIES, hostName = url.host }: HttpOptions,
): Promise<HttpResponse> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    const response = await request(url, {
      dispatcher: maySend === undefined ? agent : agent.compose(gate(maySend)),
      method,
      ...(headers !== undefined && { headers }),
      ...(body !== undefined && { body }),
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
      signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
    });
    const text = await readBody(response, maxBytes);
    return {
      status: response.statusCode,
      contentType: mediaType(single(response.headers['content-type'])),
      text,
      retryAfterMs: parseRetryAfter(single(response.headers['retry-after']), sentAt(response.headers)),
    };
  } catch (error) {
    const proxy = proxyFor(url, proxies);
    if (isWayClosed(error)) throw wayClosed(error, hostName, proxy);
    throw toHttpFailure(error, { timeout, signal, proxy });
  }
}

/** Stands between the choice of a connection and the first byte on it. */
function gate(maySend: () => boolean): Dispatcher.DispatcherComposeInterceptor {
  return (dispatch) => (options, handler) =>
    dispatch(options, {
      onRequestStart: (controller, context) => {
        if (maySend()) handler.onRequestStart?.(controller, context);
        else controller.abort(new HttpFailure('aborted', false));
      },
      onResponseStart: (...args) => handler.onResponseStart?.(...args),
      onResponseData: (...args) => handler.onResponseData?.(...args),
      onResponseEnd: (...args) => handler.onResponseEnd?.(...args),
      onResponseError: (...args) => handler.onResponseError?.(...args),
    });
}

/** Nothing is read beyond the limit, whatever the server goes on sending. */
async function readBody({ statusCode, body }: Dispatcher.ResponseData, maxBytes: number): Promise<string> {
  const isError = statusCode < 200 || statusCode > 299;
  const limit = isError ? SMALL_BYTES : maxBytes;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes > limit) break;
  }
  if (bytes > limit && !isError) throw new HttpFailure('too-large', true);
  return new TextDecoder().decode(Buffer.concat(chunks).subarray(0, limit));
}

function toHttpFailure(
  error: unknown,
  { timeout, signal, proxy }: { timeout: AbortSignal; signal: AbortSignal | undefined; proxy: URL | undefined },
): HttpFailure {
  if (error instanceof HttpFailure) return error;
  if (signal?.aborted === true) return new HttpFailure('aborted', true, { cause: error });
  const code = errorCode(error);
  if (proxy !== undefined && (NEVER_SENT.has(code) || proxyStatus(error) !== undefined))
    return new HttpFailure('proxy', false, { cause: error });
  if (NEVER_SENT.has(code)) return new HttpFailure('connect', false, { cause: error });
  if (timeout.aborted || TIMED_OUT.has(code)) return new HttpFailure('timeout', true, { cause: error });
  return new HttpFailure('reset', true, { cause: error });
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header;
}

/** By the server's clock (RFC 9110 6.6.1), or ours where it does not say, in epoch milliseconds: its dates are to be read by that. */
function sentAt({ date }: Readonly<Record<string, string | string[] | undefined>>): number {
  const ms = Date.parse(single(date) ?? '');
  return Number.isNaN(ms) ? Date.now() : ms;
}

function mediaType(header: string | undefined): string {
  return (header ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** The longest that anybody is heard who asks to be left alone. */
export const MAX_RETRY_AFTER_MS = 3_600_000;
const MIN_RETRY_AFTER_MS = 1_000;
/** Who names a later time means something else, such as a time of day where a number of seconds is expected. */
const NONSENSE_FROM_MS = 365 * 86_400_000;

/**
 * `Retry-After` as seconds or as an HTTP date (RFC 9110 10.2.3), in milliseconds from `nowMs`: at least a second, at most an hour. Undefined
 * when there is none or what it says is no use: unreadable, not in the future, or a year away.
 */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  const text = header?.trim() ?? '';
  const ms = /^\d+(\.\d+)?$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - nowMs;
  if (!(ms > 0 && ms < NONSENSE_FROM_MS)) return undefined;
  return Math.min(Math.max(ms, MIN_RETRY_AFTER_MS), MAX_RETRY_AFTER_MS);
}
