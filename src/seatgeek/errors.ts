/** What SeatGeek's refusals mean (`reference/seatgeek.md` 1.7 and 6). Status first, then content type; the body only for its reason. */
import {
  ConfigError,
  CredentialsRefusedError,
  CursorExpiredError,
  DriftError,
  type SyncError,
  TransientError,
} from '../errors.js';
import { HttpFailure, type HttpResponse } from '../http/http.js';
import { safeText } from './safe-text.js';
import { reasonsIn } from './wire.js';

/** The page could not be had at the size asked for, for its size or for one of its rows: the same cursor with a smaller page may work. */
export class PageNotHadError extends TransientError {}

/** One event, asked for alone, could not be had: it may be the cause, or SeatGeek is down. Says what the page's error says. */
export class RowNotHadError extends TransientError {
  constructor(cause: PageNotHadError) {
    super(cause.code, cause.message, { cause, hint: cause.hint, retryAfterMs: cause.retryAfterMs });
  }
}

/** Refusals that are no outage: of a page for its size, or for what stands on it. */
const ABOUT_THE_ROW: ReadonlySet<string> = new Set([
  'seatgeek-answer-cut',
  'seatgeek-page-too-large',
  'seatgeek-too-large',
]);

/** Of a page that was asked for with one event only. */
export function rowError(cause: PageNotHadError): SyncError {
  return ABOUT_THE_ROW.has(cause.code) ? rowUnreadableError(cause) : new RowNotHadError(cause);
}

/** Of a page that fails for its size, what SeatGeek also answers when it is away for a moment, and soon. */
const MAY_BE_AN_OUTAGE: ReadonlySet<string> = new Set(['seatgeek-unavailable', 'seatgeek-unreachable']);

/** Whether the same request may be served a little later. */
export function mayPass(error: unknown): error is TransientError {
  if (error instanceof PageNotHadError) return MAY_BE_AN_OUTAGE.has(error.code);
  return error instanceof TransientError;
}

export const GRANT_HINT =
  "Check the client id and secret. If they are right, the app may lack the grant for the Ringside audience: ask SeatGeek to grant it, or check 'seatgeek.audience'.";

const RESTART_HINT = 'Send clear-cursor to read all history again; nothing starts over by itself.';
const AGAIN = 'It is tried again by itself.';

/** A refusal by the feed. `cursorSent` tells whether the request named a cursor that can be refused. */
export function feedError(response: HttpResponse, cursorSent: boolean): SyncError {
  const { status } = response;
  const text = (what: string): string => describe(`SeatGeek's feed ${what}`, response);
  if (status === 401) {
    return refused('seatgeek-unauthorized', text('does not accept a new token'), 'seatgeek.clientSecret');
  }
  if (status === 403 && !isHtml(response)) {
    return refused('seatgeek-forbidden', text('is not open to these credentials'), 'seatgeek.clientSecret');
  }
  if (status === 413) return new PageNotHadError('seatgeek-page-too-large', text('finds the page too large'));
  if (RAN_OUT_OF_TIME.has(status)) return new PageNotHadError('seatgeek-timeout', text('ran out of time'));
  // One row that the server stumbles over, or a page that is too much for what stands before it, answers like a server that is down.
  if (status >= 500) return outage(response, "SeatGeek's feed", PageNotHadError);
  if (isOutage(response)) return outage(response, "SeatGeek's feed");
  if (cursorSent && (status === 410 || ([400, 404, 409].includes(status) && speaksOfCursor(response)))) {
    return new CursorExpiredError('cursor-expired', text('does not accept the stored cursor'), RESTART_HINT);
  }
  // The largest limit is not known (`reference/seatgeek.md` 1.4), nor how a larger one is refused.
  if ([400, 422].includes(status) && reasonsOf(response).some((reason) => SIZE.test(reason)))
    return new PageNotHadError('seatgeek-page-too-large', text('finds the page too large'));
  if (status === 409) return new TransientError('seatgeek-conflict', text('asks to come again'));
  if (status === 404) return unknownPlace('seatgeek.apiUrl', text('is not there'));
  return new DriftError(
    'seatgeek-refused',
    text('refuses the request'),
    "Check 'seatgeek.apiUrl' and 'seatgeek.entity'.",
  );
}

/** 524 is Cloudflare's 504. */
const RAN_OUT_OF_TIME: ReadonlySet<number> = new Set([408, 504, 524]);

const SIZE = /\blimit\b|page.?size/i;
const LOST =
  /expired|invalid|unknown|unrecogni|malformed|stale|too old|no longer|not (?:be )?(?:found|valid|accepted|recogni)|not exist/i;

/** How an expired cursor is refused is not known (`reference/seatgeek.md` 3): by a reason that names it, and not only beside the size of a page. */
function speaksOfCursor(response: HttpResponse): boolean {
  return reasonsOf(response).some((reason) => /cursor/i.test(reason) && (LOST.test(reason) || !SIZE.test(reason)));
}

