/** Addresses that a worker listens on. */
import { isIP, isIPv6 } from 'node:net';
import { z } from 'zod';

export interface ListenAddress {
  /** An IP address: a name might mean another interface on each machine. */
  readonly host: string;
  readonly port: number;
  /** As the variable has it, with `localhost` spelled out. */
  readonly text: string;
}

const EXPECTED = 'must be an IP address and a port from 1 to 65535, like 127.0.0.1:8080 or [::]:8080';

/** A variable's value; blank counts as not set. */
export const listenAddress = z
  .string()
  .default('')
  .transform((text, context): ListenAddress | undefined => {
    if (text.trim() === '') return undefined;
    const parsed = parseListenAddress(text.trim());
    if (parsed === undefined) context.addIssue({ code: 'custom', message: EXPECTED });
    return parsed;
  });

function parseListenAddress(text: string): ListenAddress | undefined {
  const [, host = '', digits = ''] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(text) ?? [];
  const bare = host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '');
  const port = Number(digits);
  if (isIP(bare) === 0 || isIPv6(bare) !== host.startsWith('[') || port < 1 || port > 65_535) return undefined;
  return { host: bare, port, text: `${isIPv6(bare) ? `[${bare}]` : bare}:${port}` };
}
