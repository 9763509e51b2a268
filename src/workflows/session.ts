/** One workflow run's mutable cell around the pure state, and how its state gets on view. */
import { metricMeter, setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { ConnectionFile } from '../connection/schema.js';
import { METRICS } from '../metrics/catalog.js';
import {
  ConnectionPhase,
  HaloInstance,
  LastSyncedAt,
  RejectedUsers,
  SeatGeekConnection,
} from '../temporal/search-attributes.js';
import { detailsOf } from './details.js';
import { isoSeconds } from './schedule.js';
import { phaseOf, type State } from './state.js';

/** The handlers and the main loop share it; nothing of it but the file and the state is carried on. */
export class Session {
  /** Stops the page in flight, if there is one. Set by the run, called by the handlers of `pause` and `clear-cursor`. */
  interruptPage: (() => void) | null = null;

  /** A `configure` is being checked. */
  isConfiguring = false;

  constructor(
    /** The file that steps begun from now on use. */
    public config: ConnectionFile,
    public state: State,
  ) {}

  /** Applies a pure transition. */
  apply(transition: (state: State) => State): void {
    this.state = transition(this.state);
    if (this.state.settings !== null) setCurrentDetails(detailsOf(this.state, this.state.settings));
  }

  /** Sets the search attributes that changed since they were last set: an idle cycle sets none. */
  publish(): void {
    const { settings, published } = this.state;
    if (settings === null) return;
    setCurrentDetails(detailsOf(this.state, settings));
    reportSuccess(settings.name, this.state.lastSyncedAt);
    const view = {
      phase: phaseOf(this.state),
      rejected: this.state.rejected.users.length + this.state.rejected.beyond,
      lastSyncedAt: this.state.lastChangedAt,
    };
    const changes = [
      ...(published === null
        ? [
            { key: SeatGeekConnection, value: settings.name },
            { key: HaloInstance, value: settings.haloHost },
          ]
        : []),
      ...(published?.phase === view.phase ? [] : [{ key: ConnectionPhase, value: view.phase }]),
      ...(published?.rejected === view.rejected ? [] : [{ key: RejectedUsers, value: view.rejected }]),
      ...(view.lastSyncedAt === null || published?.lastSyncedAt === view.lastSyncedAt
        ? []
        : [{ key: LastSyncedAt, value: new Date(view.lastSyncedAt) }]),
    ];
    if (changes.length === 0) return;
    upsertSearchAttributes(changes);
    this.state = { ...this.state, published: view };
  }
}

/** Only grows, so the largest that any worker shows is right. Idle cycles change nothing that Temporal lists, hence from here; a replay says nothing. */
function reportSuccess(connection: string, lastSyncedAt: string | null): void {
  if (lastSyncedAt === null) return;
  const { name, help } = METRICS.lastSuccess;
  metricMeter.createGauge(name, 'float', '', help).set(Date.parse(lastSyncedAt) / 1_000, { connection });
}

/** The workflow's clock as ISO 8601 in whole seconds. */
export function nowIso(): string {
  return isoSeconds(Date.now());
}
