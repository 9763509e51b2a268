/**
 * Every metric of our own, once: code, docs/monitoring.md and deploy/alerts.rules.yml are held to this list by tests. Names and labels are
 * contracts with dashboards: added to, never renamed. Labels are names of connections, hosts and words of ours, never a person or a cursor.
 * Workflow code imports this file: constants only.
 */
export interface MetricDefinition {
  readonly name: string;
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram's buckets. */
  readonly buckets?: readonly number[];
}

export const METRICS = {
  people: {
    name: 'seatgeek_halo_people_total',
    kind: 'counter',
    labels: ['connection', 'outcome'],
    help: 'People of settled pages by outcome, sample imports and retries included.',
  },
  haloRequests: {
    name: 'seatgeek_halo_halo_requests_total',
    kind: 'counter',
    labels: ['connection', 'halo', 'answer'],
    help: "API requests sent to Halo, without token requests, by the answer's status.",
  },
  seatgeekRequests: {
    name: 'seatgeek_halo_seatgeek_requests_total',
    kind: 'counter',
    labels: ['connection', 'answer'],
    help: "Requests for pages of SeatGeek's feed by the answer's status.",
  },
  limitWait: {
    name: 'seatgeek_halo_limit_wait_seconds',
    kind: 'histogram',
    labels: ['connection', 'halo'],
    help: "How long requests that had to wait for Halo's limit waited.",
    buckets: [1, 5, 15, 30, 60, 120, 300, 600],
  },
  windowUse: {
    name: 'seatgeek_halo_window_use_ratio',
    kind: 'gauge',
    labels: ['halo'],
    help: "Share of Halo's request limit that this worker has used in the rolling window, 0 to 1.",
  },
  page: {
    name: 'seatgeek_halo_page_seconds',
    kind: 'histogram',
    labels: ['connection', 'step'],
    help: 'How long a step of a page took: fetch, map or write.',
    buckets: [0.1, 0.3, 1, 3, 10, 30, 60, 300, 900, 3_600, 14_400],
  },
  phase: {
    name: 'seatgeek_halo_phase',
    kind: 'gauge',
    labels: ['connection', 'phase'],
    help: 'One for the phase that a connection is in, 0 for the others; 0 for all once it is gone.',
  },
  rejected: {
    name: 'seatgeek_halo_rejected_people',
    kind: 'gauge',
    labels: ['connection'],
    help: "People in a connection's list of rejected.",
  },
  lastSuccess: {
    name: 'seatgeek_halo_last_success_timestamp_seconds',
    kind: 'gauge',
    labels: ['connection'],
    help: 'When a run last reached the end of the feed with everybody settled.',
  },
  notifications: {
    name: 'seatgeek_halo_notifications_total',
    kind: 'counter',
    labels: ['connection', 'result'],
    help: 'Attempts to tell a webhook: sent or failed.',
  },
} as const satisfies Record<string, MetricDefinition>;
