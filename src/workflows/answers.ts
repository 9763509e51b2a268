/** The updates `preview` and `trace`: they ask an activity and touch nothing that a run uses. */
import { ActivityFailure, ApplicationFailure } from '@temporalio/workflow';
import type { PreviewReply, TraceReply } from '../activities/answers.js';
import type { Asker } from '../sealing.js';
import { answering } from './activities.js';
import { habitsOf } from './habits.js';
import type { Session } from './session.js';

const MOST_EVENTS = 100;

/** Throws when the arguments are no number of change events and no key. */
export function checkPreview(events?: number, asker?: Asker): void {
  checkAsker(asker);
  if (events === undefined || (Number.isInteger(events) && events >= 1 && events <= MOST_EVENTS)) return;
  throw refusal(
    `preview takes a whole number of change events from 1 to ${MOST_EVENTS}, or nothing for ${MOST_EVENTS}`,
  );
}

export function preview(session: Session, events: number = MOST_EVENTS, asker?: Asker): Promise<PreviewReply> {
  const request = { config: session.config, events, ...habitsOf(session.state), ...askerOf(asker) };
  const summary = `preview of ${events} change events`;
  return unwrapped(answering.previewUsers.executeWithOptions({ summary }, [request]));
}

/** 32 bytes in base64url. */
const PUBLIC_KEY = /^[A-Za-z0-9_-]{43}$/;

function checkAsker(asker: unknown): void {
  if (asker == null) return;
  if (typeof asker === 'object' && 'publicKey' in asker && PUBLIC_KEY.test(String(asker.publicKey))) return;
  throw refusal('the second argument is left out, or {"publicKey": "<an X25519 key, 32 bytes in base64url>"}');
}

function askerOf(asker: Asker | null | undefined): { asker?: Asker } {
  return asker == null ? {} : { asker: { publicKey: asker.publicKey } };
}

const HASHED_EMAIL = /^email:[0-9a-f]{64}$/i;
const MAX_ID_LENGTH = 100;

/** Throws when the argument is an e-mail address, which would stand in the history, or no ID. */
export function checkTrace(person: string, asker?: Asker): void {
  checkAsker(asker);
  const isText = typeof person === 'string';
  if (isText && person.includes('@')) {
    throw refusal(
      'an e-mail address must not enter the history: send email: and the SHA-256 of the trimmed lower-cased address in hex, as starter trace does',
    );
  }
  if (isText && HASHED_EMAIL.test(person)) return;
  const isId = isText && person.length > 0 && person.length <= MAX_ID_LENGTH && !/\s/.test(person);
  if (isId && !person.startsWith('email:')) return;
  throw refusal('trace takes a SeatGeek ID, or email: and the SHA-256 of the trimmed lower-cased address in hex');
}

export function trace(session: Session, person: string, asker?: Asker): Promise<TraceReply> {
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
    ...habitsOf(session.state),
    ...askerOf(asker),
  };
  return unwrapped(answering.traceUser.executeWithOptions({ summary: 'trace of one person' }, [request]));
}

/** The activity's own failure, so that whoever asked reads the reason and not that a step failed. */
export async function unwrapped<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    const { type, message, details } = error.cause;
    throw ApplicationFailure.create({
      type: type ?? 'unexpected',
      message,
      details: details ?? [],
      nonRetryable: true,
    });
  }
}

export function refusal(message: string): ApplicationFailure {
  return ApplicationFailure.create({ type: 'argument-invalid', message, nonRetryable: true });
}
