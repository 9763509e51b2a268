/** Heartbeats by the clock, so that a dead worker is noticed within seconds while a slow answer or a rate limit is not taken for death. */
import { CancelledFailure, Context, type Info } from '@temporalio/activity';
import { toFailure } from './failures.js';
import { fenceSignal } from './fence.js';

const HEARTBEAT_EVERY_MS = 3_000;

/** What an activity body gets from Temporal. */
export interface Running {
  /** Aborts when the workflow interrupts the activity, the worker shuts down, or is out of touch with Temporal. */
  readonly signal: AbortSignal;
  /** Puts progress on view; counts only. */
  progress(details: Readonly<Record<string, number | string | null>>): void;
  /**
   * Asked with each heartbeat and when the activity fails: what the next attempt, and the workflow, must know of this one. Of an attempt that was lost they
   * believe the worst.
   */
  keep(kept: () => Kept): void;
  /** The attempt before this one; null for the first. */
  readonly before: EndedAttempt | null;
  /** One line for the worker's log; counts and ids only. Temporal adds which workflow it was. */
  log(message: string, counts: Readonly<Record<string, number>>): void;
}

/** Numbers, lists of eight digits for each person (`personKey`), and what a Halo was seen to do. */
export type Kept = Readonly<Record<string, unknown>>;

export interface EndedAttempt {
  /** What it kept last, as far as Temporal was told. */
  readonly kept: Readonly<Record<string, unknown>>;
  /** It failed by itself; otherwise its worker died, or could not be heard any more. */
  readonly hasFailed: boolean;
  /** Epoch milliseconds by which it had ended. */
  readonly endedBy: number;
}

const HAS_FAILED = 'hasFailed';

function attemptBefore({ attempt, heartbeatDetails, currentAttemptScheduledTimestampMs }: Info): EndedAttempt | null {
  if (attempt < 2) return null;
  const details: unknown = heartbeatDetails;
  const kept: Record<string, unknown> = typeof details === 'object' && details !== null ? { ...details } : {};
  return { kept, hasFailed: kept[HAS_FAILED] !== undefined, endedBy: currentAttemptScheduledTimestampMs };
}

/** Runs an activity's body with heartbeats every three seconds, none in a short one as Temporal Cloud counts each, and its errors translated, by `toFailure` if not said otherwise. */
export async function withHeartbeat<T>(
  body: (running: Running) => Promise<T>,
  translate: (error: unknown, kept: Kept) => Error = toFailure,
): Promise<T> {
  const context = Context.current();
  let details: Readonly<Record<string, number | string | null>> = {};
  let kept = (): Kept => ({});
  const before = attemptBefore(context.info);
  // Or, were this attempt to die before its first heartbeat, the next would hear that the one before failed by itself.
  if (before !== null) context.heartbeat({ ...before.kept, [HAS_FAILED]: undefined });
  const timer = setInterval(() => context.heartbeat({ ...details, ...kept() }), HEARTBEAT_EVERY_MS);
  const fence = fenceSignal();
  try {
    return await body({
      signal: fence === undefined ? context.cancellationSignal : AbortSignal.any([context.cancellationSignal, fence]),
      progress: (next) => void (details = next),
      keep: (next) => void (kept = next),
      before,
      log: (message, counts) => void context.log.info(message, counts),
    });
  } catch (error) {
    context.heartbeat({ ...details, ...kept(), [HAS_FAILED]: 1 });
    if (context.cancellationSignal.aborted) throw await cancellation(context, kept());
    logUnexpected(context, error);
    throw translate(error, kept());
  } finally {
    clearInterval(timer);
  }
}

/** With what the workflow must know of the attempt, where a failure has it. */
async function cancellation(context: Context, kept: Kept): Promise<unknown> {
  const error: unknown = await context.cancelled.catch((reason: unknown) => reason);
  return error instanceof CancelledFailure ? new CancelledFailure(error.message, ['', kept]) : error;
}

/** The stack of an unexpected error goes to the worker's log without its message, which may quote data. */
function logUnexpected(context: Context, error: unknown): void {
  const failure = toFailure(error);
  if (!('type' in failure) || failure.type !== 'internal') return;
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];
  context.log.error('unexpected error', { at: stack.slice(0, 8).map((line) => line.trim()) });
}
