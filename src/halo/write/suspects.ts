/**
 * Tells somebody bad from an outage. Whoever fails though alone is a suspect; if others can be written meanwhile, it is that person's
 * rejection, and if nobody can, it is Halo's. Pure.
 */
import { ForbiddenError, HaloRefusalError, LostAnswerError } from '../api/errors.js';
import type { PlannedWrite } from './writer.js';

export class Suspects {
  readonly #suspects = new Map<PlannedWrite, { error: Error; failures: number; failedAt: number }>();
  /** Counts what happened, in order. */
  #now = 0;
  #passedAt = 0;

  /** Somebody was written, so that Halo can be written to. */
  passed(write?: PlannedWrite): void {
    this.#passedAt = this.#now += 1;
    if (write !== undefined) this.#suspects.delete(write);
  }

  failed(write: PlannedWrite, error: Error): void {
    const failures = (this.#suspects.get(write)?.failures ?? 0) + 1;
    this.#suspects.set(write, { error, failures, failedAt: (this.#now += 1) });
  }

  /** It is not sent any more, so nothing is said of it. */
  drop(write: PlannedWrite): void {
    this.#suspects.delete(write);
  }

  /** How many have failed since somebody was last written. */
  get inARow(): number {
    return [...this.#suspects.values()].filter(({ failedAt }) => failedAt > this.#passedAt).length;
  }

  has(userId: number): boolean {
    return [...this.#suspects.keys()].some((write) => write.userId === userId);
  }

  get count(): number {
    return this.#suspects.size;
  }

  /** Whose failures may have been chance yet. What takes minutes to fail is not tried as often. */
  toBeTriedAgain(): PlannedWrite[] {
    return [...this.#suspects].flatMap(([write, { error, failures }]) => (failures < tries(error) ? [write] : []));
  }

  /** Those who have failed often enough. */
  convicted(): (readonly [PlannedWrite, HaloRefusalError])[] {
    return [...this.#suspects].flatMap(([write, { error, failures }]) =>
      failures < tries(error) ? [] : [[write, toRefusal(error)] as const],
    );
  }

  lastError(): Error | undefined {
    return [...this.#suspects.values()].at(-1)?.error;
  }
}

function tries(error: Error): number {
  return error instanceof LostAnswerError && error.mayStillRun ? 2 : 3;
}

function toRefusal(error: Error): HaloRefusalError {
  if (error instanceof HaloRefusalError) return error;
  if (error instanceof ForbiddenError) return new HaloRefusalError(403, 'forbidden for this person alone; others pass');
  const status = error instanceof LostAnswerError ? error.status : null;
  const what = status === null ? 'no usable answer' : `status ${status}`;
  return new HaloRefusalError(status ?? 0, `${what} whenever this person is sent; others pass`, { cause: error });
}
