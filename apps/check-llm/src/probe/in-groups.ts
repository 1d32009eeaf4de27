/**
 * Does the work for one part after the other, at most so many at once, and begins no more when a result is enough. The
 * results are in the order of the parts; what was not begun is left out.
 */
export async function inGroups<T, R>(
  atOnce: number,
  parts: readonly T[],
  work: (part: T) => Promise<R>,
  isEnough: (result: R) => boolean,
): Promise<{ part: T; result: R }[]> {
  const results: { part: T; result: R }[] = [];
  const rest = parts.entries();
  let isDone = false;
  const worker = async (): Promise<void> => {
    for (const [index, part] of rest) {
      if (isDone) return;
      const result = await work(part);
      results[index] = { part, result };
      isDone ||= isEnough(result);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return results.filter((result) => result !== undefined);
}
