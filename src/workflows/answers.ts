/** The updates `preview` and `trace`: they ask an activity and touch nothing that a run uses. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { PreviewReply, TraceReply } from '../activities/answers.js';
import type { Asker } from '../sealing.js';
import { answering, answeringLong } from './activities.js';
import { HASHED_EMAIL } from './arguments.js';
import { toLastError } from './failures.js';
import { habitsOf } from './habits.js';
import { claimsOf } from './rejected.js';
import { importedBefore } from './run-state.js';
import type { Session } from './session.js';

/** Of the first `events` change events of history; null: of the run that is next, or held. */
export function preview(session: Session, events: number | null, asker: Asker | null): Promise<PreviewReply> {
  if (events === null) return previewRun(session, asker);
  const request = { config: session.config, events, ...habitsOf(session.state), ...(asker !== null && { asker }) };
  const summary = `preview of ${events} change events`;
  return unwrapped(answering.previewUsers.executeWithOptions({ summary }, [request]));
}

function previewRun({ state, config }: Session, asker: Asker | null): Promise<PreviewReply> {
  const { cursor, newer, deactivated } = state;
  const request = {
    config,
    cursor,
    ...(newer.length > 0 && { newer }),
    ...(deactivated !== '' && { deactivated }),
    ...importedBefore(state),
    ...claimsOf(state.rejected),
    ...habitsOf(state),
    ...(asker !== null && { asker }),
  };
  return unwrapped(answeringLong.previewRun.executeWithOptions({ summary: 'preview of the next run' }, [request]));
}

export function trace(session: Session, person: string, asker: Asker | null): Promise<TraceReply> {
  const { rejected, cursor, runs } = session.state;
  const isHashed = HASHED_EMAIL.test(person);
  const concerned = rejected.users.filter(({ seatgeekId }) => isHashed || seatgeekId === person);
  const request = {
    config: session.config,
    person,
    cursor,
    rejected: concerned.map(({ seatgeekId, code, message, attempts, firstSeenAt, retryAtRun }) => ({
      seatgeekId,
      code,
      message,
      attempts,
      firstSeenAt,
      inRuns: Math.max(0, retryAtRun - runs),
    })),
    ...claimsOf(rejected),
    ...habitsOf(session.state),
    ...(asker !== null && { asker }),
  };
  return unwrapped(answering.traceUser.executeWithOptions({ summary: 'trace of one person' }, [request]));
}

/** The activity's own failure, so that whoever asked reads the reason and not that a step failed. */
export async function unwrapped<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    throw reasonIn(error);
  }
}

/** Of a step that failed. */
export function reasonIn(failure: ActivityFailure): ApplicationFailure {
  if (failure.cause instanceof ApplicationFailure) {
    const { type, message, details } = failure.cause;
    return ApplicationFailure.create({
      type: type ?? 'unexpected',
      message,
      details: details ?? [],
      nonRetryable: true,
    });
  }
  const { code, message, hint } = toLastError(failure, '');
  return ApplicationFailure.create({ type: code, message, details: [hint], nonRetryable: true });
}
