/**
 * Maps items with a bound on concurrency, and starts no further item once a result is sufficient. The results are in the
 * order of the items, without those that were not started.
 * @param concurrency most items at once, at least 1
 */
export async function mapConcurrently<T, R>(
  concurrency: number,
  items: readonly T[],
  work: (item: T) => Promise<R>,
  isSufficient: (result: R) => boolean,
): Promise<{ item: T; result: R }[]> {
  const results: { item: T; result: R }[] = [];
  const remaining = items.entries();
  let isDone = false;
  const worker = async (): Promise<void> => {
    for (const [index, item] of remaining) {
      if (isDone) return;
      const result = await work(item);
      results[index] = { item, result };
      isDone ||= isSufficient(result);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
  return results.filter((result) => result !== undefined);
}
