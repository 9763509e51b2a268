/** Tries the rejected people again by reading the page where each stands. */
import { log, uuid4 } from '@temporalio/workflow';
import type { UpsertResult } from '../activities/types.js';
import { writeAtWorker, type Place } from './at-worker.js';
import { asOutcome, toLastError } from './failures.js';
import { holdsRetries, retriesOtherPages } from './patches.js';
import { dueRetries, notePageGone, noteUntried, type Retry } from './rejected.js';
import { noteWritten } from './run-state.js';
import { nowIso, type Session } from './session.js';
import type { State } from './state.js';

/** Keeps one run's history small; the next run goes on with the rest. */
const MAX_PAGES = 20;

/** So many pages that fail one after the other tell of an outage. */
const MAX_FAILED_IN_A_ROW = 2;

/** Whether `retry-rejected` can be served now. While the brake holds, nothing is written. */
export function isRetryDue({ integrator, retryRejectedAsked, held }: State): boolean {
  return integrator === 'on' && retryRejectedAsked && !(held && holdsRetries());
}

/**
 * Retries who is due (`retry-rejected` makes everybody due). A page whose cursor is no longer served leaves its people in the list and
 * says so; any other error puts them off, as one more refusal would. Two such errors in a row, and a signal that comes meanwhile, end this round: who
 * was not tried stays due, and the next run goes on.
 */
export async function retryRejected(session: Session): Promise<void> {
  session.apply((state) => ({ ...state, retryRejectedAsked: false }));
  const retries = dueRetries(session.state.rejected, session.state.runs, MAX_PAGES);
  const round: Round = { id: retries.length > 0 ? uuid4() : '', place: { worker: null } };
  const isCurrent = session.watchChanges();
  let failedInARow = 0;
  for (const retry of retries) {
    if (session.state.integrator === 'off' || !isCurrent()) return;
    const outcome = await retryPage(session, round, retry);
    if (outcome === 'ended') return;
    failedInARow = outcome === 'failed' ? failedInARow + 1 : 0;
    if (failedInARow === MAX_FAILED_IN_A_ROW) break;
  }
  session.publish();
}

interface Round {
  readonly id: string;
  readonly place: Place;
}

async function retryPage(session: Session, round: Round, retry: Retry): Promise<'tried' | 'failed' | 'ended'> {
  const moment = { now: nowIso(), runs: session.state.runs };
  const gone = (seatgeekIds: readonly string[]): void =>
    session.apply((state) => ({ ...state, rejected: notePageGone(state.rejected, seatgeekIds, moment) }));
  try {
    const result = await session.begin('retry', () => upsertAgain(session, round, retry)).result;
    if (result === null) return 'ended';
    session.apply((state) => noteWritten(state, retry.page, result, moment));
    gone(result.missing);
    return 'tried';
  } catch (error) {
    const lastError = toLastError(asOutcome(error), nowIso());
    if (lastError.code === 'cursor-expired') {
      gone(retry.seatgeekIds);
      return 'tried';
    }
    if (!retriesOtherPages()) {
      session.apply((state) => ({ ...state, lastError }));
      return 'ended';
    }
    // It is not the error of the run, which has come to its end.
    log.warn('a page of rejected people could not be tried again', { code: lastError.code });
    session.apply((state) => ({ ...state, rejected: noteUntried(state.rejected, retry.seatgeekIds, moment) }));
    return 'failed';
  }
}

function upsertAgain(
  session: Session,
  { id, place }: Round,
  { page, seatgeekIds, withoutImage }: Retry,
): Promise<UpsertResult> {
  const run = { id, pass: id, from: page.cursor };
  const summary = `retry of ${seatgeekIds.length} rejected`;
  // A run that failed may have written newer images than those on the page.
  const newestOnly = session.state.pass === null ? {} : { newestOnly: true };
  return writeAtWorker({ session, place, kind: 'retry' }, summary, () => ({
    run,
    page,
    only: seatgeekIds,
    ...(withoutImage.length > 0 && { withoutImage }),
    ...newestOnly,
  }));
}
