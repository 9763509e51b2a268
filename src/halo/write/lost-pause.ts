/** How long to wait before looking for what a request did whose answer was lost. */
import type { LostAnswerError } from '../api/errors.js';

const LOST_PAUSE_MS = 1_000;

/**
 * Halo may still be at work on a request that was given up after a minute. The last look is two minutes after the request, when a web server or
 * database of the usual settings has ended it itself.
 */
const TIMED_OUT_PAUSES_MS: readonly number[] = [5_000, 10_000, 15_000, 30_000];

/** Milliseconds before each look, one after the other; nothing is sent again before the last. */
export function pausesAfter({ mayStillRun }: LostAnswerError): readonly number[] {
  return mayStillRun ? TIMED_OUT_PAUSES_MS : [LOST_PAUSE_MS];
}

/** Milliseconds before a request is repeated that may be done twice. */
export function pauseAfter({ mayStillRun }: LostAnswerError): number {
  return mayStillRun ? 10_000 : LOST_PAUSE_MS;
}
