/** Measures how long requests wait for Halo's limit. */
import type { Budget, BudgetRequest } from '../halo/limit/budget.js';
import { systemClock, type Clock } from '../halo/clock.js';

/** The same budget; `onWaited` is called with the seconds of each wait that there was, given up ones included. */
export function timedBudget(
  budget: Budget,
  onWaited: (seconds: number) => void,
  clock: Pick<Clock, 'now'> = systemClock,
): Budget {
  const timed = async <T>(request: BudgetRequest, wait: (watched: BudgetRequest) => Promise<T>): Promise<T> => {
    let since: number | undefined;
    const onWait = (until: number): void => {
      since ??= clock.now();
      request.onWait?.(until);
    };
    try {
      return await wait({ ...request, onWait });
    } finally {
      if (since !== undefined) onWaited(Math.max(0, clock.now() - since) / 1_000);
    }
  };
  return {
    acquire: (request) => timed(request, (watched) => budget.acquire(watched)),
    ready: (request, requests) => timed(request, (watched) => budget.ready(watched, requests)),
    use: () => budget.use(),
  };
}
