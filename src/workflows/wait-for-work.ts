/** One wake-up point: a signal, the interval, or the time to continue as new. */
import { condition } from '@temporalio/workflow';
import { renewsParkedDaily, renewsWhileWaiting, showsOtherPhase, spreadsAfterOutage } from './patches.js';
import { isRetryDue } from './retry-rejected.js';
import { DAY_MS, isoSeconds, MAX_WAIT_MS, spreadMs, waitMs } from './schedule.js';
import type { Session } from './session.js';
import { hasWork, phaseOf, type State } from './state.js';

/** Returns when there is work, or when it is time to continue as new. */
export async function waitForWork(session: Session): Promise<void> {
  const isOver = (): boolean => hasWork(session.state) || isRetryDue(session.state) || isRenewed(session);
  if (!isParked(session.state)) return waitForInterval(session, isOver);
  // Paused, held or with an expired cursor it waits for nobody but its operator, and shows it in the list where one of these becomes another.
  const phase = phaseOf(session.state);
  const isOtherwise = (): boolean => isOver() || (phaseOf(session.state) !== phase && showsOtherPhase());
  if (renewsParkedDaily()) await condition(isOtherwise, DAY_MS, { summary: 'waits for a signal' });
  else await condition(isOtherwise);
}

function isParked({ integrator, cursorExpired, held }: State): boolean {
  return integrator === 'off' || cursorExpired || held;
}

function isRenewed(session: Session): boolean {
  return session.canRenew && (session.isRenewalAsked || renewsWhileWaiting());
}

async function waitForInterval(session: Session, isOver: () => boolean): Promise<void> {
  for (;;) {
    const dueAt = dueAtOf(session);
    const nextRunAt = isoSeconds(dueAt);
    session.apply((state) => ({ ...state, nextRunAt }));
    const summary = `next run ${nextRunAt.slice(11, 16)} UTC`;
    // `configure` may set another time: then the next cycle waits for that one.
    const isEnded = (): boolean => isOver() || isParked(session.state) || session.state.nextRunAt !== nextRunAt;
    const woken = await condition(isEnded, Math.min(Math.max(1, dueAt - Date.now()), DAY_MS), { summary });
    if (woken || Date.now() < dueAt) return;
    const { name, intervalMs } = session.settings;
    const laterMs = spreadMs(name, intervalMs, dueAt, Date.now());
    if (laterMs === 0 || !spreadsAfterOutage()) {
      session.apply((state) => ({ ...state, due: 'interval' }));
      return;
    }
    session.apply((state) => ({ ...state, nextRunAt: isoSeconds(Date.now() + laterMs) }));
  }
}

/** As noted, unless that is further off than any connection waits. */
function dueAtOf(session: Session): number {
  const { nextRunAt } = session.state;
  const noted = nextRunAt === null ? NaN : Date.parse(nextRunAt);
  const isNear = noted <= Date.now() + MAX_WAIT_MS;
  return isNear ? noted : Date.now() + nextWaitMs(session);
}

function nextWaitMs({ state, settings }: Session): number {
  return waitMs({
    name: settings.name,
    intervalMs: settings.intervalMs,
    runs: state.runs,
    failures: state.failures,
    isTransient: state.lastError?.transient ?? false,
    retryAfterMs: state.lastError?.retryAfterMs,
  });
}
