/** `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY`, in small letters too, as curl and undici's EnvHttpProxyAgent read them. */
import { ConfigError } from '../errors.js';

export interface Proxies {
  /** For `http:` addresses; undefined for none. */
  readonly http: string | undefined;
  /** For `https:` addresses; undefined for none. */
  readonly https: string | undefined;
  /** Hosts that are reached without, separated by commas; never empty. */
  readonly noProxy: string;
}

/** What no proxy can reach for us. */
const OWN_MACHINE = ['localhost', '127.0.0.1', '[::1]'];

export const NO_PROXIES: Proxies = { http: undefined, https: undefined, noProxy: '*' };

/** Throws ConfigError naming the variable; its value may hold a password and is not repeated. */
export function readProxies(env: Readonly<Record<string, string | undefined>>): Proxies {
  const http = readProxy(env, 'HTTP_PROXY');
  const given = valueOf(env, 'NO_PROXY');
  return {
    http,
    https: readProxy(env, 'HTTPS_PROXY') ?? http,
    noProxy: given === '*' ? given : [given, ...OWN_MACHINE].filter((part) => part !== '').join(','),
  };
}

/** The proxy through which an address is reached; undefined for none. */
export function proxyFor(address: URL, { http, https, noProxy }: Proxies): URL | undefined {
  const proxy = address.protocol === 'http:' ? http : https;
  if (proxy === undefined || noProxy === '*') return undefined;
  const host = address.hostname.toLowerCase();
  const port = address.port === '' ? (address.protocol === 'http:' ? '80' : '443') : address.port;
  const isExempt = noProxy.split(/[,\s]+/).some((entry) => {
    const [, name = entry, onlyPort = port] = /^(.+):(\d+)$/.exec(entry) ?? [];
    const bare = name.replace(/^\*?\./, '').toLowerCase();
    return onlyPort === port && bare !== '' && (host === bare || host.endsWith(`.${bare}`));
  });
  return isExempt ? undefined : new URL(proxy);
}

function readProxy(env: Readonly<Record<string, string | undefined>>, variable: string): string | undefined {
  const value = valueOf(env, variable);
  if (value === '') return undefined;
  const address = value.includes('://') ? value : `http://${value}`;
  const isUsable = URL.canParse(address) && ['http:', 'https:'].includes(new URL(address).protocol);
  if (isUsable) return address;
  throw new ConfigError(
    'setting-invalid',
    `${variable} is not the address of an HTTP proxy`,
    'Write it like http://proxy.example.com:3128.',
    variable,
  );
}

function valueOf(env: Readonly<Record<string, string | undefined>>, variable: string): string {
  return (env[variable.toLowerCase()] ?? env[variable] ?? '').trim();
}
