/**
 * A run keeps to the worker that has its pages, its survey and what it learnt of Halo in memory. Every step may be done by any worker, so this is
 * only speed: when that worker is gone, or busy, the step is given to whoever takes it, and the run goes on there.
 */
import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';
import type { AtWorker, UpsertRequest } from '../activities/types.js';
import { keepsToOneWorker } from './patches.js';
import { noteLostCreates } from './run-state.js';
import type { Session } from './session.js';
import { isObject, whole } from './shape.js';

/** Where the memory of a run is. */
export interface Place {
  /** The task queue of its worker; null until one has begun, or when that one is gone. */
  worker: string | null;
}

/** How a step is called. */
export interface Call {
  readonly options: { readonly taskQueue?: string; readonly scheduleToStartTimeout?: '5s' };
  /** What whoever writes must know of an attempt elsewhere. */
  readonly moved: Pick<UpsertRequest, 'movedAt'>;
}

/**
 * The place of the connection's runs, carried with its state. A worker that died is noticed after its heartbeat timeout (20 s); with the time that its queue
 * is given to be served, a step moves within 30 s.
 */
export function placeOfRun(session: Session): Place {
  return {
    get worker() {
      return session.state.worker;
    },
    set worker(worker) {
      session.apply((state) => ({ ...state, worker }));
    },
  };
}

/**
 * Does a step where the run's memory is. Whoever writes has the survey, which costs the most to make again, so a written page decides where the
 * run is.
 */
export async function atWorker<R extends AtWorker>(
  { session, place, kind }: { session: Session; place: Place; kind: 'read' | 'write' },
  step: (call: Call) => Promise<R>,
): Promise<R> {
  let moved: Call['moved'] = {};
  const { worker } = place;
  if (worker !== null && keepsToOneWorker()) {
    try {
      return await step({ options: { taskQueue: worker, scheduleToStartTimeout: '5s' }, moved });
    } catch (error) {
      const unserved = unservedIn(error);
      if (unserved === null) throw error;
      if (place.worker === worker) place.worker = null;
      moved = lostBy(session, unserved.lastHeartbeatDetails);
    }
  }
  const result = await step({ options: {}, moved });
  if (result.worker !== undefined && (kind === 'write' || place.worker === null)) place.worker = result.worker;
  return result;
}

/** Nobody polled the queue for as long as a step waits there. */
function unservedIn(error: unknown): TimeoutFailure | null {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof TimeoutFailure)) return null;
  return error.cause.timeoutType === 'SCHEDULE_TO_START' ? error.cause : null;
}

/** What an attempt that ended there said with its last heartbeat; none: there was none (`activities/heartbeat.ts`). */
function lostBy(session: Session, lastHeartbeat: unknown): Call['moved'] {
  if (lastHeartbeat === undefined || lastHeartbeat === null) return {};
  const told = isObject(lastHeartbeat) && 'hasFailed' in lastHeartbeat ? lastHeartbeat['createsNotBefore'] : undefined;
  const createsNotBefore = whole()(told);
  if (createsNotBefore === undefined) return { movedAt: Date.now() };
  session.apply((state) => noteLostCreates(state, createsNotBefore));
  return {};
}
