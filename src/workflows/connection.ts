/**
 * The durable workflow of one connection: it holds the cursor, runs fetch, map and upsert, sleeps, and continues as new. Workflow id
 * `connection-<name>`; the first argument is the connection file as it is on disk, the second the state carried from the run before.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  ApplicationFailure,
  condition,
  continueAsNew,
  log,
  setDefaultSignalHandler,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConnectionSettings } from '../activities/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import { checking, validating } from './activities.js';
import { waitAndAnnounce } from './announce.js';
import { checkPreview, checkTrace, preview, trace } from './answers.js';
import { checkConfigure, configure, type ConfigureOptions } from './configure.js';
import { importRun, type Next } from './import-run.js';
import {
  approveSignal,
  clearCursorSignal,
  configureUpdate,
  import100Signal,
  pauseSignal,
  previewUpdate,
  rejectedQuery,
  resumeSignal,
  retryRejectedSignal,
  statusQuery,
  syncNowSignal,
  traceUpdate,
  validateUpdate,
} from './messages.js';
import { showRejected } from './rejection-reasons.js';
import { retryRejected } from './retry-rejected.js';
import { importSample } from './sample-import.js';
import { isoSeconds, waitMs } from './schedule.js';
import { nowIso, Session } from './session.js';
import { stopRun } from './run-state.js';
import {
  approve,
  askRetryRejected,
  askSampleImport,
  begin,
  clearCursor,
  hasWork,
  pause,
  restoreState,
  resume,
  syncNow,
  type State,
} from './state.js';
import { statusOf } from './status.js';

/**
 * Workflow type `connection`. Never returns: each cycle continues as new. Fails only when the file is not acceptable at the first start, with
 * the place in its message.
 */
export async function connection(config: ConnectionFile, carried?: Partial<State>): Promise<never> {
  // State first: signals that came with the start run inside `setHandler`.
  const session = new Session(config, restoreState(carried));
  registerHandlers(session);
  if (session.state.settings === null) {
    const settings = await readSettings(config);
    session.apply((state) => begin(state, settings));
  }
  session.publish();
  const next = await serve(session);
  session.publish();
  if (next === 'wait') await waitAndAnnounce(session, () => waitForWork(session));
  await condition(allHandlersFinished);
  return continueAsNew<typeof connection>(session.config, session.state);
}

/** The one expected error that ends the workflow: a file that can't be used never started anything. */
async function readSettings(config: ConnectionFile): Promise<ConnectionSettings> {
  try {
    return await checking.readConnection(config);
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = error.cause;
    throw ApplicationFailure.create({
      type: type ?? 'config-invalid',
      message,
      details: details ?? [],
      nonRetryable: true,
    });
  }
}

/** Handlers record and return; the main loop does the work. */
function registerHandlers(session: Session): void {
  setHandler(
    clearCursorSignal,
    () => {
      session.apply(clearCursor);
      session.interruptPage?.();
    },
    { description: 'Forget the cursor: the next run reads all history again.' },
  );
  setHandler(import100Signal, () => session.apply(askSampleImport), {
    description: 'Import the first 100 change events of history; the cursor does not move.',
  });
  setHandler(
    pauseSignal,
    (note?: string) => {
      session.apply((state) => pause(state, note ?? null));
      session.interruptPage?.();
    },
    { description: 'Switch the integrator off. Optional argument: a note.' },
  );
  setHandler(resumeSignal, (note?: string) => session.apply((state) => resume(state, note ?? null)), {
    description: 'Switch the integrator on and run. Optional argument: a note.',
  });
  setHandler(syncNowSignal, () => session.apply(syncNow), { description: 'Run now, without waiting.' });
  setHandler(retryRejectedSignal, () => session.apply(askRetryRejected), {
    description: 'Try the rejected people again now.',
  });
  setHandler(approveSignal, () => session.apply(approve), {
    description: 'Let a run go on that the brake holds.',
  });
  setDefaultSignalHandler((name) => log.warn('unknown signal ignored', { signal: name }));
  setHandler(statusQuery, () => statusOf(session.state, nameOf(session)), {
    description: 'All that an operator asks.',
  });
  setHandler(rejectedQuery, () => showRejected(session.state.rejected.users), {
    description: 'The rejected people, without personal data.',
  });
  setHandler(validateUpdate, () => validating.validateConnection(session.config), {
    description: 'Check both credentials and the set-up; writes nothing.',
  });
  registerAnswers(session);
}

/** Updates whose validators refuse what must not be tried, before anything of it is recorded. */
function registerAnswers(session: Session): void {
  setHandler(previewUpdate, (events, asker) => preview(session, events, asker), {
    description: 'What the first change events of history (1 to 100) would do in Halo; writes nothing.',
    validator: checkPreview,
  });
  setHandler(traceUpdate, (person, asker) => trace(session, person, asker), {
    description: 'One person, by SeatGeek ID: where in the feed, mapped to what, matched by what, written or why not.',
    validator: checkTrace,
  });
  setHandler(configureUpdate, (file, options?: ConfigureOptions) => configure(session, file, options), {
    description: 'Take a new connection file. Optional second argument: {"reimport": true} reads all history again.',
    validator: (file, options?: ConfigureOptions) => checkConfigure(session, file, options),
  });
}

/** Serves what is asked and what is due, one thing after the other. */
async function serve(session: Session): Promise<Next> {
  for (;;) {
    if (workflowInfo().continueAsNewSuggested) return 'continue-as-new';
    const { state } = session;
    if (state.run !== null && state.integrator === 'off') session.apply((current) => stopRun(current, nowIso()));
    else if (state.sampleImportAsked) await importSample(session);
    else if (state.integrator === 'on' && (state.run !== null || state.due !== null)) {
      if ((await importRun(session)) === 'continue-as-new') return 'continue-as-new';
      if (session.state.lastRun?.outcome === 'completed') await retryRejected(session);
    } else if (state.integrator === 'on' && state.retryRejectedAsked) await retryRejected(session);
    else return 'wait';
  }
}

/** One wake-up point: a signal, or the interval. Paused, held or with an expired cursor, there is no timer: it costs nothing. */
async function waitForWork(session: Session): Promise<void> {
  const isOff = (): boolean => session.state.integrator === 'off';
  if (isOff() || session.state.cursorExpired || session.state.held) {
    await condition(() => hasWork(session.state));
    return;
  }
  const dueAt = Date.parse(session.state.nextRunAt ?? '') || Date.now() + nextWaitMs(session);
  const nextRunAt = isoSeconds(dueAt);
  session.apply((state) => ({ ...state, nextRunAt }));
  const summary = `next run ${nextRunAt.slice(11, 16)} UTC`;
  // `configure` may set another time: then the next cycle waits for that one.
  const isOver = (): boolean => hasWork(session.state) || isOff() || session.state.nextRunAt !== nextRunAt;
  const woken = await condition(isOver, Math.max(1, dueAt - Date.now()), { summary });
  if (!woken) session.apply((state) => ({ ...state, due: 'interval' }));
}

function nextWaitMs({ state, config }: Session): number {
  return waitMs({
    name: state.settings?.name ?? config.name,
    intervalMs: state.settings?.intervalMs ?? 900_000,
    runs: state.runs,
    failures: state.failures,
    isTransient: state.lastError?.transient ?? false,
  });
}

function nameOf({ state, config }: Session): string {
  return state.settings?.name ?? config.name;
}
