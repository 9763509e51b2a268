/** Halo's rate limit as it words it: so many requests in any window of so many seconds. Refused requests do not count. */

export interface RollingWindow {
  /** Counts a request, or answers in how many milliseconds the next one will be let in. */
  admit(nowMs: number): { ok: true } | { ok: false; retryInMs: number };
}

export function createRollingWindow(requests: number, windowMs: number): RollingWindow {
  const admitted: number[] = [];
  return {
    admit: (nowMs) => {
      while ((admitted[0] ?? Number.POSITIVE_INFINITY) <= nowMs - windowMs) admitted.shift();
      if (admitted.length < requests) {
        admitted.push(nowMs);
        return { ok: true };
      }
      return { ok: false, retryInMs: (admitted[0] ?? nowMs) + windowMs - nowMs };
    },
  };
}
