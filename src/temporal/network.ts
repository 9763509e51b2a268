/** How Temporal is reached through what stands between: an HTTP proxy, and certificates that a company's own authority signs. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { ConfigError } from '../errors.js';
import { proxyFor, readProxies } from '../http/proxy.js';

type Environment = Readonly<Record<string, string | undefined>>;

export interface TemporalProxy {
  /** As grpc-js takes it. */
  readonly url: string;
  /** As Temporal's core takes it. */
  readonly native: {
    readonly type: 'http-connect';
    readonly targetHost: string;
    readonly basicAuth?: { readonly username: string; readonly password: string };
  };
}

/** The proxy to `address` (host:port); undefined for none. `HTTPS_PROXY` and `NO_PROXY` tell. Throws ConfigError naming the variable. */
export function temporalProxy(address: string, env: Environment): TemporalProxy | undefined {
  if (!URL.canParse(`https://${address}`)) return undefined;
  const proxy = proxyFor(new URL(`https://${address}`), readProxies(env));
  if (proxy === undefined) return undefined;
  if (proxy.protocol !== 'http:') {
    throw new ConfigError(
      'setting-invalid',
      "HTTPS_PROXY: Temporal's client speaks to proxies in plain HTTP only",
      "Give the proxy's http:// address, or name Temporal's host in NO_PROXY.",
      'HTTPS_PROXY',
    );
  }
  const basicAuth = { username: decodeURIComponent(proxy.username), password: decodeURIComponent(proxy.password) };
  return {
    url: proxy.href,
    native: {
      type: 'http-connect',
      targetHost: `${proxy.hostname}:${proxy.port === '' ? '80' : proxy.port}`,
      ...(proxy.username !== '' && { basicAuth }),
    },
  };
}

type ConnectionOptions = ClientConnectConfig['connectionOptions'];

/** Temporal's core reads the system's authorities only: with `NODE_EXTRA_CA_CERTS` it is given Node's and those, unless its own are set. */
export function withExtraAuthorities(options: ConnectionOptions, env: Environment): ConnectionOptions {
  const file = env.NODE_EXTRA_CA_CERTS ?? '';
  const { tls } = options;
  const isTls =
    tls !== undefined && tls !== null && tls !== false ? true : options.apiKey !== undefined && tls !== false;
  if (file === '' || !isTls) return options;
  const given = typeof tls === 'object' && tls !== null ? tls : {};
  if (given.serverRootCACertificate !== undefined) return options;
  const serverRootCACertificate = Buffer.from([...rootCertificates, readAuthorities(file)].join('\n'));
  return { ...options, tls: { ...given, serverRootCACertificate } };
}

function readAuthorities(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new ConfigError(
      'setting-invalid',
      "NODE_EXTRA_CA_CERTS: the file can't be read",
      'Name a file with certificates in PEM form that the worker may read.',
      'NODE_EXTRA_CA_CERTS',
      { cause: error },
    );
  }
}
