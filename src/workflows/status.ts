/** What `status` answers: flat, documented, the same in the Temporal CLI, `starter status --json` and tests. Fields are added, never renamed. */
import type { TenantHabits } from '../halo/habits.js';
import { driftOf, type SchemaDrift } from './feed-schema.js';
import type { LastError, Phase } from './phase.js';
import type { RunReport } from './run-report.js';
import { pending, phaseOf, type State } from './state.js';

export interface Status {
  readonly connection: string;
  readonly phase: Phase;
  readonly integrator: 'on' | 'off';
  readonly cursor: string | null;
  readonly epoch: number;
  readonly lastSyncedAt: string | null;
  readonly run: RunReport | null;
  readonly lastRun: RunReport | null;
  readonly sampleImport: RunReport | null;
  readonly rejectedUsers: number;
  /** People imported so far; null until all history was imported once. */
  readonly importedPeople: number | null;
  readonly nextRunAt: string | null;
  readonly waiting: { readonly for: string; readonly until: string } | null;
  readonly lastError: LastError | null;
  readonly pending: readonly string[];
  /** What Halo was seen to do where its documentation is silent; null before anything was written. */
  readonly habits: TenantHabits | null;
  /** New columns of the feed and changed types of mapped ones, since the first run or the last `configure`; null when there are none. */
  readonly schema: SchemaDrift | null;
}

/** The answer of the query `status`; `connection` is the connection's name. */
export function statusOf(state: State, connection: string): Status {
  return {
    connection,
    phase: phaseOf(state),
    integrator: state.integrator,
    cursor: state.cursor,
    epoch: state.epoch,
    lastSyncedAt: state.lastSyncedAt,
    run: state.run,
    lastRun: state.lastRun,
    sampleImport: state.sampleImport,
    rejectedUsers: state.rejected.users.length + state.rejected.beyond,
    importedPeople: state.past,
    nextRunAt: state.nextRunAt,
    waiting: waitingOf(state),
    lastError: state.lastError,
    pending: pending(state),
    habits: state.habits,
    schema: driftOf(state.schema),
  };
}

function waitingOf(state: State): Status['waiting'] {
  if (state.lastError === null || state.nextRunAt === null) return null;
  return { for: `another try after ${state.lastError.code}`, until: state.nextRunAt };
}
