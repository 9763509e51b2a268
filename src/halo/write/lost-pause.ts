/** How long to wait before looking for what a request did whose answer was lost. */
import type { LostAnswerError } from '../api/errors.js';

const LOST_PAUSE_MS = 1_000;
/** Halo may still be at work on a request that was given up. */
const TIMED_OUT_PAUSE_MS = 10_000;

/** In milliseconds. */
export function pauseAfter({ mayStillRun }: LostAnswerError): number {
  return mayStillRun ? TIMED_OUT_PAUSE_MS : LOST_PAUSE_MS;
}
