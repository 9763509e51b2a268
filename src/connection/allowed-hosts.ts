/** Where credentials may go. Whoever may start a workflow names hosts in its connection file; this list is the worker's own say. */
import { ConfigError } from '../errors.js';
import { isLoopbackHost } from '../http/addresses.js';

/** Lower-case host names; `*.` in front stands for any name below, not for the domain itself, and `*` for every host. */
export type HostList = readonly string[];

/** What a host is for: SeatGeek's feed, its tokens, Halo, the webhook. */
export const HOST_ROLES = ['seatgeek', 'token', 'halo', 'webhook'] as const;
export type HostRole = (typeof HOST_ROLES)[number];
export type AllowedHosts = Readonly<Record<HostRole, HostList>>;

/**
 * SeatGeek's two hosts (`reference/seatgeek.md` 1.2), the clouds in which Halo runs its tenants (`reference/halo.md` 1 and 4), and webhooks anywhere on
 * the public internet.
 */
const DEFAULTS: AllowedHosts = {
  seatgeek: ['ringside.seatgeek.com'],
  token: ['auth.seatgeek.com'],
  halo: ['*.halopsa.com', '*.haloitsm.com', '*.haloservicedesk.com', '*.halocrm.io', '*.usehalo.com'],
  webhook: ['*'],
};

const ENTRY = /^(\*\.[a-z0-9_-]+(\.[a-z0-9_-]+)+|[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/** `ALLOWED_HALO_HOSTS` for `halo`. */
export function variableOf(role: HostRole): `ALLOWED_${Uppercase<HostRole>}_HOSTS` {
  return `ALLOWED_${role.toUpperCase() as Uppercase<HostRole>}_HOSTS`;
}

/**
 * What ALLOWED_HOSTS names is allowed in every role, beside the role's own hosts: the default ones, or what its variable names in their place. Throws
 * ConfigError naming a bad entry.
 */
export function parseAllowedHosts(everywhere: string, own: Partial<Record<HostRole, string>> = {}): AllowedHosts {
  const shared = parseHosts(everywhere, 'ALLOWED_HOSTS');
  const listOf = (role: HostRole): HostList => {
    const named = parseHosts(own[role] ?? '', variableOf(role));
    return [...(named.length > 0 ? named : DEFAULTS[role]), ...shared];
  };
  return { seatgeek: listOf('seatgeek'), token: listOf('token'), halo: listOf('halo'), webhook: listOf('webhook') };
}

/** Names without port, separated by commas or white space. Throws ConfigError naming `variable` and the bad entry. */
export function parseHosts(text: string, variable: string): HostList {
  const entries = text
    .split(/[\s,]+/)
    .map((entry) => normalHost(entry))
    .filter((entry) => entry !== '');
  const bad = entries.findIndex((entry) => !ENTRY.test(entry));
  if (bad >= 0) {
    throw new ConfigError(
      'setting-invalid',
      `${variable}: entry ${bad + 1} is not a host name`,
      'Write names without scheme, port and path, separated by commas, like halo.example.org or *.example.org.',
      variable,
    );
  }
  return entries;
}

/** Throws ConfigError: `config-invalid` for an unusable address, `host-not-allowed` naming place, host and variable. */
export function assertAllowed(address: string, place: string, role: HostRole, allowed: AllowedHosts): void {
  const problem = addressProblem(address);
  if (problem !== undefined)
    throw new ConfigError('config-invalid', `${place}: ${problem}`, 'Correct the address.', place);
  const host = hostOf(address);
  if (host !== undefined && isAllowedHost(host, allowed[role])) return;
  throw new ConfigError(
    'host-not-allowed',
    `${place}: this worker must not send credentials to ${host ?? 'an unreadable host'}`,
    `If the host is right, add it to the worker's ALLOWED_HOSTS, or to its ${variableOf(role)}.`,
    place,
  );
}

/** Why credentials can't be sent to an address, in words that don't repeat it; undefined when they can. */
export function addressProblem(address: string): string | undefined {
  if (!URL.canParse(address)) return 'is not an address like https://acme.halopsa.com';
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') return 'must not carry a user name or password';
  if (url.search !== '' || url.hash !== '') return 'must not carry a query or a fragment';
  if (url.protocol === 'https:') return undefined;
  if (url.protocol !== 'http:') return 'must begin with https://';
  return isLoopbackHost(normalHost(url.hostname)) ? undefined : 'must begin with https:// (http:// only on loopback)';
}

/** Whether the list names the host, as it stands in an address. */
export function isAllowedHost(host: string, allowed: HostList): boolean {
  return allowed.some((entry) => matches(normalHost(host), entry));
}

/** The same, by name or by domain. */
export function isNamedHost(host: string, allowed: HostList): boolean {
  return isAllowedHost(
    host,
    allowed.filter((entry) => entry !== '*'),
  );
}

/** Throws ConfigError `host-not-allowed` unless the hosts of all three addresses are allowed in their roles. */
export function assertHosts({ seatgeek, halo }: Addresses, allowed: AllowedHosts): void {
  assertAllowed(seatgeek.apiUrl, 'seatgeek.apiUrl', 'seatgeek', allowed);
  assertAllowed(seatgeek.tokenUrl, 'seatgeek.tokenUrl', 'token', allowed);
  assertAllowed(halo.url, 'halo.url', 'halo', allowed);
}

interface Addresses {
  readonly seatgeek: { readonly apiUrl: string; readonly tokenUrl: string };
  readonly halo: { readonly url: string };
}

/** Throws ConfigError `host-not-allowed` when a connection that is pinned to `hosts` by `variable` names another one. */
export function assertPinned(address: string, place: string, hosts: HostList, variable: string): void {
  const host = new URL(address).hostname;
  if (isAllowedHost(host, hosts)) return;
  throw new ConfigError(
    'host-not-allowed',
    `${place}: the secrets of this connection must not go to ${normalHost(host)}`,
    `${variable} says where they may go: correct the address in the file, or the hosts there.`,
    place,
  );
}

function hostOf(address: string): string | undefined {
  const host = normalHost(new URL(address).hostname);
  return host === '' ? undefined : host;
}

/** Lower case, without the dot of a fully qualified name; IPv6 in brackets. */
function normalHost(host: string): string {
  const lower = host.toLowerCase().replace(/\.$/, '');
  return /^[0-9a-f]*:[0-9a-f:.]*:[0-9a-f:.]*$/.test(lower) ? `[${lower}]` : lower;
}

function matches(host: string, entry: string): boolean {
  if (entry === '*') return true;
  return entry.startsWith('*.') ? host.length > entry.length - 1 && host.endsWith(entry.slice(1)) : host === entry;
}
