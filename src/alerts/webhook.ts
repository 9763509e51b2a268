/**
 * Posts to a webhook. Its address is a secret that the worker holds, so no error repeats it; and it must lie on the public internet, so that
 * nobody who may set that secret reaches into the worker's network with it.
 */
import { lookup as lookUp } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { isIP } from 'node:net';
import { isAllowedHost, isNamedHost, variableOf, type HostList } from '../connection/allowed-hosts.js';
import { ConfigError, TransientError } from '../errors.js';
import { isLoopbackAddress, isLoopbackHost, isPublicAddress } from '../http/addresses.js';
import { createHttp, HttpFailure, type Http, type HttpResponse } from '../http/http.js';
import type { Proxies } from '../http/proxy.js';

export interface WebhookPost {
  /** What the secret holds. */
  readonly address: string;
  readonly body: unknown;
  /** Any other host is refused, and loopback unless the list names it. */
  readonly allowedHosts: HostList;
  /** Names the variable in errors. */
  readonly variable: string;
  /** All addresses of a host. Default: the system's resolver. */
  readonly resolve?: Resolve;
  /** Milliseconds until the whole answer must be there; ten seconds by default. */
  readonly timeoutMs?: number;
  /** Behind a proxy the host's addresses are the proxy's business. Default: none. */
  readonly proxies?: Proxies;
}

export type Resolve = (host: string) => Promise<readonly { address: string; family: number }[]>;

const AGAIN = 'It is tried again by itself.';

/** An address in the way of a connection; the class tells it apart from failures of the network. */
class PrivateAddressError extends Error {}

/**
 * Posts once. Throws ConfigError `webhook-address-invalid`, `webhook-host-not-allowed`, `webhook-host-private` or `webhook-refused` (3xx and 4xx: redirects are not
 * followed), TransientError `webhook-unavailable` (no answer, 5xx, 408, 429).
 */
export async function postWebhook(post: WebhookPost): Promise<void> {
  const url = parseAddress(post);
  const { proxies } = post;
  const http = createHttp({
    lookup: checkedLookup(post),
    hostName: "the webhook's host",
    ...(proxies !== undefined && { proxies }),
  });
  try {
    const answer = await send(http, url, post);
    if (answer !== null) assertDelivered(answer, post);
  } finally {
    await http.close();
  }
}

/** The address as a URL: https and public, or on loopback if the worker's list names that host. Throws as {@link postWebhook}. */
export function parseAddress(post: Pick<WebhookPost, 'address' | 'allowedHosts' | 'variable'>): URL {
  const { address, allowedHosts, variable } = post;
  const invalid = (text: string): ConfigError =>
    new ConfigError(
      'webhook-address-invalid',
      `${variable}: the address of the webhook ${text}`,
      'Set it to the https:// address that the receiving system shows for its webhook.',
      variable,
    );
  if (!URL.canParse(address)) throw invalid('is not a web address');
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw invalid('must not carry a user name or password');
  const host = bareHost(url);
  const mayBeHttp = isNamedHost(url.hostname, allowedHosts) && isLoopbackHost(host);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && mayBeHttp)) throw invalid('must begin with https://');
  if (!isAllowedHost(url.hostname, allowedHosts)) throw otherHost(variable);
  if (isIP(host) !== 0 && !mayConnect(host, url.hostname, allowedHosts)) throw privateHost(variable);
  return url;
}

/** Every address of the host must be fit, and the connection goes to what was looked up here: a name can't change its mind in between. */
function checkedLookup({ allowedHosts, resolve = resolveAll }: WebhookPost): LookupFunction {
  return (host, options, callback) => {
    resolve(host).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined || !addresses.every(({ address }) => mayConnect(address, host, allowedHosts)))
          callback(new PrivateAddressError('an address of the host is not public'), []);
        else if (options.all === true) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('look-up failed'), []),
    );
  };
}

function resolveAll(host: string): ReturnType<Resolve> {
  return lookUp(host, { all: true });
}

function mayConnect(address: string, host: string, allowedHosts: HostList): boolean {
  return isPublicAddress(address) || (isLoopbackAddress(address) && isNamedHost(host, allowedHosts));
}

/** Null when the message was taken with more words than anybody reads. */
async function send(
  http: Http,
  url: URL,
  { body, variable, timeoutMs = 10_000 }: WebhookPost,
): Promise<HttpResponse | null> {
  try {
    return await http.request({
      method: 'POST',
      url,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      timeoutMs,
    });
  } catch (error) {
    if (!(error instanceof HttpFailure)) throw error;
    if (error.cause instanceof PrivateAddressError) throw privateHost(variable);
    if (error.kind === 'too-large') return null;
    throw new TransientError('webhook-unavailable', `The webhook gave no answer (${error.kind}).`, { hint: AGAIN });
  }
}

function assertDelivered({ status, retryAfterMs }: HttpResponse, { variable }: WebhookPost): void {
  if (status >= 200 && status <= 299) return;
  if (status >= 500 || status === 429 || status === 408) {
    throw new TransientError('webhook-unavailable', `The webhook answered with status ${status}.`, {
      hint: AGAIN,
      retryAfterMs,
    });
  }
  throw new ConfigError(
    'webhook-refused',
    `The webhook refuses the message with status ${status}${status < 400 ? ', a redirect, which is not followed' : ''}.`,
    `Check in the receiving system that the webhook still exists, and that ${variable} holds its address.`,
    variable,
  );
}

function privateHost(variable: string): ConfigError {
  return new ConfigError(
    'webhook-host-private',
    `${variable}: the webhook's host has a private, loopback or link-local address`,
    'Only webhooks on the public internet are called.',
    variable,
  );
}

function otherHost(variable: string): ConfigError {
  return new ConfigError(
    'webhook-host-not-allowed',
    `${variable}: this worker must not call the webhook's host`,
    `If the host is right, add it to the worker's ${variableOf('webhook')}.`,
    variable,
  );
}

/** IPv6 without its brackets. */
function bareHost({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}
