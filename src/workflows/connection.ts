/**
 * The durable workflow of one connection: it holds the cursor, runs fetch, map and upsert, sleeps, and continues as new. Workflow id
 * `connection-<name>`; the first argument is the connection file as it is on disk, the second the state carried from the run before.
 */
import {
  ActivityFailure,
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { ConnectionSettings } from '../activities/types.js';
import type { ConnectionFile } from '../connection/schema.js';
import { checking } from './activities.js';
import { waitAndAnnounce } from './announce.js';
import { reasonIn } from './answers.js';
import { checkFile, isUnreadable } from './arguments.js';
import { carriedState, restoreState, STATE_VERSION } from './carried-state.js';
import { asOutcome, toLastError } from './failures.js';
import { registerHandlers } from './handlers.js';
import { importRun, type Next } from './import-run.js';
import { refreshesSettings, servesWhileUpdating } from './patches.js';
import { isRetryDue, retryRejected } from './retry-rejected.js';
import { importSample } from './sample-import.js';
import { nowIso, Session } from './session.js';
import { noteLostCreates, stopRun } from './run-state.js';
import { begin, type State } from './state.js';
import { waitForWork } from './wait-for-work.js';

/**
 * Workflow type `connection`. Never returns: each cycle continues as new. Fails only when the file is not acceptable at the first start, with
 * the place in its message.
 */
export async function connection(config: ConnectionFile, carried?: unknown): Promise<never> {
  if (!isFirst()) assertCarried(config, carried);
  // State first: signals that came with the start run inside `setHandler`.
  const session = new Session(config, noteLostCreates(restoreState(carried), 0, Date.now()));
  registerHandlers(session);
  if (isFirst()) await readFileFirst(session);
  else await readFileAgain(session);
  session.publish();
  await live(session);
  const continueAs = makeContinueAsNewFunc<typeof connection>(NEXT_BUILD);
  return continueAs(session.config, carriedState(session.state));
}

/** With worker versioning a cycle stays with the build that it began on, and the next one goes to the current build. */
const NEXT_BUILD = { initialVersioningBehavior: 'AUTO_UPGRADE' } as const;

/** Nobody's carried state, whatever it says, stands for a file that was checked. */
function isFirst(): boolean {
  return workflowInfo().continuedFromExecutionRunId === undefined;
}

/** What this program itself carried on, and can't read, was sealed with a key that is there under another's id: the workflow waits for the right one. */
function assertCarried(...carried: readonly unknown[]): void {
  if (carried.some(isUnreadable))
    throw new Error('what the run before carried on can not be opened: another key of that id is in PAYLOAD_KEYS');
}

/** The one expected error that ends the workflow: a file that can't be used never started anything. */
async function readFileFirst(session: Session): Promise<void> {
  checkFile(session.config);
  try {
    await readFile(session, begin);
  } catch (error) {
    throw CancellationScope.current().consideredCancelled || !(error instanceof ActivityFailure)
      ? error
      : reasonIn(error);
  }
}

/** A newer program may know more settings. Where it no longer accepts the file, the settings stay and the next run says why. */
async function readFileAgain(session: Session): Promise<void> {
  const { settings, settingsVersion } = session.state;
  if (settings !== null && (settingsVersion >= STATE_VERSION || !refreshesSettings())) return;
  try {
    await readFile(session, (state, read) => ({ ...state, settings: read }));
  } catch (error) {
    const lastError = toLastError(asOutcome(error), nowIso());
    session.apply((state) => ({ ...state, settings: session.settings, lastError }));
  }
}

/** A `configure` that is answered meanwhile has the settings of the newer file. */
async function readFile(session: Session, take: (state: State, settings: ConnectionSettings) => State): Promise<void> {
  const { config } = session;
  const settings = await checking.readConnection(config);
  if (session.config !== config) return;
  session.apply((state) => ({ ...take(state, settings), settingsVersion: STATE_VERSION }));
}

/** Serves and waits until it is time to continue as new: after each wait, unless an update is open. */
async function live(session: Session): Promise<void> {
  for (;;) {
    const next = await serve(session);
    session.publish();
    if (next === 'wait') await waitAndAnnounce(session, () => waitForWork(session));
    if (allHandlersFinished()) return;
    if (!servesWhileUpdating()) return condition(allHandlersFinished);
  }
}

/** Serves what is asked and what is due, one thing after the other. */
async function serve(session: Session): Promise<Next> {
  for (;;) {
    if (session.canRenew) return 'continue-as-new';
    const { state } = session;
    if (state.run !== null && state.integrator === 'off') session.apply((current) => stopRun(current, nowIso()));
    else if (state.sampleImportAsked) await importSample(session);
    else if (state.integrator === 'on' && (state.run !== null || state.due !== null)) {
      if ((await importRun(session)) === 'continue-as-new') return 'continue-as-new';
      if (session.state.lastRun?.outcome === 'completed') await retryRejected(session);
    } else if (isRetryDue(state)) await retryRejected(session);
    else return 'wait';
  }
}
