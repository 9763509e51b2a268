/** Where a server listens. */

export interface ListenAddress {
  /** Without the brackets of IPv6. */
  readonly host: string;
  /** 0 takes any free one. */
  readonly port: number;
  /** Nobody beyond this machine reaches it. */
  readonly isLoopback: boolean;
}

/** `host:port`, with IPv6 in brackets; undefined when it is not one. */
export function parseListenAddress(text: string): ListenAddress | undefined {
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-f:]+)\]|([a-z0-9.-]+)):(\d{1,5})$/i.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port > 65_535) return undefined;
  return { host, port, isLoopback: isLoopback(host) };
}

/** Whether a host name or address, without port and brackets, is this machine's own by definition. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
