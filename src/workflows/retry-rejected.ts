/** Tries the rejected people again by reading the page where each stands. */
import { uuid4 } from '@temporalio/workflow';
import { writing } from './activities.js';
import { atWorker, type Place } from './at-worker.js';
import { asOutcome, toLastError } from './failures.js';
import { addRejected, dueRetries, notePageGone, watchList, type Retry } from './rejected.js';
import { knownOf } from './run-state.js';
import { nowIso, type Session } from './session.js';

/** Keeps one run's history small; the next run goes on with the rest. */
const MAX_PAGES = 20;

/**
 * Retries who is due (`retry-rejected` makes everybody due). A page whose cursor is no longer served leaves its people in the list and
 * says so; any other error, and a signal that comes meanwhile, ends this round: who was not tried stays due, and the next run goes on.
 */
export async function retryRejected(session: Session): Promise<void> {
  session.apply((state) => ({ ...state, retryRejectedAsked: false }));
  const retries = dueRetries(session.state.rejected, session.state.runs, MAX_PAGES);
  const round: Round = { id: retries.length > 0 ? uuid4() : '', place: { worker: null } };
  const isCurrent = session.watchChanges();
  for (const retry of retries) {
    if (session.state.integrator === 'off' || !isCurrent()) return;
    if (!(await retryPage(session, round, retry))) return;
  }
  session.publish();
}

interface Round {
  readonly id: string;
  readonly place: Place;
}

async function retryPage(session: Session, round: Round, retry: Retry): Promise<boolean> {
  const moment = { now: nowIso(), runs: session.state.runs };
  const gone = (seatgeekIds: readonly string[]): void =>
    session.apply((state) => ({ ...state, rejected: notePageGone(state.rejected, seatgeekIds, moment) }));
  try {
    const result = await session.begin('retry', () => upsertAgain(session, round, retry)).result;
    if (result === null) return false;
    session.apply((state) => ({
      ...state,
      habits: result.habits ?? state.habits,
      deactivated: result.deactivated ?? state.deactivated,
      rejected: addRejected(state.rejected, retry.page, result, moment),
    }));
    gone(result.missing);
    return true;
  } catch (error) {
    const lastError = toLastError(asOutcome(error), nowIso());
    if (lastError.code === 'cursor-expired') {
      gone(retry.seatgeekIds);
      return true;
    }
    session.apply((state) => ({ ...state, lastError }));
    return false;
  }
}

function upsertAgain(
  session: Session,
  { id, place }: Round,
  { page, seatgeekIds }: Retry,
): ReturnType<typeof writing.upsertUsers> {
  const summary = `retry of ${seatgeekIds.length} rejected`;
  const run = { id, pass: id, from: page.cursor };
  const watch = watchList(session.state.rejected);
  const { config } = session;
  return atWorker({ session, place, kind: 'write' }, ({ options, moved }) =>
    writing.upsertUsers.executeWithOptions({ ...options, summary }, [
      { config, run, page, only: seatgeekIds, watch, ...knownOf(session.state), ...moved },
    ]),
  );
}