/** What the answer gives as its reasons: nothing from a web page, and not the address that was asked for. */
function reasonsOf(response: HttpResponse): string[] {
  if (isHtml(response)) return [];
  const reasons = reasonsIn(response.text);
  return (reasons.length === 0 ? [response.text] : reasons).map((text) =>
    text.slice(0, MAX_REASON).replace(/\S*[?&]\S*/g, ''),
  );
}

const MAX_REASON = 2_000;

/** A refusal by the token endpoint. */
export function tokenError(response: HttpResponse): SyncError {
  const { status } = response;
  if (isOutage(response)) return outage(response, "SeatGeek's token endpoint");
  const text = describe("SeatGeek's token endpoint refuses the credentials", response);
  if ([400, 401, 403].includes(status)) return refused('seatgeek-credentials-refused', text, 'seatgeek.clientSecret');
  return unknownPlace('seatgeek.tokenUrl', describe("SeatGeek's token endpoint is not there", response));
}

/** An answer that came with 2xx but can't be read: half a body, or a page of some gateway. */
export function unreadableError(response: HttpResponse, who: string, PageError = TransientError): TransientError {
  if (isHtml(response))
    return new TransientError(
      'seatgeek-not-json',
      `${who} answered a web page instead of JSON (status ${response.status}).`,
    );
  return new PageError(
    'seatgeek-answer-cut',
    `${who} answered JSON that is cut off or broken (status ${response.status}).`,
  );
}

/** Nothing came where the page before had said that there is more: no end of the feed. */
export function emptyError(who: string): TransientError {
  return new TransientError('seatgeek-answer-cut', `${who} said that it has more, and then answered nothing.`);
}

/** Asked for alone, the event after the cursor is still no JSON, or too large: only SeatGeek can mend it, and nothing after it can be reached. */
function rowUnreadableError(cause: PageNotHadError): DriftError {
  return new DriftError(
    'row-unreadable',
    `${cause.message} So it is with the one event that follows the cursor alone: everything before it is read, nothing after it can be.`,
    "Report it to SeatGeek with the connection's cursor (status shows it). The run goes on from there by itself once the event can be read.",
    { cause },
  );
}

/** No answer came. Answers the caller's own reason when it was the caller who stopped the request. */
export function noAnswerError(
  failure: unknown,
  who: string,
  signal?: AbortSignal,
  PageError: typeof TransientError = TransientError,
): unknown {
  if (!(failure instanceof HttpFailure)) return failure;
  if (signal?.aborted === true) return signal.reason;
  if (failure.kind === 'timeout') {
    return new PageError('seatgeek-timeout', `${who} did not answer in time.`, { cause: failure });
  }
  if (failure.kind === 'too-large') {
    return new PageError('seatgeek-too-large', `${who} answered more than is read at once.`, { cause: failure });
  }
  if (failure.kind === 'connect' || failure.kind === 'proxy') {
    const by = failure.kind === 'proxy' ? ' through the proxy' : '';
    return new TransientError('seatgeek-unreachable', `${who} can not be reached${by}.`, { cause: failure });
  }
  return new PageError('seatgeek-unreachable', `${who} broke off its answer.`, { cause: failure });
}

/** Some gateways answer with a web page, whatever the status (`reference/seatgeek.md` 2). */
export function isHtml({ contentType, text }: HttpResponse): boolean {
  return contentType === 'text/html' || text.trimStart().startsWith('<');
}

/** 406 and a web page with 403 come from the network's guard against abuse, which opens again by itself. */
function isOutage(response: HttpResponse): boolean {
  const { status } = response;
  return status >= 500 || status === 429 || status === 408 || status === 406 || (status === 403 && isHtml(response));
}

function outage(response: HttpResponse, who: string, Outage = TransientError): TransientError {
  const { status, retryAfterMs } = response;
  if (status === 429) {
    const message = describe(`${who} asks for fewer requests`, response);
    return new TransientError('seatgeek-rate-limited', message, { retryAfterMs });
  }
  const hint = `${AGAIN} SeatGeek has had a daily maintenance window from 09:00 to 12:00 UTC.`;
  return new Outage('seatgeek-unavailable', describe(`${who} is not available`, response), {
    retryAfterMs,
    hint: status >= 500 ? hint : AGAIN,
  });
}

function refused(code: string, message: string, setting: string): CredentialsRefusedError {
  return new CredentialsRefusedError(code, message, GRANT_HINT, setting);
}

function unknownPlace(place: string, message: string): ConfigError {
  return new ConfigError('seatgeek-address-wrong', message, `Check '${place}' in the connection file.`, place);
}

/** Without the reason where it may speak of a row, and so of a person. */
function describe(what: string, response: HttpResponse): string {
  const mayNameSomebody = response.status >= 500 || response.status === 422;
  const reason = isHtml(response) || mayNameSomebody ? '' : safeText(reasonsIn(response.text)[0] ?? '');
  return `${what} (status ${response.status})${reason === '' ? '.' : `: ${reason}`}`;
}
