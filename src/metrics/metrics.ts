/**
 * What this worker counts and measures, by names of {@link METRICS}, on the SDK's own meter: one Prometheus endpoint serves both. What the
 * whole fleet knows of a connection (phase, rejected people) is set by `worker/connection-gauges.ts`.
 */
import { noopMetricMeter, type MetricMeter } from '@temporalio/common';
import type { Counts } from '../activities/types.js';
import { countEntries } from '../contract/counts.js';
import { PHASES, type Phase } from '../workflows/phase.js';
import { METRICS, type MetricDefinition } from './catalog.js';

/** `2xx` to `5xx`, `429` by itself, `none` when no answer came. */
export type Answer = '2xx' | '3xx' | '4xx' | '429' | '5xx' | 'none';

/** What a worker knows of a connection by Temporal's list; `phase` null once it is gone. */
export interface ConnectionView {
  readonly connection: string;
  readonly phase: Phase | null;
  readonly rejected: number;
}

export interface Metrics {
  countPeople(connection: string, counts: Counts): void;
  countHaloRequest(connection: string, halo: string, answer: Answer): void;
  countSeatGeekRequest(connection: string, answer: Answer): void;
  countNotification(connection: string, result: 'sent' | 'failed'): void;
  limitWaited(connection: string, halo: string, seconds: number): void;
  pageStep(connection: string, step: 'fetch' | 'map' | 'write', seconds: number): void;
  /** From now on {@link sampleWindows} asks `use` for the share of that Halo's limit which is used up. */
  watchWindow(halo: string, use: () => number): void;
  /** Reads every watched window; between requests it empties by itself. */
  sampleWindows(): void;
  showConnection(view: ConnectionView): void;
}

/** Without a meter nothing is kept. */
export function createMetrics(meter: MetricMeter = noopMetricMeter): Metrics {
  const counter = ({ name, help }: MetricDefinition) => meter.createCounter(name, '', help);
  const gauge = ({ name, help }: MetricDefinition) => meter.createGauge(name, 'float', '', help);
  const histogram = ({ name, help }: MetricDefinition) => meter.createHistogram(name, 'float', '', help);
  const people = counter(METRICS.people);
  const haloRequests = counter(METRICS.haloRequests);
  const seatgeekRequests = counter(METRICS.seatgeekRequests);
  const notifications = counter(METRICS.notifications);
  const limitWait = histogram(METRICS.limitWait);
  const page = histogram(METRICS.page);
  const windows = new Map<string, () => number>();
  const windowUse = gauge(METRICS.windowUse);
  const phases = gauge(METRICS.phase);
  const rejectedPeople = gauge(METRICS.rejected);
  return {
    countPeople: (connection, counts) => {
      // Each person once: `people` is the sum of those who are right in Halo.
      for (const [name, count] of countEntries(counts, ['people', 'superseded']))
        people.add(count, { connection, outcome: name === 'matchedByEmail' ? 'matched_by_email' : name });
    },
    countHaloRequest: (connection, halo, answer) => haloRequests.add(1, { connection, halo, answer }),
    countSeatGeekRequest: (connection, answer) => seatgeekRequests.add(1, { connection, answer }),
    countNotification: (connection, result) => notifications.add(1, { connection, result }),
    limitWaited: (connection, halo, seconds) => limitWait.record(seconds, { connection, halo }),
    pageStep: (connection, step, seconds) => page.record(seconds, { connection, step }),
    watchWindow: (halo, use) => void windows.set(halo, use),
    sampleWindows: () => {
      for (const [halo, use] of windows) windowUse.set(use(), { halo });
    },
    showConnection: ({ connection, phase, rejected }) => {
      for (const each of PHASES) phases.set(each === phase ? 1 : 0, { connection, phase: each });
      rejectedPeople.set(rejected, { connection });
    },
  };
}
