/** How fast people are settled, over the last minute: a pause under Halo's limit shows, and so does its end. Pure; the clock comes in. */

export interface RateMeter {
  /** Notes how many people the run has settled by now. Fewer than before means another run: it begins anew. */
  note(nowMs: number, settled: number): void;
  /** People per second; null until there is a second to look back on. */
  perSecond(): number | null;
}

const WINDOW_MS = 60_000;

interface Sample {
  readonly atMs: number;
  readonly settled: number;
}

export function createRateMeter(windowMs = WINDOW_MS): RateMeter {
  let samples: Sample[] = [];
  return {
    note: (nowMs, settled) => {
      const last = samples.at(-1);
      if (last !== undefined && settled < last.settled) samples = [];
      samples.push({ atMs: nowMs, settled });
      // One sample from before the window stays, so that the window is whole.
      while (samples.length > 2 && (samples[1]?.atMs ?? nowMs) <= nowMs - windowMs) samples.shift();
    },
    perSecond: () => {
      const [first] = samples;
      const last = samples.at(-1);
      if (first === undefined || last === undefined || last.atMs - first.atMs < 1_000) return null;
      return ((last.settled - first.settled) * 1_000) / (last.atMs - first.atMs);
    },
  };
}
