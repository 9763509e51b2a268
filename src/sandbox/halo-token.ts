/** `POST /auth/token`: client credentials, form-encoded (`reference/halo.md` 4). */
import type { HaloDialect } from './dialects.js';
import type { Answer, Ask } from './loopback-server.js';
import type { Tokens } from './tokens.js';

export interface HaloTokenWorld {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly dialect: HaloDialect;
  readonly tokens: Tokens;
}

const SCOPES = new Set(['all', 'all:standard', 'admin', 'read:customers', 'edit:customers']);

/** Answers a token or an OAuth error. */
export function serveHaloToken({ clientId, clientSecret, dialect, tokens }: HaloTokenWorld, ask: Ask): Answer {
  if (ask.method !== 'POST') return { status: 405, json: { error: 'invalid_request' } };
  if (ask.contentType !== 'application/x-www-form-urlencoded')
    return refusal('invalid_request', 'The specified content type is not valid.');
  const form = new URLSearchParams(ask.body);
  if (form.get('grant_type') !== 'client_credentials')
    return refusal('unsupported_grant_type', 'The specified grant type is not supported.');
  if (dialect.tenant === 'required' && (ask.query.get('tenant') ?? '') === '')
    return refusal('invalid_request', 'Tenant not found.');
  if (form.get('client_id') !== clientId || form.get('client_secret') !== clientSecret) {
    return refusal('invalid_client', 'The specified client credentials are invalid.', dialect.wrongSecret);
  }
  const scope = form.get('scope') ?? '';
  if (scope === '' || !scope.split(' ').every((word) => SCOPES.has(word)))
    return refusal('invalid_scope', 'The specified scope is invalid.');
  const access_token = tokens.issue(dialect.tokenSeconds, { scope });
  return {
    status: 200,
    json: { scope, token_type: 'Bearer', access_token, expires_in: dialect.tokenSeconds, id_token: '' },
  };
}

function refusal(error: string, error_description: string, status = 400): Answer {
  return { status, json: { error, error_description } };
}
