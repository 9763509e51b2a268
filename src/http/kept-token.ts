/** One access token for many callers: kept until shortly before it expires, and asked for once however many want one. Knows no API. */

/** Who asks for a token. */
export interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** As OAuth answers it, `expires_in` in seconds. */
export interface IssuedToken {
  readonly access_token: string;
  readonly expires_in: number;
}

/** Each method throws what asking for a token throws. That is not kept: the next call asks again. */
export interface TokenSource {
  /** The token in use, or a new one. */
  get(): Promise<string>;
  /** Forgets a token that was refused, unless it has been replaced meanwhile. */
  drop(refused: string): void;
  /** A new token whatever is in use. */
  renew(): Promise<string>;
}

export interface KeptTokenOptions {
  /** It is renewed this much before its end, or after nine tenths of a short life. */
  readonly earlyMs: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

export function keepToken(ask: () => Promise<IssuedToken>, { earlyMs, now }: KeptTokenOptions): TokenSource {
  let kept: { readonly token: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;
  const askAnew = async (): Promise<string> => {
    const { access_token: token, expires_in: seconds } = await ask();
    const lifeMs = seconds * 1_000;
    kept = { token, until: now() + lifeMs - Math.min(earlyMs, lifeMs / 10) };
    return token;
  };
  const renew = (): Promise<string> => (pending ??= askAnew().finally(() => (pending = undefined)));
  return {
    get: async () => (kept !== undefined && now() < kept.until ? kept.token : renew()),
    drop: (refused) => {
      if (kept?.token === refused) kept = undefined;
    },
    renew,
  };
}
