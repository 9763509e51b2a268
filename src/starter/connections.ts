/** The connections as commands see them; `temporal.ts` is what stands behind this. */
import type { SignalDefinition } from '@temporalio/common';
import type { ConfigureAnswer, PreviewAnswer, TraceAnswer } from '../activities/answers.js';
import type { Discovery, DiscoveryOptions } from '../contract/discovery.js';
import type { ValidationReport } from '../activities/types.js';
import type { Connection, ConnectionFile, EndpointsFile } from '../connection/schema.js';
import type { NEXT_RUN } from '../workflows/messages.js';
import type { RejectedUser } from '../workflows/rejected.js';
import type { Status } from '../workflows/status.js';

/** A running connection as visibility shows it, a moment behind at most; null for what is not set yet. */
export interface ListedConnection {
  readonly connection: string;
  readonly phase: string | null;
  readonly halo: string | null;
  readonly lastSyncedAt: string | null;
  readonly rejectedUsers: number | null;
}

/** How far the step that writes has come, as its activity's last heartbeat told: first it looks through the feed, then it writes the page. */
export interface PageProgress {
  /** Events looked through; null once the page is written. */
  readonly surveyed: number | null;
  readonly settled: number;
  /** People on the page; null before it is written. */
  readonly of: number | null;
  /** Epoch milliseconds until which Halo's limit makes it wait; null when it does not. */
  readonly waitingUntil: number | null;
}

/** A connection of that name that came to an end. */
export interface EndedConnection {
  /** `terminated`, `failed`, `canceled` … */
  readonly how: string;
  readonly at: string | null;
  /** People it had imported; null before all history was. */
  readonly people: number | null;
  /** For `start`: cursor, the brake's memory, rejected people. Null when it ended before it knew anything. */
  readonly carried: Readonly<Record<string, unknown>> | null;
}

/** Workers of one build, and the connections that run on it. */
export interface Build {
  /** Null: without worker versioning. */
  readonly deployment: string | null;
  readonly build: string | null;
  /** New runs begin on it. */
  readonly isCurrent: boolean;
  /** Worker processes that polled lately. */
  readonly workers: number;
  readonly connections: readonly string[];
}

/** What `promote` did. */
export interface Promotion {
  readonly build: string | null;
  /** The current build before; null: workers without a build. */
  readonly before: string | null;
  /** Connections that ran elsewhere and were told to continue as new. */
  readonly woken: readonly string[];
}

/** Every method throws StarterError for what a person can put right: `connection-unknown`, `worker-missing`, `temporal-unreachable` … */
export interface Connections {
  /** Has a worker check this file; a check of the same connection that is going on is given up for this one. */
  validate(name: string, file: ConnectionFile): Promise<ValidationReport>;
  /** Has a worker look at both systems: columns, custom fields, sites. */
  discover(endpoints: EndpointsFile, options?: DiscoveryOptions): Promise<Discovery>;
  isRunning(name: string): Promise<boolean>;
  /** Null when none of that name ended within the namespace's retention, or one runs. */
  ended(name: string): Promise<EndedConnection | null>;
  /** Starts the connection with the file as it is on disk; answers the workflow's id once a worker has accepted the file. */
  start(connection: Connection, file: ConnectionFile, carried?: EndedConnection['carried']): Promise<string>;
  /** Ends the workflow at once; `reason` stands in Temporal. */
  end(name: string, reason: string): Promise<void>;
  /** The page of the Web UI that tells the story. Throws UsageError `web-ui-unknown`. */
  webPage(name: string): Promise<string>;
  status(name: string): Promise<Status>;
  rejected(name: string): Promise<readonly RejectedUser[]>;
  /** What the first `of` change events, or the next run, would do, without writing. */
  preview(name: string, of: number | typeof NEXT_RUN): Promise<PreviewAnswer>;
  /** `whom` is a SeatGeek ID or `email:<salt>:<hash of the folded address>`. */
  trace(name: string, whom: string): Promise<TraceAnswer>;
  configure(name: string, file: ConnectionFile, options: { readonly reimport: boolean }): Promise<ConfigureAnswer>;
  /** The connection file that is in force. */
  fileOf(name: string): Promise<ConnectionFile>;
  /** Null while no page is being written. */
  pageProgress(name: string): Promise<PageProgress | null>;
  /** Needs no worker: Temporal keeps the signal until one comes. */
  signal<Args extends unknown[]>(name: string, signal: SignalDefinition<Args>, ...args: Args): Promise<void>;
  /** The running connections by name. */
  list(): Promise<readonly ListedConnection[]>;
  builds(): Promise<readonly Build[]>;
  /** Makes the build the current one, null for workers without; wakes who runs elsewhere. Throws UsageError `build-unknown`. */
  promote(build: string | null): Promise<Promotion>;
  close(): Promise<void>;
}
