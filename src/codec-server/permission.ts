/** Who may ask: browsers by the exact origin of their page, everybody by the token, each for the namespaces that are served. Pure. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopbackHost } from '../http/addresses.js';
import type { CodecServerSettings } from './settings.js';

/** Why a request is refused; undefined lets it pass. */
export type Refusal = { readonly status: number; readonly text: string } | undefined;

/**
 * By where the request comes from. A page of another origin is refused before anything is read. Without a token only names of this machine are
 * taken as Host: a web page whose name was made to point to 127.0.0.1 would otherwise be of our own origin.
 */
export function refuseOrigin(headers: IncomingHttpHeaders, { origins, token }: CodecServerSettings): Refusal {
  const { origin, host = '' } = headers;
  if (token === undefined && !isLoopbackHost(host.replace(/:\d+$/, ''))) {
    return { status: 403, text: 'Without a token this server answers to 127.0.0.1 and localhost only.' };
  }
  if (origin === undefined || origins.has(origin)) return undefined;
  return { status: 403, text: 'This origin is not in CODEC_SERVER_ORIGINS.' };
}

/** By who asks for what. */
export function refuseCaller(headers: IncomingHttpHeaders, { token, namespaces }: CodecServerSettings): Refusal {
  if (token !== undefined && !isSame(headers.authorization ?? '', `Bearer ${token}`)) {
    return { status: 401, text: 'Send the token of CODEC_SERVER_TOKEN: Authorization: Bearer …' };
  }
  const namespace = headers['x-namespace'];
  if (namespaces === undefined || (typeof namespace === 'string' && namespaces.has(namespace))) return undefined;
  return { status: 403, text: 'This namespace (X-Namespace) is not in CODEC_SERVER_NAMESPACES.' };
}

/** Takes the same time wherever the two differ, and whatever their lengths. */
function isSame(given: string, wanted: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(wanted));
}
