/** Measures how long requests wait for Halo's limit. */
import type { Budget, BudgetRequest } from '../halo/budget.js';

/** The same budget; `onWaited` is called with the seconds of each wait that there was. */
export function timedBudget(budget: Budget, onWaited: (seconds: number) => void): Budget {
  return {
    acquire: (request) => timed(request, (watched) => budget.acquire(watched), onWaited),
    ready: (request, requests) => timed(request, (watched) => budget.ready(watched, requests), onWaited),
    use: () => budget.use(),
  };
}

async function timed<T>(
  request: BudgetRequest,
  wait: (watched: BudgetRequest) => Promise<T>,
  onWaited: (seconds: number) => void,
): Promise<T> {
  let since: number | undefined;
  try {
    return await wait({
      ...request,
      onWait: (until) => {
        since ??= performance.now();
        request.onWait?.(until);
      },
    });
  } finally {
    if (since !== undefined) onWaited((performance.now() - since) / 1_000);
  }
}
