/**
 * The handlers of all messages. They record and return; the main loop does the work. None throws for anything that may be sent: what a
 * handler throws stops the workflow. A handler that is registered by no name of ours is left to the SDK, which keeps unknown signals unserved.
 */
import { allHandlersFinished, log, setHandler } from '@temporalio/workflow';
import { validating } from './activities.js';
import { preview, trace, unwrapped } from './answers.js';
import { askerIn, previewIn, noteIn, personIn, refusal } from './arguments.js';
import { checkConfigure, configure, type ConfigureOptions } from './configure.js';
import {
  approveSignal,
  clearCursorSignal,
  configureUpdate,
  import100Signal,
  pauseSignal,
  previewUpdate,
  rejectedQuery,
  renewSignal,
  resumeSignal,
  retryRejectedSignal,
  statusQuery,
  syncNowSignal,
  traceUpdate,
  validateUpdate,
} from './messages.js';
import { showRejected } from '../contract/rejection-reasons.js';
import type { Session, StepKind } from './session.js';
import { approve, askRetryRejected, askSampleImport, clearCursor, pause, resume, syncNow } from './state.js';
import { statusOf } from './status.js';

const ALL: readonly StepKind[] = ['read', 'write', 'sample', 'retry'];
/** A sample import has nothing to do with the cursor. */
const OF_THE_EPOCH: readonly StepKind[] = ['read', 'write', 'retry'];

/** State first: signals that came with the start run inside `setHandler`. */
export function registerHandlers(session: Session): void {
  registerSignals(session);
  registerQueries(session);
  registerUpdates(session);
}

function registerSignals(session: Session): void {
  setHandler(
    clearCursorSignal,
    () => {
      session.apply(clearCursor);
      session.interrupt(OF_THE_EPOCH, ['write']);
    },
    { description: 'Forget the cursor: the next run reads all history again.' },
  );
  setHandler(import100Signal, () => session.apply(askSampleImport), {
    description: 'Import the first 100 change events of history; the cursor does not move.',
  });
  setHandler(
    pauseSignal,
    (note) => {
      session.apply((state) => pause(state, heard('pause', note)));
      session.pauses += 1;
      session.interrupt(ALL, ['write']);
    },
    { description: 'Switch the integrator off. Optional argument: a note of at most 200 characters.' },
  );
  setHandler(resumeSignal, (note) => session.apply((state) => resume(state, heard('resume', note))), {
    description: 'Switch the integrator on and run. Optional argument: a note of at most 200 characters.',
  });
  setHandler(syncNowSignal, () => session.apply(syncNow), { description: 'Run now, without waiting.' });
  setHandler(retryRejectedSignal, () => session.apply(askRetryRejected), {
    description: 'Try the rejected people again now.',
  });
  setHandler(approveSignal, () => session.apply(approve), {
    description: 'Let a run go on that the brake holds.',
  });
  setHandler(renewSignal, () => void (session.isRenewalAsked = true), {
    description:
      'Continue as new when nothing is open, so that a new build or a new key is used. Changes nothing else.',
  });
}

/** The note of a signal; what is no note is left out, and the signal counts. */
function heard(signal: string, argument: unknown): string | null {
  const note = noteIn(argument);
  if (note === undefined) log.warn('a note that is no text of at most 200 characters was ignored', { signal });
  return note ?? null;
}

function registerQueries(session: Session): void {
  setHandler(statusQuery, () => statusOf(session.state, session.settings.name), {
    description: 'All that an operator asks.',
  });
  setHandler(rejectedQuery, () => showRejected(session.state.rejected.users), {
    description: 'The rejected people, without personal data.',
  });
}

/** Validators refuse what must not be tried, before anything of it is recorded. */
function registerUpdates(session: Session): void {
  setHandler(validateUpdate, () => unwrapped(validating.validateConnection(session.config)), {
    description: 'Check both credentials and the set-up; writes nothing.',
    validator: () => assertOpen(session),
  });
  setHandler(previewUpdate, (of?: unknown, asker?: unknown) => preview(session, previewIn(of), askerIn(asker)), {
    description:
      'What the first change events of history (1 to 100), or the next run ({"of": "next-run"}), would do in Halo; writes nothing.',
    validator: (of?: unknown, asker?: unknown) => {
      askerIn(asker);
      previewIn(of);
      assertOpen(session);
    },
  });
  setHandler(traceUpdate, (person: unknown, asker?: unknown) => trace(session, personIn(person), askerIn(asker)), {
    description: 'One person, by SeatGeek ID: where in the feed, mapped to what, matched by what, written or why not.',
    validator: (person: unknown, asker?: unknown) => {
      askerIn(asker);
      personIn(person);
      assertOpen(session);
    },
  });
  setHandler(configureUpdate, (file, options?: ConfigureOptions | null) => configure(session, file, options), {
    description: 'Take a new connection file. Optional second argument: {"reimport": true} reads all history again.',
    validator: (file, options?: unknown) => {
      checkConfigure(session, file, options);
      assertOpen(session);
    },
  });
}

/**
 * One update after another would keep a connection from ever continuing as new, until its history ends at a limit. Asks nothing of `patches.ts`:
 * a replay knows nothing of an update that was refused.
 */
function assertOpen(session: Session): void {
  if (session.isRenewalDue && !allHandlersFinished())
    throw refusal('the connection continues as new once what is open has answered: send this again in a minute');
}
