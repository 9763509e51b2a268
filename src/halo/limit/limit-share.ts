/**
 * How much of Halo's limit this process takes for itself. A refusal shows that others spend it too: the share shrinks by a factor and grows back
 * by steps, which makes processes that know nothing of each other come to equal shares. Pure.
 */
export interface LimitShare {
  /** 0 to 1, right after the last refusal that counted. */
  readonly share: number;
  /** When that was, epoch ms. */
  readonly since: number;
}

/** Nobody else is known to use the limit. */
export const WHOLE_LIMIT: LimitShare = { share: 1, since: -Infinity };

const SHRINK = 0.7;
const GROWTH_PER_WINDOW = 0.03;
const SMALLEST_SHARE = 0.02;

/** The share at that time. */
export function shareAt({ share, since }: LimitShare, now: number, windowMs: number): number {
  return Math.min(1, share + (GROWTH_PER_WINDOW * (now - since)) / windowMs);
}

/** Within one window of the last, a refusal teaches nothing new: a smaller share shows its effect only when what was sent before has left the window. */
export function afterRefusal(known: LimitShare, now: number, windowMs: number): LimitShare {
  if (now - known.since < windowMs) return known;
  return { share: Math.max(SMALLEST_SHARE, shareAt(known, now, windowMs) * SHRINK), since: now };
}
