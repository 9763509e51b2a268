/** Checks of credentials and addresses. The texts never repeat what the file has there: it may be the secret itself. */
import { z } from 'zod';
import { addressProblem } from './allowed-hosts.js';
import type { Draft } from './draft.js';
import type { Problem } from './problem.js';
import { looksSecret } from './secret-looks.js';
import { secretNameProblem } from './secrets.js';

const CLEAR_TEXT =
  'holds a secret in clear text: write {"secret": "<name>"} and change the secret, which this file has shown';
const LOOKS_SECRET = 'looks like a secret itself: write its name, like halo-client-secret, and change the secret';

/** `ARENA_HALO_CLIENT_SECRET`. */
const VARIABLE = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)+$/;
const IS_VARIABLE =
  "is the name of an environment variable: leave out the connection's name, and write the rest in lower case with hyphens, like halo-client-secret";

/** Places whose shape problem is told here, better. */
export const CREDENTIAL_PLACES = [
  'seatgeek.clientId',
  'seatgeek.clientSecret',
  'halo.clientId',
  'halo.clientSecret',
  'alerts.webhook',
] as const;

export function credentialProblems({ seatgeek, halo, alerts }: Draft): Problem[] {
  const values = [seatgeek.clientId, seatgeek.clientSecret, halo.clientId, halo.clientSecret];
  return [
    ...[...values, ...(alerts === undefined ? [] : [alerts.webhook])].flatMap((value, index) =>
      credentialProblem(value, CREDENTIAL_PLACES[index] ?? ''),
    ),
    ...urlProblem(seatgeek.apiUrl, 'seatgeek.apiUrl'),
    ...urlProblem(seatgeek.tokenUrl, 'seatgeek.tokenUrl'),
    ...urlProblem(halo.url, 'halo.url'),
  ];
}

function secretProblem(secret: string, place: string): string | undefined {
  if (VARIABLE.test(secret)) return IS_VARIABLE;
  return looksSecret(secret) ? LOOKS_SECRET : (secretNameProblem(secret) ?? roleProblem(secret, place));
}

function credentialProblem(value: unknown, place: string): Problem[] {
  if (value === undefined) return [{ place, text: 'is missing: write {"secret": "<name>"}' }];
  if (typeof value === 'string') return [{ place, text: CLEAR_TEXT }];
  const reference = z.strictObject({ secret: z.string() }).safeParse(value);
  if (!reference.success) return [{ place, text: 'must be {"secret": "<name>"} and nothing else' }];
  const { secret } = reference.data;
  const text = secretProblem(secret, place);
  return text === undefined ? [] : [{ place: `${place}.secret`, text }];
}

/** Or else whoever may start a connection could send one system's credentials to the other. */
function roleProblem(secret: string, place: string): string | undefined {
  const [role = ''] = place.split('.', 1);
  return secret.startsWith(`${role}-`) ? undefined : `must begin with ${role}-: a secret is used in its own role only`;
}

function urlProblem(address: string | undefined, place: string): Problem[] {
  const text = address === undefined ? undefined : addressProblem(address);
  return text === undefined ? [] : [{ place, text }];
}
