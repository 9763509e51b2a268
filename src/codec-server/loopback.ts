/** Which host names are this machine's own by definition. */

/** Of a host name or address without port and brackets: nobody beyond this machine reaches it. */
export function isLoopback(host: string): boolean {
  return host.toLowerCase() === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}
