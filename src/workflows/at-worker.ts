/**
 * A run keeps to the worker that has its pages, its survey and what it learnt of Halo in memory. Every step may be done by any worker, so this is
 * only speed: when that worker is gone, or busy, the step is given to whoever takes it, and the run goes on there.
 */
import { ActivityFailure, TimeoutFailure, type ActivityOptions } from '@temporalio/workflow';
import type { AtWorker, UpsertRequest, UpsertResult } from '../activities/types.js';
import { RETRY_AT_WORKER, writing } from './activities.js';
import { keptIn } from './failures.js';
import { keepsToOneWorker } from './patches.js';
import { watchList } from './rejected.js';
import { knownOf } from './run-state.js';
import type { Session, StepKind } from './session.js';
import { isObject } from '../json.js';
import { whole } from './shape.js';

/** Where the memory of a run is. */
export interface Place {
  /** The task queue of its worker; null until one has begun, or when that one is gone. */
  worker: string | null;
}

/** How a step is called. */
export interface Call {
  readonly options: Pick<ActivityOptions, 'taskQueue' | 'scheduleToStartTimeout' | 'retry'>;
  /** What whoever writes must know of an attempt elsewhere. */
  readonly moved: Pick<UpsertRequest, 'movedAt'>;
}

/**
 * The place of the connection's runs, carried with its state. A step moves when its worker was not heard of for the heartbeat timeout (20 s), or did not take
 * it from its queue for five seconds.
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

interface Step {
  readonly session: Session;
  readonly place: Place;
  readonly kind: StepKind;
}

/**
 * Does a step where the run's memory is. Whoever writes has the survey, which costs the most to make again, so a written page decides where the
 * run is.
 */
export async function atWorker<R extends AtWorker>(
  { session, place, kind }: Step,
  step: (call: Call) => Promise<R>,
): Promise<R> {
  const work = kind === 'read' ? 'read' : 'write';
  let moved: Call['moved'] = {};
  const { worker } = place;
  if (worker !== null && keepsToOneWorker()) {
    try {
      const options = { taskQueue: worker, scheduleToStartTimeout: '5s', retry: RETRY_AT_WORKER[work] } as const;
      return await step({ options, moved });
    } catch (error) {
      const timeout = lostWorkerIn(error);
      if (timeout === null) throw error;
      if (place.worker === worker) place.worker = null;
      moved = lostBy(session, kind, timeout);
    }
  }
  const result = await step({ options: {}, moved });
  if (result.worker !== undefined && (work === 'write' || place.worker === null)) place.worker = result.worker;
  return result;
}

/** Writes a page, or a part of it, with all that a worker is told of earlier runs. */
export function writeAtWorker(
  step: Step,
  summary: string,
  request: () => Pick<UpsertRequest, 'run' | 'page'> & Partial<UpsertRequest>,
): Promise<UpsertResult> {
  const { session } = step;
  const { config } = session;
  return atWorker(step, ({ options, moved }) => {
    const watch = watchList(session.state.rejected);
    return writing.upsertUsers.executeWithOptions({ ...options, summary }, [
      { config, watch, ...request(), ...knownOf(session.state), ...moved },
    ]);
  });
}

/** Its worker was not heard of any more, or did not take the step. */
function lostWorkerIn(error: unknown): TimeoutFailure | null {
  if (!(error instanceof ActivityFailure) || !(error.cause instanceof TimeoutFailure)) return null;
  const { timeoutType } = error.cause;
  return timeoutType === 'HEARTBEAT' || timeoutType === 'SCHEDULE_TO_START' ? error.cause : null;
}

/** Takes what an attempt that ended there told last. A step that nobody took, and of which nothing was ever told, was not begun. */
function lostBy(
  session: Session,
  kind: StepKind,
  { timeoutType, lastHeartbeatDetails }: TimeoutFailure,
): Call['moved'] {
  const last: unknown = lastHeartbeatDetails;
  if (timeoutType === 'SCHEDULE_TO_START' && (last === undefined || last === null)) return {};
  session.noteKept(kind, keptIn(last));
  const isKnown = isObject(last) && 'hasFailed' in last && whole()(last['createsNotBefore']) !== undefined;
  return isKnown ? {} : { movedAt: Date.now() };
}
