/** How long an import takes under Halo's limit, without waiting for it. Pure. */

export interface Limit {
  readonly requests: number;
  readonly perSeconds: number;
}

/** `reference/halo.md` 5.1. */
export const HALO_LIMIT: Limit = { requests: 300, perSeconds: 300 };

export interface Load {
  readonly requests: number;
  /** What one request takes when nothing limits it, the work around it included: the distance between two at least. */
  readonly secondsPerRequest: number;
}

/** Seconds from the first request to the end of the last one's work. */
export function wallSeconds(load: Load, limit: Limit = HALO_LIMIT): number {
  let last = 0;
  for (const sentAt of sendTimes(load, limit)) last = sentAt;
  return last + load.secondsPerRequest;
}

/**
 * When each request is sent, in seconds: at once while the window has places, then as the oldest leaves it. A rolling window of so many
 * seconds never holds more than the limit.
 */
export function* sendTimes(
  { requests, secondsPerRequest }: Load,
  { requests: places, perSeconds }: Limit,
): Generator<number> {
  const window: number[] = [];
  let earliest = 0;
  for (let n = 0; n < requests; n += 1) {
    const placeFreeAt = n < places ? 0 : (window[n % places] ?? 0) + perSeconds;
    const sentAt = Math.max(earliest, placeFreeAt);
    window[n % places] = sentAt;
    earliest = sentAt + secondsPerRequest;
    yield sentAt;
  }
}
