/** What a browser is told about pages of other origins (https://fetch.spec.whatwg.org/#http-cors-protocol). Pure. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';

/** What the Web UI sends with a request, and what a proxy before it may want. */
const ALLOWED_HEADERS = 'Authorization, Authorization-Extras, Content-Type, X-Namespace';

const PREFLIGHT_SECONDS = '600';

/** For every answer to a page of an origin that was checked. */
export function corsHeaders({ origin }: IncomingHttpHeaders): OutgoingHttpHeaders {
  if (origin === undefined) return { vary: 'Origin' };
  return { vary: 'Origin', 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' };
}

/** For the request that a browser sends ahead; a page from the internet also asks whether it may reach into a private network. */
export function preflightHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const isPrivate = headers['access-control-request-private-network'] === 'true';
  return {
    ...corsHeaders(headers),
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': ALLOWED_HEADERS,
    'access-control-max-age': PREFLIGHT_SECONDS,
    ...(isPrivate && { 'access-control-allow-private-network': 'true' }),
  };
}
