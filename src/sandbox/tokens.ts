/** Bearer tokens of one sandbox server: issued, checked, revoked. */
import { randomBytes } from 'node:crypto';

export interface Tokens {
  issue(lifetimeSeconds: number, claims?: Readonly<Record<string, unknown>>): string;
  /** Whether an `Authorization` header holds a token that is known and not expired. */
  accepts(authorization: string | undefined): boolean;
  revoke(authorization: string | undefined): void;
}

export function createTokens(now: () => number): Tokens {
  const expiry = new Map<string, number>();
  return {
    issue: (lifetimeSeconds, claims = {}) => {
      const token = jwtLooking({ ...claims, exp: Math.floor(now() / 1_000) + lifetimeSeconds });
      expiry.set(token, now() + lifetimeSeconds * 1_000);
      return token;
    },
    accepts: (authorization) => (expiry.get(bearer(authorization)) ?? 0) > now(),
    revoke: (authorization) => void expiry.delete(bearer(authorization)),
  };
}

function bearer(authorization: string | undefined): string {
  return /^bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
}

/** Three base64url parts, as real access tokens look; the signature is random. */
function jwtLooking(claims: Readonly<Record<string, unknown>>): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${randomBytes(32).toString('base64url')}`;
}
