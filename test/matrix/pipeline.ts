/**
 * Plays the loop of the workflow over the real activities, in this process and without a Temporal server: fetch, map and upsert page by
 * page, retries as Temporal would, rejected people, all with the workflow's own transitions. `test/matrix/real-workflow.test.ts` holds it
 * against the real thing.
 */
import assert from 'node:assert/strict';
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createActivities } from '../../src/activities/index.js';
import type {
  ConnectionActivities,
  FetchResult,
  RunName,
  UpsertRequest,
  UpsertResult,
} from '../../src/activities/types.js';
import { parseAllowedHosts } from '../../src/connection/allowed-hosts.js';
import type { ConnectionFile } from '../../src/connection/schema.js';
import { createSecrets } from '../../src/connection/secrets.js';
import { systemClock, type Clock } from '../../src/halo/clock.js';
import { createHttp, type Http } from '../../src/http/http.js';
import { sandboxConnection, sandboxSecrets, type ConnectionOverrides } from '../../src/sandbox/connection-file.js';
import type { Sandbox } from '../../src/sandbox/start.js';
import {
  addRejected,
  dueRetries,
  notePageGone,
  noteUntried,
  watchList,
  type Retry,
} from '../../src/workflows/rejected.js';
import { keptIn, type Kept } from '../../src/workflows/failures.js';
import type { LastError } from '../../src/workflows/phase.js';
import type { RunReport } from '../../src/workflows/run-report.js';
import {
  beginRun,
  brakeOf,
  completeRun,
  failRun,
  knownOf,
  noteKept,
  notePageRead,
  settleEmptyPage,
  settleStep,
  stopRun,
} from '../../src/workflows/run-state.js';
import { CONNECTION_WORKFLOW, workflowIdOf } from '../../src/temporal/task-queue.js';
import { restoreState } from '../../src/workflows/carried-state.js';
import { askRetryRejected, begin, clearCursor, type State } from '../../src/workflows/state.js';

/** The program's waits pass a hundred times faster. */
const FASTER = 100;
const START = Date.now();

export const fastClock: Clock = {
  now: () => START + (Date.now() - START) * FASTER,
  sleep: (ms, signal) => systemClock.sleep(ms / FASTER, signal),
};

/** What is told by the fast clock is not held against the real one. */
const NO_CLOCK = Infinity;

export interface PipelineOptions {
  readonly connection?: ConnectionOverrides;
  /** Milliseconds until a request counts as unanswered. Default 10,000. */
  readonly timeoutMs?: number;
  /** {@link fastClock} when left out. */
  readonly clock?: Clock;
  /** Asked before and after each step: whether the worker dies there, with all that it has in memory. */
  readonly dies?: (step: 'fetched' | 'written') => boolean;
  /** The workflow's code is from before a step could write further pages. */
  readonly isOlder?: boolean;
  /** Whether the next attempt at writing a page may go on with those that follow. Left out: every second one. */
  readonly goesOn?: () => boolean;
  /** Which of several workers takes the next step; one takes them all when left out. */
  readonly worker?: () => number;
}

/** As in `src/workflows/activities.ts`. */
const READ_ATTEMPTS = 4;
const WRITE_ATTEMPTS = 8;
/** Runs that may fail in a row before the test gives up. */
const MAX_RUNS = 15;

export class Pipeline {
  state: State = restoreState(undefined);
  /** What the activities logged, as text. */
  readonly logged: string[] = [];
  /** Errors that ended a run. */
  readonly errors: LastError[] = [];
  /** Attempts at writing a page, of all runs. */
  steps = 0;
  /** What the last page written, or the last step of several, said. */
  written: UpsertResult | undefined;
  readonly config: ConnectionFile;
  readonly #http: Http = createHttp();
  readonly #workers: ConnectionActivities[] = [];
  #bug: ApplicationFailure | undefined;
  #environment: MockActivityEnvironment | undefined;
  #isEnding = false;
  #names = 0;

  constructor(
    readonly sandbox: Sandbox,
    private readonly options: PipelineOptions = {},
  ) {
    this.config = sandboxConnection(sandbox, 'arena', {
      ...options.connection,
      integrator: { enabled: true, ...options.connection?.integrator },
    });
  }

  /** Runs, again and again where one fails, until one has read the feed to its end; then tries the rejected again. Throws when it never does. */
  async sync(): Promise<void> {
    for (let turn = 0; turn < MAX_RUNS; turn += 1) {
      if (this.state.cursorExpired) this.clearCursor();
      await this.run();
      if (this.state.lastRun?.outcome === 'completed') return;
    }
    throw new Error(`no run came to its end: ${JSON.stringify(this.errors.at(-1))}`);
  }

