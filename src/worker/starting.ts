/** The start of a worker: what is not there yet is waited for, for a while and in plain view; what only a person can mend ends it at once. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@temporalio/common';
import { ConfigError } from '../errors.js';

/** Somebody may be about to start or create what is missing. */
const MAY_COME = new Set(['temporal-unreachable', 'temporal-namespace-missing', 'search-attributes-missing']);
const LOOK_EVERY_MS = 2_000;

export interface Starting<T> {
  /** Tried again until it works. */
  readonly attempt: () => Promise<T>;
  /** Milliseconds until the last reason counts. */
  readonly waitMs: number;
  readonly logger: Logger;
  /** Told each time, for `/readyz`. */
  readonly onReason: (reason: string) => void;
  /** Aborts when the process is told to end. */
  readonly stop: AbortSignal;
}

/**
 * Undefined when the process is told to end first. Throws the first error that time will not mend, or the last one when time is up. Each reason is
 * logged once, as a warning.
 */
export async function untilStarted<T>({
  attempt,
  waitMs,
  logger,
  onReason,
  stop,
}: Starting<T>): Promise<T | undefined> {
  const deadline = Date.now() + waitMs;
  let told = '';
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof ConfigError && MAY_COME.has(error.code)) || Date.now() >= deadline) throw error;
      onReason(error.message);
      if (error.message !== told)
        logger.warn(error.message, { code: error.code, hint: error.hint, triedForMs: waitMs });
      told = error.message;
    }
    await delay(Math.min(LOOK_EVERY_MS, Math.max(0, deadline - Date.now())), undefined, { signal: stop }).catch(
      () => undefined,
    );
    if (stop.aborted) return undefined;
  }
}
