/** Reads one exchange with Halo's API: JSON, or the failure by what the caller must do. Pure. */
import { ConfigError, DriftError, TransientError } from '../../errors.js';
import { HttpFailure, type HttpResponse } from '../../http/http.js';
import { ForbiddenError, HaloRefusalError, LostAnswerError } from './errors.js';
import { parseJson } from '../../http/parse-json.js';
import { errorText, redact, type HiddenValue } from './error-text.js';

export interface JsonAnswer {
  readonly json: unknown;
}

type Method = 'GET' | 'POST' | 'DELETE';

/** What an answer other than 401 and 429 (the client's own business) amounts to. */
export function failureOf(
  answer: HttpResponse | HttpFailure,
  method: Method,
  hide: () => readonly HiddenValue[],
): JsonAnswer | Error {
  if (answer instanceof HttpFailure) return noAnswer(answer, method);
  const { status, text } = answer;
  if (status < 300) return readJson(text, method);
  if (status === 408 || status >= 500) return serverFailure(answer, method);
  const isPage = isWebPage(answer) || status < 400;
  if (status < 400 && method === 'GET') return moved(status);
  if (status === 403 || (method !== 'GET' && isPage)) return new ForbiddenError(method, status, isPage);
  return new HaloRefusalError(status, redact(errorText(text), hide()));
}

/** A read that failed or came garbled, or a write that surely did not reach Halo, may simply be sent again. */
export function isRepeatable(failure: Error): failure is TransientError | DriftError {
  return failure instanceof DriftError || (failure instanceof TransientError && !(failure instanceof LostAnswerError));
}

function noAnswer(failure: HttpFailure, method: Method): Error {
  const message = `Halo gave no answer to a ${method} request (${failure.kind}).`;
  if (method !== 'GET' && failure.sent) {
    // Also a proxy that cuts the connection does not end what Halo has begun; an answer that came, however large, does.
    return new LostAnswerError(message, failure.kind !== 'too-large', { cause: failure });
  }
  return new TransientError('halo-unreachable', message, { cause: failure });
}

function serverFailure({ status, retryAfterMs }: HttpResponse, method: Method): Error {
  const message = `Halo answered a ${method} request with status ${status}.`;
  // A gateway gives up on a request that Halo itself may still be working on.
  if (method !== 'GET') return new LostAnswerError(message, status !== 500, { retryAfterMs, status });
  return new TransientError('halo-unavailable', message, { retryAfterMs });
}

function readJson(text: string, method: Method): JsonAnswer | Error {
  if (method !== 'GET' && text.trim() === '') return { json: null };
  try {
    return { json: parseJson(text) };
  } catch {
    if (method !== 'GET') return new LostAnswerError('Halo answered a write with something that is not JSON.', false);
    return new DriftError(
      'halo-answer-unreadable',
      'Halo answered with something that is not JSON.',
      'Check that halo.url is the address of Halo itself, and that no proxy or maintenance page answers in its place.',
    );
  }
}

/** A page of a firewall, proxy or web server: Halo itself answers in JSON or not at all, so that it says nothing of what was written. */
function isWebPage({ text, contentType }: HttpResponse): boolean {
  return contentType === 'text/html' || /^\s*</.test(text);
}

function moved(status: number): ConfigError {
  return new ConfigError(
    'halo-url-wrong',
    `Halo's API is not at halo.url: the server answers with a redirect (status ${status}).`,
    'Set halo.url to the address the redirect leads to, without a path.',
    'halo.url',
  );
}