  /** One run, completed or failed. */
  async run(): Promise<void> {
    if (this.state.settings === null) {
      const settings = await this.#attempt(READ_ATTEMPTS, () => this.#activities.readConnection(this.config));
      this.state = begin(this.state, settings);
    }
    this.state = beginRun(this.state, this.state.due ?? 'interval', this.#name(), now());
    try {
      while (await this.#page());
      this.state = completeRun(this.state, now());
      assertAddsUp(this.state.lastRun);
    } catch (error) {
      if (error instanceof CancelledFailure)
        this.state = stopRun(noteKept(this.state, 'run', keptOf(error), NO_CLOCK), now());
      else this.#fail(error);
      return;
    }
    await this.retryRejected(false);
  }

  /** The first change events of history, as `import-100` has them written. */
  async importSample(takeEvents = 100): Promise<UpsertResult> {
    const { config, state } = this;
    const run = { id: this.#name(), pass: this.#name(), from: null };
    const asked = { cursor: null, limit: takeEvents };
    const { page } = await this.#attempt(READ_ATTEMPTS, () =>
      this.#activities.fetchChangeEvents({ config, run, page: asked }),
    );
    const newestOnly = state.cursor !== null || state.past !== null || state.epoch > 0 || state.pass !== null;
    return this.#upsert({
      config,
      run,
      page,
      takeEvents,
      newestOnly,
      watch: watchList(state.rejected),
      ...brakeOf(state),
      ...knownOf(state),
    });
  }

  /** Previews the first change events of history, as an operator may while a run is going on. */
  async preview(events: number): Promise<void> {
    await this.#attempt(READ_ATTEMPTS, () => this.#activities.previewUsers({ config: this.config, events }));
  }

  clearCursor(): void {
    this.state = clearCursor(this.state);
  }

