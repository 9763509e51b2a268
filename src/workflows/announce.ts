/** Tells a connection's webhook of changes while the connection waits: the import never waits for a webhook. */
import { CancellationScope, isCancellation } from '@temporalio/workflow';
import type { StateChange } from '../alerts/message.js';
import { notifying } from './activities.js';
import { noteChange, noteNotSent, noteSent } from './announcement.js';
import { asOutcome, toLastError } from './failures.js';
import { nowIso, type Session } from './session.js';
import { phaseOf } from './state.js';

/**
 * Waits by `wait` and meanwhile sends what is to be told. When the wait ends first, an attempt under way is seen to its end (seconds), and a
 * message that is still not sent is carried on to the next wait. Without a webhook, or without news, it only waits.
 */
export async function waitAndAnnounce(session: Session, wait: () => Promise<void>): Promise<void> {
  if (session.config.alerts !== undefined) {
    session.apply((state) => ({
      ...state,
      alerts: noteChange(state.alerts, phaseOf(state), state.lastError, nowIso()),
    }));
  }
  const { pending } = session.state.alerts;
  if (session.config.alerts === undefined || pending === null) return wait();
  const scope = new CancellationScope();
  const sending = scope.run(() => send(session, pending));
  await wait();
  scope.cancel();
  await sending;
}

/** No failure of a webhook is one of the connection. */
async function send(session: Session, change: StateChange): Promise<void> {
  try {
    const summary = `tell the webhook: ${change.phase}`;
    await notifying.notify.executeWithOptions({ summary }, [{ config: session.config, change }]);
    session.apply((state) => ({ ...state, alerts: noteSent(state.alerts) }));
  } catch (error) {
    if (isCancellation(error)) return;
    const failure = toLastError(asOutcome(error), nowIso());
    session.apply((state) => ({ ...state, alerts: noteNotSent(state.alerts, failure) }));
  }
}
