/** One workflow run's mutable cell around the pure state: how its state gets on view, and what of it can be interrupted. */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  isCancellation,
  log,
  metricMeter,
  setCurrentDetails,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConnectionSettings } from '../activities/types.js';
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
import { keptOf, type Kept } from './failures.js';
import { interruptsEverything, servesWhileUpdating } from './patches.js';
import { noteKept } from './run-state.js';
import { isoSeconds } from './schedule.js';
import { phaseOf, type State } from './state.js';

/** Reading a page and mapping it, writing it, a sample import, a retry of rejected people. */
export type StepKind = 'read' | 'write' | 'sample' | 'retry';

/** A step that is awaited and may be ended. */
export interface Step<T> {
  /** Null when the step was interrupted, or failed with a file or in an epoch that is no longer the connection's. */
  readonly result: Promise<T | null>;
  cancel(): void;
}

/** The handlers and the main loop share it; nothing of it but the file and the state is carried on. */
export class Session {
  /** A `configure` is being checked. */
  isConfiguring = false;

  /** How often `pause` came in this run. */
  pauses = 0;

  /** Somebody asked to continue as new. */
  isRenewalAsked = false;

  readonly #steps = new Map<CancellationScope, StepKind>();
  #isShownSoon = false;

  constructor(
    /** The file that steps begun from now on use. */
    public config: ConnectionFile,
    public state: State,
  ) {}

  /** The settings of the checked file; what can be said without them until it is checked. */
  get settings(): ConnectionSettings {
    return this.state.settings ?? { ...UNCHECKED, name: nameIn(this.config) };
  }

  /** Applies a pure transition. */
  apply(transition: (state: State) => State): void {
    this.state = transition(this.state);
    this.#showSoon();
  }

  /** Begins a step that {@link interrupt} can end. */
  begin<T>(kind: StepKind, work: () => Promise<T>): Step<T> {
    const scope = new CancellationScope();
    const isCurrent = this.watchChanges();
    this.#steps.set(scope, kind);
    const run = async (): Promise<T | null> => {
      try {
        return await scope.run(work);
      } catch (error) {
        if (error instanceof ActivityFailure) this.noteKept(kind, keptOf(error, Date.now()));
        if (CancellationScope.current().consideredCancelled) throw error;
        // Our own interruption, not a cancellation of the whole workflow.
        if (isCancellation(error) && scope.consideredCancelled) return null;
        if (error instanceof ActivityFailure && !isCurrent()) return null;
        throw error;
      } finally {
        this.#steps.delete(scope);
      }
    };
    return { result: run(), cancel: () => scope.cancel() };
  }

  /** Takes what a step tells that ended, or goes on elsewhere, without a result. */
  noteKept(kind: StepKind, kept: Kept): void {
    if (kind === 'read') return;
    const of = kind === 'write' ? 'run' : kind === 'sample' ? 'sampleImport' : null;
    this.apply((state) => noteKept(state, of, kept, Date.now()));
  }

  /** Answers whether the connection still has the file and the epoch that it has now. */
  watchChanges(): () => boolean {
    const { config } = this;
    const { epoch } = this.state;
    return () => this.config === config && this.state.epoch === epoch;
  }

  /** Ends the steps of these kinds. `before`: those that this ended in histories of old. */
  interrupt(kinds: readonly StepKind[], before: readonly StepKind[]): void {
    const running = [...this.#steps].filter(([, kind]) => kinds.includes(kind));
    const isMore = running.some(([, kind]) => !before.includes(kind));
    const ended = isMore && interruptsEverything() ? kinds : before;
    for (const [scope, kind] of running) if (ended.includes(kind)) scope.cancel();
  }

  /** The server suggests to continue as new, or somebody asked for it. */
  get isRenewalDue(): boolean {
    return this.isRenewalAsked || workflowInfo().continueAsNewSuggested;
  }

  /** Continuing as new waits for open updates, and nothing else does. */
  get canRenew(): boolean {
    return this.isRenewalDue && (allHandlersFinished() || !servesWhileUpdating());
  }

  /** Sets the search attributes that changed since they were last set: an idle cycle sets none. */
  publish(): void {
    const { settings, published } = this.state;
    if (settings === null) return;
    this.#showSoon();
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

  /** Once for all signals of a workflow task: ten thousand of them, sent while no worker was there, are to be served in the five seconds that a task may take. */
  #showSoon(): void {
    if (this.#isShownSoon) return;
    this.#isShownSoon = true;
    void Promise.resolve().then(() => {
      this.#isShownSoon = false;
      this.#show();
    });
  }

  /** A text that can't be made is no reason to stop: it is logged, and the one before stays. */
  #show(): void {
    if (this.state.settings === null) return;
    try {
      setCurrentDetails(detailsOf(this.state, this.state.settings));
    } catch (error) {
      log.error('the details could not be shown', { error: String(error) });
    }
  }
}

const UNCHECKED: ConnectionSettings = {
  name: '',
  seatgeekHost: '',
  haloHost: '',
  pageSize: 1_000,
  integratorEnabled: false,
  intervalMs: 900_000,
};

/** Of a file that nobody has checked. */
function nameIn(config: unknown): string {
  const name: unknown = typeof config === 'object' && config !== null && 'name' in config ? config.name : '';
  return typeof name === 'string' ? name.slice(0, 40) : '';
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
