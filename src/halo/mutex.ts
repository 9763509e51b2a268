/** One at a time, in the order of asking. */
import { abortReason } from '../errors.js';

export class Mutex {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * Runs `work` when all asked for before has ended, well or not; answers or throws what it does. Throws the signal's reason as soon as it is
   * aborted while that is waited for; work that has begun ends by itself.
   */
  run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const leave = (): void => reject(abortReason(signal));
      signal?.addEventListener('abort', leave);
      const result = this.#last.then(() => {
        signal?.removeEventListener('abort', leave);
        signal?.throwIfAborted();
        return work();
      });
      // Also of one given up: those behind it wait for those before it.
      this.#last = result.catch(() => undefined);
      result.then(resolve, reject);
    });
  }
}
