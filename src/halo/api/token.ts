/** Halo's access token by client credentials, form-encoded (`reference/halo.md` 4). */
import { CredentialsRefusedError, ConfigError, DriftError, TransientError } from '../../errors.js';
import { HttpFailure, type Http, type HttpResponse } from '../../http/http.js';
import { keepToken, type Credentials, type IssuedToken, type TokenSource } from '../../http/kept-token.js';
import type { Clock } from '../clock.js';
import { tokenSchema } from './wire.js';

export interface TokenOptions {
  readonly halo: { readonly url: string; readonly tenant?: string | undefined; readonly scope: string };
  readonly http: Http;
  /** Read anew for every token, so that a rotated secret is picked up. */
  readonly secrets: () => Promise<Credentials>;
  readonly clock: Clock;
  readonly timeoutMs: number;
}

export interface HaloTokens extends TokenSource {
  /** As last read, so that no error's text repeats them. */
  readonly credentials: Credentials | undefined;
}

const EARLY_MS = 60_000;

/**
 * Throws CredentialsRefusedError, TransientError, ConfigError (no token endpoint there), DriftError, or what reading the secrets throws.
 */
export function createTokenSource(options: TokenOptions): HaloTokens {
  let credentials: Credentials | undefined;
  const secrets = async (): Promise<Credentials> => (credentials = await options.secrets());
  const kept = keepToken(() => requestToken({ ...options, secrets }), {
    earlyMs: EARLY_MS,
    now: () => options.clock.now(),
  });
  return {
    ...kept,
    get credentials() {
      return credentials;
    },
  };
}

async function requestToken({ halo, http, secrets, timeoutMs }: TokenOptions): Promise<IssuedToken> {
  const { clientId, clientSecret } = await secrets();
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: clientId,
    client_secret: clientSecret,
    scope: halo.scope,
  });
  const response = await exchange(http, {
    url: tokenUrl(halo),
    body: form.toString(),
    timeoutMs,
  });
  return readToken(response);
}

function tokenUrl({ url, tenant }: TokenOptions['halo']): URL {
  const address = new URL(`${url}/auth/token`);
  if (tenant !== undefined) address.searchParams.set('tenant', tenant);
  return address;
}

async function exchange(http: Http, request: { url: URL; body: string; timeoutMs: number }): Promise<HttpResponse> {
  try {
    return await http.request({
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      ...request,
    });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    const message = `Halo's token endpoint gave no answer (${error.kind}).`;
    throw new TransientError('halo-unreachable', message, { cause: error });
  }
}

function readToken(response: HttpResponse): IssuedToken {
  if (response.status >= 200 && response.status < 300) return parseToken(response.text);
  throw tokenError(response);
}

function parseToken(text: string): IssuedToken {
  try {
    const body: unknown = JSON.parse(text);
    return tokenSchema.parse(body);
  } catch {
    // No cause: the answer may hold a token.
    throw new DriftError(
      'halo-token-unreadable',
      "Halo's token endpoint answered something that is not a token.",
      'Check that halo.url is the address of the Halo instance itself, without a path.',
    );
  }
}

function tokenError({ status, text, retryAfterMs }: HttpResponse): Error {
  if (status === 400 || status === 401 || status === 403) return refused(status, oauthError(text));
  if (status === 408 || status === 429 || status >= 500) {
    return new TransientError('halo-token-unavailable', `Halo's token endpoint answered with status ${status}.`, {
      retryAfterMs,
    });
  }
  return new ConfigError(
    'halo-url-wrong',
    `There is no Halo token endpoint at halo.url (status ${status}).`,
    'Set halo.url to the address of the Halo instance, such as https://acme.halopsa.com.',
    'halo.url',
  );
}

function refused(status: number, error: string): CredentialsRefusedError {
  const setting = error === 'unauthorized_client' ? 'halo.clientId' : 'halo.clientSecret';
  return new CredentialsRefusedError(
    'halo-credentials-refused',
    `Halo refuses the client credentials (status ${status}${error === '' ? '' : `, ${error}`}).`,
    'Check the two secrets that halo.clientId and halo.clientSecret name: they belong to an API application in Halo with the method ' +
      '"Client ID and Secret (Services)", and its agent is active. Set them where the worker reads its secrets.',
    setting,
  );
}

/** The OAuth `error` code only: descriptions may repeat what was sent. */
function oauthError(text: string): string {
  return /"error"\s*:\s*"([a-z_]{1,40})"/.exec(text)?.[1] ?? '';
}
