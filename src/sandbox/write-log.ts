/** Every accepted write to the sandbox's Halo, in order. */

export interface LoggedWrite {
  readonly path: string;
  /** The array as it was sent. */
  readonly items: readonly Readonly<Record<string, unknown>>[];
  /** Ids of what it made, then of what it changed. */
  readonly created: readonly number[];
  readonly updated: readonly number[];
}

export interface WriteLog {
  /** Requests that changed something. */
  readonly count: number;
  readonly created: number;
  readonly updated: number;
  /** The newest 50,000, so that a large import stays small in memory. */
  all(): readonly LoggedWrite[];
  clear(): void;
}

export interface OpenWriteLog extends WriteLog {
  add(write: LoggedWrite): void;
}

const KEPT = 50_000;

export function createWriteLog(): OpenWriteLog {
  let writes: LoggedWrite[] = [];
  let totals = { count: 0, created: 0, updated: 0 };
  return {
    get count() {
      return totals.count;
    },
    get created() {
      return totals.created;
    },
    get updated() {
      return totals.updated;
    },
    all: () => writes.slice(-KEPT),
    clear: () => {
      writes = [];
      totals = { count: 0, created: 0, updated: 0 };
    },
    add: (write) => {
      writes.push(write);
      if (writes.length >= 2 * KEPT) writes = writes.slice(-KEPT);
      const { count, created, updated } = totals;
      totals = { count: count + 1, created: created + write.created.length, updated: updated + write.updated.length };
    },
  };
}