  /** Tries the rejected again: who is due, or `all`. */
  async retryRejected(all: boolean): Promise<void> {
    const id = this.#name();
    if (all) this.state = askRetryRejected(this.state);
    let failedInARow = 0;
    for (const retry of dueRetries(this.state.rejected, this.state.runs, 20)) {
      failedInARow = (await this.#retryPage(id, retry)) ? 0 : failedInARow + 1;
      if (failedInARow === 2) return;
    }
  }

  /** What this worker knew is lost; another one goes on. */
  restartWorker(): void {
    this.#workers.length = 0;
  }

  /** The step under way ends, and the run with it, as `pause` has it. */
  interrupt(): void {
    this.#environment?.cancel('CANCELLED');
  }

  /** The worker is told to end in the middle of a step, which another one tries again at once. */
  endWorker(): void {
    this.#isEnding = true;
    this.#environment?.cancel('WORKER_SHUTDOWN');
  }

  /** Throws when a step met a bug, though a later attempt may have hidden it. */
  async close(): Promise<void> {
    await this.#http.close();
    assert.equal(this.#bug, undefined, this.logged.filter((line) => line.includes('unexpected error')).join('\n'));
  }

  /** False at the end of the feed. */
  async #page(): Promise<boolean> {
    const run = this.#runName();
    const fetched = await this.#read(run);
    this.state = notePageRead(this.state, fetched.events, fetched.seatgeekRequests);
    if (fetched.events === 0) {
      this.state = settleEmptyPage(this.state, fetched.nextCursor);
      return fetched.hasMore;
    }
    if (this.options.dies?.('fetched') === true) this.restartWorker();
    const { page } = fetched;
    const { rejected } = this.state;
    const request = {
      config: this.config,
      run,
      page,
      ...(this.options.isOlder !== true && { takesFurther: true }),
      watch: watchList(rejected),
      ...brakeOf(this.state),
      newer: this.state.newer,
      ...knownOf(this.state),
    };
    const result = await this.#upsert(request);
    this.written = result;
    this.state = settleStep(this.state, page, result, { now: now(), nowMs: NO_CLOCK, isCurrent: true });
    return (result.following?.at(-1) ?? result).hasMore;
  }

  async #read(run: RunName): Promise<FetchResult> {
    const page = { cursor: this.state.cursor, limit: this.state.settings?.pageSize ?? 1_000 };
    const { config } = this;
    const isMorePromised = (this.state.run?.pages ?? 0) > 0;
    const fetched = await this.#attempt(READ_ATTEMPTS, () =>
      this.#activities.fetchChangeEvents({ config, run, page, isMorePromised }),
    );
    if (fetched.events > 0)
      await this.#attempt(READ_ATTEMPTS, () => this.#activities.mapUsers({ config, run, page: fetched.page }));
    return fetched;
  }

  #upsert(request: UpsertRequest): Promise<UpsertResult> {
    return this.#attempt(WRITE_ATTEMPTS, async () => {
      const result = await this.#activities.upsertUsers({ ...request, goesOn: this.#goesOn(request) });
      if (this.options.dies?.('written') !== true) return result;
      this.restartWorker();
      throw ApplicationFailure.create({ type: 'worker-unresponsive', message: 'the worker died' });
    });
  }

  #goesOn({ takesFurther = false }: UpsertRequest): boolean {
    if (!takesFurther) return false;
    this.steps += 1;
    return this.options.goesOn?.() ?? this.steps % 2 === 0;
  }

  async #retryPage(id: string, { page, seatgeekIds, withoutImage }: Retry): Promise<boolean> {
    const moment = { now: now(), runs: this.state.runs };
    const run = { id, pass: id, from: page.cursor };
    const watch = watchList(this.state.rejected);
    try {
      const known = knownOf(this.state);
      const newest = this.state.pass === null ? {} : { newestOnly: true };
      const result = await this.#upsert({
        config: this.config,
        run,
        page,
        only: seatgeekIds,
        withoutImage,
        ...newest,
        watch,
        ...known,
      });
      const rejected = notePageGone(addRejected(this.state.rejected, page, result, moment), result.missing, moment);
      this.state = {
        ...this.state,
        habits: result.habits ?? this.state.habits,
        deactivated: result.deactivated ?? this.state.deactivated,
        rejected,
      };
      return true;
    } catch (error) {
      const lastError = toLastError(error);
      this.state = noteKept(this.state, null, keptOf(error), NO_CLOCK);
      this.errors.push(lastError);
      const isGone = lastError.code === 'cursor-expired';
      const rejected = (isGone ? notePageGone : noteUntried)(this.state.rejected, seatgeekIds, moment);
      this.state = { ...this.state, rejected };
      return isGone;
    }
  }

  /** As Temporal does: what may be retried is, so many times. */
  async #attempt<T>(attempts: number, step: () => Promise<T>): Promise<T> {
    let heartbeatDetails: unknown;
    for (let attempt = 1; ; attempt += 1) {
      const logger = new DefaultLogger('TRACE', ({ message, meta }) => {
        this.logged.push(JSON.stringify([message, meta]));
      });
      const info = {
        workflowType: CONNECTION_WORKFLOW,
        workflowExecution: { workflowId: workflowIdOf(this.config.name), runId: 'run' },
        attempt,
        heartbeatDetails,
        currentAttemptScheduledTimestampMs: fastClock.now(),
      };
      const environment = new MockActivityEnvironment(info, { logger });
      environment.on('heartbeat', (details: unknown) => (heartbeatDetails = details));
      this.#environment = environment;
      try {
        return await environment.run(step);
      } catch (error) {
        if (error instanceof ApplicationFailure && error.type === 'internal') this.#bug ??= error;
        if (error instanceof CancelledFailure && this.#isEnding) {
          this.#isEnding = false;
          this.restartWorker();
          continue;
        }
        if (!(error instanceof ApplicationFailure) || error.nonRetryable === true || attempt === attempts) throw error;
      }
    }
  }

  get #activities(): ConnectionActivities {
    const place = this.options.worker?.() ?? 0;
    return (this.#workers[place] ??= this.#startWorker());
  }

  #startWorker(): ConnectionActivities {
    const { timeoutMs = 10_000 } = this.options;
    const http: Http = {
      request: (request) => this.#http.request({ ...request, timeoutMs: Math.min(request.timeoutMs, timeoutMs) }),
      close: () => Promise.resolve(),
    };
    return createActivities({
      http,
      secrets: createSecrets({ env: sandboxSecrets(this.sandbox, 'arena') }),
      allowedHosts: parseAllowedHosts('127.0.0.1'),
      clock: this.options.clock ?? fastClock,
    });
  }

  #fail(error: unknown): void {
    const lastError = toLastError(error);
    this.errors.push(lastError);
    this.state = failRun(noteKept(this.state, 'run', keptOf(error), NO_CLOCK), lastError, now());
  }

  #runName(): RunName {
    const pass = this.state.pass ?? { id: 'none', from: this.state.cursor };
    return { id: `${pass.id}.${this.state.runs}`, pass: pass.id, from: pass.from };
  }

  #name(): string {
    return `run-${(this.#names += 1)}`;
  }
}

/** Every event of a run is somebody's who is right, or it was skipped, rejected or left out. */
function assertAddsUp(run: RunReport | null): void {
  assert.ok(run !== null);
  const { events, people, skipped, rejected, superseded = 0 } = run;
  assert.equal(people + skipped + rejected + superseded, events, `the counts of the run: ${JSON.stringify(run)}`);
}

/** Anything but a failure made by the activities is a fault of the test itself. */
function toLastError(error: unknown): LastError {
  if (!(error instanceof ApplicationFailure)) throw error;
  const { type, message, details, nonRetryable } = error;
  const hint: unknown = details?.[0];
  return {
    code: type ?? 'unexpected',
    message,
    hint: typeof hint === 'string' ? hint : '',
    at: now(),
    transient: nonRetryable !== true,
  };
}

function now(): string {
  return new Date().toISOString();
}

/** As `activities/heartbeat.ts` gives it to failures and cancellations. */
function keptOf(error: unknown): Kept {
  return keptIn(
    error instanceof ApplicationFailure || error instanceof CancelledFailure ? error.details?.[1] : undefined,
  );
}
