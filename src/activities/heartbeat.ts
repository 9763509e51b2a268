/** Heartbeats by the clock, so that a dead worker is noticed within seconds while a slow answer or a rate limit is not taken for death. */
import { Context } from '@temporalio/activity';
import { toFailure } from './failures.js';
import { fenceSignal } from './fence.js';

const HEARTBEAT_EVERY_MS = 3_000;

/** What an activity body gets from Temporal. */
export interface Running {
  /** Aborts when the workflow interrupts the activity, the worker shuts down, or is out of touch with Temporal. */
  readonly signal: AbortSignal;
  /** Puts progress on view; counts only. */
  progress(details: Readonly<Record<string, number | string | null>>): void;
  /** One line for the worker's log; counts and ids only. Temporal adds which workflow it was. */
  log(message: string, counts: Readonly<Record<string, number>>): void;
}

/** Runs an activity's body with heartbeats every three seconds and its errors translated. */
export async function withHeartbeat<T>(body: (running: Running) => Promise<T>): Promise<T> {
  const context = Context.current();
  let details: Readonly<Record<string, number | string | null>> = {};
  const beat = (): void => context.heartbeat(details);
  const timer = setInterval(beat, HEARTBEAT_EVERY_MS);
  const fence = fenceSignal();
  beat();
  try {
    return await body({
      signal: fence === undefined ? context.cancellationSignal : AbortSignal.any([context.cancellationSignal, fence]),
      progress: (next) => void (details = next),
      log: (message, counts) => void context.log.info(message, counts),
    });
  } catch (error) {
    if (context.cancellationSignal.aborted) await context.cancelled;
    logUnexpected(context, error);
    throw toFailure(error);
  } finally {
    clearInterval(timer);
  }
}

/** The stack of an unexpected error goes to the worker's log without its message, which may quote data. */
function logUnexpected(context: Context, error: unknown): void {
  const failure = toFailure(error);
  if (!('type' in failure) || failure.type !== 'internal') return;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  context.log.error('unexpected error', { at: stack.slice(0, 8).map((line) => line.trim()) });
}
