/** Halo's failures that only this folder tells apart; whoever calls from outside sees their base classes. */
import { BadRecordError, TransientError } from '../../errors.js';

/** Halo answered that it will not do this: a 4xx other than 401, 403, 408 and 429. The message is redacted. */
export class HaloRefusalError extends BadRecordError {
  constructor(
    readonly status: number,
    /** Halo's own words without the person's values. */
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(
      'halo-refused',
      `Halo refused the request (status ${status}): ${reason}`,
      'Correct the person in SeatGeek or the mapping, or the rule in Halo that the text names; it is tried again with every run.',
      options,
    );
  }

  /** True when Halo seems not to have what the request names; its words may mean something else than the record itself. */
  get isNotFound(): boolean {
    return (
      this.status === 404 ||
      this.status === 410 ||
      /\b(not (be )?found|does not exist|no longer exists)\b/i.test(this.reason)
    );
  }
}

/**
 * A request that may have changed Halo got no usable answer. It must not be repeated before reading what became of it.
 * `mayStillRun` says that Halo may be at it yet (time-out), so that reading at once proves nothing.
 */
export class LostAnswerError extends TransientError {
  constructor(
    message: string,
    readonly mayStillRun: boolean,
    options: ErrorOptions & { retryAfterMs?: number | undefined } = {},
  ) {
    super('halo-answer-lost', message, options);
  }
}
