/** Runs `work` over the items, at most `limit` at a time; answers in the items' order. The first failure is thrown once all under way have ended. */
export async function inFlight<T, R>(items: readonly T[], limit: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let failure: { readonly error: unknown } | undefined;
  const queue = items.entries();
  const lane = async (): Promise<void> => {
    for (const [place, item] of queue) {
      if (failure !== undefined) return;
      try {
        results[place] = await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  if (failure !== undefined) throw failure.error;
  return results;
}
