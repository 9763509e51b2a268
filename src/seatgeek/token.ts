/** SeatGeek's access tokens: client credentials as JSON with an audience (`reference/seatgeek.md` 1.2). SeatGeek asks to reuse them long. */
import { DriftError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http.js';
import { keepToken, type Credentials, type IssuedToken, type TokenSource } from '../http/kept-token.js';
import type { Connection } from '../connection/schema.js';
import { isHtml, noAnswerError, tokenError, unreadableError } from './errors.js';
import { parseJson, tokenSchema } from './wire.js';

export interface TokenOptions {
  readonly settings: Pick<Connection['seatgeek'], 'tokenUrl' | 'audience'>;
  readonly http: Http;
  /** Read anew for every token request, so that a changed secret counts without a restart. */
  readonly credentials: () => Promise<Credentials>;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  readonly timeoutMs?: number;
}

const WHO = "SeatGeek's token endpoint";
const TIMEOUT_MS = 30_000;
const EARLY_MS = 5 * 60_000;

/**
 * Throws CredentialsRefusedError (setting `seatgeek.clientSecret`), TransientError (outage, 429, timeout), ConfigError (no such endpoint)
 * or DriftError (an answer without a token).
 */
export function createTokenSource(options: TokenOptions): TokenSource {
  return keepToken(() => requestToken(options), { earlyMs: EARLY_MS, now: options.now ?? Date.now });
}

async function requestToken({
  settings,
  http,
  credentials,
  timeoutMs = TIMEOUT_MS,
}: TokenOptions): Promise<IssuedToken> {
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

function parseToken(response: HttpResponse): IssuedToken {
  if (response.status > 299) throw tokenError(response);
  const json = parseJson(response.text);
  if (isHtml(response) || json === undefined) throw unreadableError(response, WHO);
  const parsed = tokenSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new DriftError('seatgeek-token-missing', `${WHO} answered without a token.`, "Check 'seatgeek.tokenUrl'.");
}
