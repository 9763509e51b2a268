/** Which changes of a connection's state somebody is told of, and which message is still to be sent. Pure. */
import type { AnnouncedPhase, StateChange } from '../alerts/message.js';
import type { LastError, Phase } from './phase.js';

export interface AlertState {
  /** The phase last told of, or noted without a message at the first start. */
  readonly told: AnnouncedPhase | null;
  /** The message that is not sent yet; a newer change takes its place. */
  readonly pending: StateChange | null;
  /** Why the last message could not be sent; null when it could. */
  readonly failure: LastError | null;
}

export const NO_ALERTS: AlertState = { told: null, pending: null, failure: null };

/** A message that a webhook did not take within a day is given up. */
const PATIENCE_MS = 24 * 3_600_000;

/** Phases that say nothing about health are told to nobody, so that `failing`, `syncing`, `failing` is one change and not three. */
const TOLD_AS: Record<Phase, AnnouncedPhase | null> = {
  syncing: null,
  paused: null,
  idle: 'idle',
  failing: 'failing',
  held: 'held',
  'cursor-expired': 'cursor-expired',
};

/** Notes a change to be told; the state as it is when nothing changed. That a new connection is well is no news. */
export function noteChange(alerts: AlertState, phase: Phase, error: LastError | null, now: string): AlertState {
  const patient = giveUpOld(alerts, now);
  const next = TOLD_AS[phase];
  if (next === null || next === alerts.told) return patient;
  if (alerts.told === null && next === 'idle') return { ...patient, told: next };
  const { code, message, hint } = next === 'idle' || error === null ? NO_ERROR : error;
  return { ...patient, told: next, pending: { phase: next, before: alerts.told, code, message, hint, at: now } };
}

const NO_ERROR = { code: null, message: null, hint: null };

export function noteSent(alerts: AlertState): AlertState {
  return { ...alerts, pending: null, failure: null };
}

export function noteNotSent(alerts: AlertState, failure: LastError): AlertState {
  return { ...alerts, pending: null, failure };
}

function giveUpOld(alerts: AlertState, now: string): AlertState {
  const { pending } = alerts;
  if (pending === null || Date.parse(now) - Date.parse(pending.at) < PATIENCE_MS) return alerts;
  return noteNotSent(alerts, {
    code: 'webhook-unavailable',
    message: `The message of ${pending.at} was given up after a day of attempts.`,
    hint: "See the failed attempts in this workflow's history.",
    at: now,
    transient: true,
  });
}
