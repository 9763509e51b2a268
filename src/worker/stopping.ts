/**
 * The end of a worker that is told to end. First Temporal's SDK takes no new work and, after the grace, stops steps between two requests; what a
 * single slow request holds up then is broken off here, and the process ends in time whatever hangs. Nothing is lost by it: Temporal gives
 * the step to a worker again.
 */
import type { Logger } from '@temporalio/common';

/** Those that Temporal's SDK hears, too. */
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR2'] as const;

/** How long a step whose request was broken off has to tell Temporal. */
const LAST_WORDS_MS = 3_000;

/** Aborts when the process is told to end. A second signal then ends it at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  for (const signal of SIGNALS) process.once(signal, () => stop.abort());
  return stop.signal;
}

export interface EndOptions {
  /** Milliseconds after the signal. */
  readonly graceMs: number;
  readonly forceMs: number;
  readonly logger: Pick<Logger, 'warn'>;
  /** Ends the requests under way. */
  readonly breakOff: () => Promise<void>;
  /** Ends the process. */
  readonly exit: () => void;
}

/** From the signal on: requests are broken off three seconds before the time is up, but not before the grace is over; then the process ends. */
export function endInTime(stop: AbortSignal, { graceMs, forceMs, logger, breakOff, exit }: EndOptions): void {
  const begin = (): void => {
    const breakOffMs = Math.max(graceMs, forceMs - LAST_WORDS_MS);
    setTimeout(() => {
      logger.warn('requests under way are broken off: the time to end is nearly up', {});
      void breakOff();
    }, breakOffMs).unref();
    setTimeout(() => {
      logger.warn('the worker ends with steps under way: Temporal gives them to a worker again', {});
      exit();
    }, forceMs).unref();
  };
  if (stop.aborted) begin();
  else stop.addEventListener('abort', begin, { once: true });
}
