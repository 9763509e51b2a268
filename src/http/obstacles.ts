/** What stands in the way of a request and only a person can take away: a certificate that is not trusted, a proxy that refuses. */
import { ConfigError, errorCode } from '../errors.js';

/** The way of OpenSSL and Node to say that nobody known has signed the certificate. */
const UNKNOWN_AUTHORITY = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'CERT_UNTRUSTED',
]);
const OTHER_CERTIFICATE_FAULT = /^(CERT_|ERR_TLS_CERT_)/;
const PROXY_SAYS = /^Proxy response \((\d{3})\)/;
const REFUSED_BY_PROXY = new Set([401, 403, 405, 407]);

export function isWayClosed(error: unknown): error is Error {
  const code = errorCode(error);
  return (
    UNKNOWN_AUTHORITY.has(code) || OTHER_CERTIFICATE_FAULT.test(code) || REFUSED_BY_PROXY.has(proxyStatus(error) ?? 0)
  );
}

/** ConfigError `certificate-refused` or `proxy-refused`, naming host and setting. */
export function wayClosed(error: Error, host: string, proxy: URL | undefined): ConfigError {
  const status = proxyStatus(error);
  if (status !== undefined) return proxyRefused(status, host, proxy);
  const code = errorCode(error);
  const isUnknown = UNKNOWN_AUTHORITY.has(code);
  return new ConfigError(
    'certificate-refused',
    isUnknown
      ? `Nobody whom this worker trusts has signed the certificate of ${host} (${code}).`
      : `The certificate of ${host} is not valid (${code}).`,
    isUnknown
      ? "If your company's own authority signs it, set NODE_EXTRA_CA_CERTS to the file with that authority's certificate (PEM) and start the worker again."
      : 'Check that the address is right; whoever runs that host must renew or correct its certificate.',
    'NODE_EXTRA_CA_CERTS',
    { cause: error },
  );
}

function proxyRefused(status: number, host: string, proxy: URL | undefined): ConfigError {
  return new ConfigError(
    'proxy-refused',
    `The proxy ${proxy?.host ?? ''} does not open the way to ${host} (status ${status}).`,
    status === 407
      ? 'Write user and password into HTTPS_PROXY where the worker runs: http://user:password@proxy:3128.'
      : 'Let the proxy allow this host, or name the host in NO_PROXY where the worker runs.',
    'HTTPS_PROXY',
  );
}

/** What a proxy answered instead of opening the way. */
export function proxyStatus(error: unknown): number | undefined {
  const [, status] = (error instanceof Error && PROXY_SAYS.exec(error.message)) || [];
  return status === undefined ? undefined : Number(status);
}
