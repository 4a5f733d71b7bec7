/**
 * What several streams bring, in the order in which it comes. The first that fails ends all.
 * @param stop ends the streams: called at the end, since one that waits for its server would hear of it in no other way
 */
export async function* mergeStreams<T>(streams: AsyncGenerator<T, void>[], stop: () => void): AsyncGenerator<T, void> {
  const next = async (stream: AsyncGenerator<T, void>) => ({ stream, result: await stream.next() });
  const pending = new Map(streams.map((stream) => [stream, next(stream)]));
  try {
    while (pending.size > 0) {
      const { stream, result } = await Promise.race(pending.values());
      if (result.done) {
        pending.delete(stream);
        continue;
      }
      yield result.value;
      pending.set(stream, next(stream));
    }
  } finally {
    stop();
    await Promise.allSettled(pending.values());
    await Promise.allSettled(streams.map((stream) => stream.return()));
  }
}
