/** SeatGeek's access tokens: client credentials as JSON with an audience (`reference/seatgeek.md` 1.2). SeatGeek asks to reuse them long. */
import { DriftError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http.js';
import type { Connection } from '../connection/schema.js';
import { isHtml, noAnswerError, tokenError, unreadableError } from './errors.js';
import { parseJson, tokenSchema } from './wire.js';

export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface TokenSource {
  /** The kept token, or a new one. Many callers share one request. */
  get(): Promise<string>;
  /** A new token in place of `refused`; the kept one when somebody has renewed it already. */
  renew(refused: string): Promise<string>;
}

export interface TokenOptions {
  readonly settings: Pick<Connection['seatgeek'], 'tokenUrl' | 'audience'>;
  readonly http: Http;
  /** Read anew for every token request, so that a changed secret counts without a restart. */
  readonly credentials: () => Promise<Credentials>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

interface KeptToken {
  readonly value: string;
  readonly renewAt: number;
}

const WHO = "SeatGeek's token endpoint";
const TIMEOUT_MS = 30_000;
/** Where the answer names no lifetime. */
const DEFAULT_LIFETIME_S = 3_600;
/** Renewed this long before it expires, or after nine tenths of a short life. */
const MARGIN_MS = 5 * 60_000;

/**
 * Throws CredentialsRefusedError (setting `seatgeek.clientSecret`), TransientError (outage, 429, timeout), ConfigError (no such endpoint)
 * or DriftError (an answer without a token). A refusal is not kept: the next call asks again.
 */
export function createTokenSource(options: TokenOptions): TokenSource {
  const now = options.now ?? Date.now;
  let kept: KeptToken | undefined;
  let pending: Promise<string> | undefined;

  const fetchOne = async (): Promise<string> => {
    const { access_token, expires_in = DEFAULT_LIFETIME_S } = await requestToken(options);
    const lifetimeMs = expires_in * 1_000;
    kept = { value: access_token, renewAt: now() + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 10) };
    return access_token;
  };
  const get = async (): Promise<string> => {
    if (kept !== undefined && now() < kept.renewAt) return kept.value;
    pending ??= fetchOne().finally(() => (pending = undefined));
    return pending;
  };
  const renew = (refused: string): Promise<string> => {
    if (kept?.value === refused) kept = undefined;
    return get();
  };
  return { get, renew };
}

async function requestToken({ settings, http, credentials, timeoutMs = TIMEOUT_MS }: TokenOptions) {
  const { clientId, clientSecret } = await credentials();
  const body = {
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    audience: settings.audience,
  };
  const response = await http
    .request({
      method: 'POST',
      url: new URL(settings.tokenUrl),
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    })
    .catch((failure: unknown) => {
      throw noAnswerError(failure, WHO);
    });
  return parseToken(response);
}

function parseToken(response: HttpResponse) {
  if (response.status < 200 || response.status > 299) throw tokenError(response);
  const json = parseJson(response.text);
  if (isHtml(response) || json === undefined) throw unreadableError(response, WHO);
  const parsed = tokenSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DriftError('seatgeek-token-missing', `${WHO} answered without a token.`, "Check 'seatgeek.tokenUrl'.");
}
