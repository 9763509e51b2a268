/** What it means that a worker can't listen where it was told to. */
import { ConfigError } from '../errors.js';

/** `variable` names the address, which is no secret. */
export function listenFailure(variable: string, address: string, cause: unknown): ConfigError {
  const text = cause instanceof Error ? cause.message : String(cause);
  const isTaken = /EADDRINUSE|address already in use/i.test(text);
  return new ConfigError(
    'listen-failed',
    `${variable}: ${address} can't be listened on${isTaken ? ': another program listens there' : ''}`,
    isTaken
      ? `Give ${variable} a free port; each worker on one machine needs its own.`
      : `Set ${variable} to an address of this machine and a port that the worker may use.`,
    variable,
    { cause },
  );
}
