/** How long the starter waits for Temporal and its workers. */
export interface Limits {
  /** How long to wait for a worker before saying that there is none. */
  readonly workerMs: number;
  /** Between two looks at whether a start was accepted. */
  readonly pollMs: number;
}

export const LIMITS: Limits = { workerMs: 15_000, pollMs: 200 };
