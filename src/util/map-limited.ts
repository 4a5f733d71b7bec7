/** So many files may be open at the same time: a container may allow no more than a few hundred. */
const mostAtOnce = 32;

/** As `Promise.all(items.map(act))`, but only a few at a time. What is under way when one fails, is waited for. */
export async function mapLimited<T, R>(
  items: readonly T[],
  act: (item: T) => Promise<R>,
  atOnce = mostAtOnce,
): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const work = async () => {
    while (next < items.length) {
      const i = next++;
      results[i] = await act(items[i]!);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: Math.min(atOnce, items.length) }, work));
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (failed) throw failed.reason;
  return results;
}
