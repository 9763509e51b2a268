/** Where credentials may go. Whoever may start a workflow names hosts in its connection file; this list is the worker's own say. */
import { ConfigError } from '../errors.js';

/** Lower-case host names; `*.` in front stands for any name below, not for the domain itself. */
export type AllowedHosts = readonly string[];

/** SeatGeek's two hosts (`reference/seatgeek.md` 1.2) and the clouds in which Halo runs its tenants (`reference/halo.md` 1 and 4). */
export const DEFAULT_ALLOWED_HOSTS: AllowedHosts = [
  'ringside.seatgeek.com',
  'auth.seatgeek.com',
  '*.halopsa.com',
  '*.haloitsm.com',
  '*.haloservicedesk.com',
  '*.halocrm.io',
  '*.usehalo.com',
];

const ENTRY = /^(\*\.[a-z0-9_-]+(\.[a-z0-9_-]+)+|[a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/;

/** The default hosts and those of ALLOWED_HOSTS: names without port, separated by commas. Throws ConfigError naming a bad entry. */
export function parseAllowedHosts(variable: string): AllowedHosts {
  const entries = variable
    .split(',')
    .map((entry) => normalHost(entry.trim()))
    .filter((entry) => entry !== '');
  const bad = entries.findIndex((entry) => !ENTRY.test(entry));
  if (bad >= 0) {
    throw new ConfigError(
      'setting-invalid',
      `ALLOWED_HOSTS: entry ${bad + 1} is not a host name`,
      'Write names without scheme, port and path, separated by commas, like halo.example.org or *.example.org.',
      'ALLOWED_HOSTS',
    );
  }
  return [...DEFAULT_ALLOWED_HOSTS, ...entries];
}

/** Throws ConfigError: `config-invalid` for an unusable address, `host-not-allowed` naming place, host and variable. */
export function assertAllowed(address: string, place: string, allowed: AllowedHosts): void {
  const problem = addressProblem(address);
  if (problem !== undefined)
    throw new ConfigError('config-invalid', `${place}: ${problem}`, 'Correct the address.', place);
  const host = hostOf(address);
  if (host !== undefined && isAllowedHost(host, allowed)) return;
  throw new ConfigError(
    'host-not-allowed',
    `${place}: this worker must not send credentials to ${host ?? 'an unreadable host'}`,
    `If the host is right, add it to the worker's ALLOWED_HOSTS.`,
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
  return isLoopback(normalHost(url.hostname)) ? undefined : 'must begin with https:// (http:// only on loopback)';
}

/** Whether the list names the host, as it stands in an address. */
export function isAllowedHost(host: string, allowed: AllowedHosts): boolean {
  return allowed.some((entry) => matches(normalHost(host), entry));
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
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
  return entry.startsWith('*.') ? host.length > entry.length - 1 && host.endsWith(entry.slice(1)) : host === entry;
}
