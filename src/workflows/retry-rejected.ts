/** Tries the rejected people again by reading the page where each stands. */
import { isCancellation, uuid4 } from '@temporalio/workflow';
import { writing } from './activities.js';
import { toLastError } from './failures.js';
import { habitsOf } from './habits.js';
import { addRejected, dueRetries, notePageGone, watchList, type Retry } from './rejected.js';
import { nowIso, type Session } from './session.js';

/** Keeps one run's history small; the next run goes on with the rest. */
const MAX_PAGES = 20;

/**
 * Retries who is due (everybody when `retry-rejected` asked). A page whose cursor is no longer served leaves its people in the list and
 * says so; any other error ends this round, and the next run tries again.
 */
export async function retryRejected(session: Session): Promise<void> {
  const all = session.state.retryRejectedAsked;
  session.apply((state) => ({ ...state, retryRejectedAsked: false }));
  const retries = dueRetries(session.state.rejected, session.state.runs, all, MAX_PAGES);
  const id = retries.length > 0 ? uuid4() : '';
  for (const retry of retries) {
    if (session.state.integrator === 'off') return;
    if (!(await retryPage(session, id, retry))) return;
  }
  session.publish();
}

async function retryPage(session: Session, id: string, { page, seatgeekIds }: Retry): Promise<boolean> {
  const moment = { now: nowIso(), runs: session.state.runs };
  try {
    const result = await writing.upsertUsers.executeWithOptions(
      { summary: `retry of ${seatgeekIds.length} rejected` },
      [
        {
          config: session.config,
          run: { id, pass: `${id}.${String(page.cursor)}`, from: page.cursor },
          page,
          only: seatgeekIds,
          watch: watchList(session.state.rejected),
          ...habitsOf(session.state),
        },
      ],
    );
    session.apply((state) => ({
      ...state,
      habits: result.habits ?? state.habits,
      rejected: notePageGone(addRejected(state.rejected, page, result, moment), result.missing, moment),
    }));
    return true;
  } catch (error) {
    if (isCancellation(error)) throw error;
    const lastError = toLastError(error, nowIso());
    if (lastError.code === 'cursor-expired') {
      session.apply((state) => ({ ...state, rejected: notePageGone(state.rejected, seatgeekIds, moment) }));
      return true;
    }
    session.apply((state) => ({ ...state, lastError }));
    return false;
  }
}
