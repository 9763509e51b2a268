/** The connections as commands see them; `temporal.ts` is what stands behind this. */
import type { SignalDefinition } from '@temporalio/common';
import type { ValidationReport } from '../activities/types.js';
import type { Connection, ConnectionFile } from '../connection/schema.js';
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

/** Every method throws StarterError for what a person can put right: `connection-unknown`, `worker-missing`, `temporal-unreachable` … */
export interface Connections {
  /** Has a worker check this file; a check of the same connection that is going on is given up for this one. */
  validate(name: string, file: ConnectionFile): Promise<ValidationReport>;
  isRunning(name: string): Promise<boolean>;
  /** Starts the connection with the file as it is on disk; answers the workflow's id once a worker has accepted the file. */
  start(connection: Connection, file: ConnectionFile): Promise<string>;
  status(name: string): Promise<Status>;
  rejected(name: string): Promise<readonly RejectedUser[]>;
  /** Needs no worker: Temporal keeps the signal until one comes. */
  signal<Args extends unknown[]>(name: string, signal: SignalDefinition<Args>, ...args: Args): Promise<void>;
  /** The running connections by name. */
  list(): Promise<readonly ListedConnection[]>;
  close(): Promise<void>;
}
