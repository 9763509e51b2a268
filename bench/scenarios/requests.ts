import type { Measurement } from '../measurement.js';
import type { SandboxCounts } from '../sandbox-messages.js';

type Requests = Pick<Measurement, 'haloRequests' | 'haloRequestKinds' | 'seatgeekRequests'>;

/** What was asked of the sandbox between two readings of its counts. */
export function requestsBetween(before: SandboxCounts, after: SandboxCounts): Requests {
  const kinds = Object.entries(after.haloRequestKinds)
    .map(([kind, count]): [string, number] => [kind, count - (before.haloRequestKinds[kind] ?? 0)])
    .filter(([, count]) => count > 0);
  return {
    haloRequests: after.haloRequests - before.haloRequests,
    haloRequestKinds: Object.fromEntries(kinds),
    seatgeekRequests: after.seatgeekRequests - before.seatgeekRequests,
  };
}
