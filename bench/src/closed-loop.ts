/** Does something over and over, so many at a time, for some seconds. */
export async function countFor(
  seconds: number,
  atATime: number,
  work: () => Promise<unknown>,
): Promise<{ readonly perSecond: number }> {
  const startedAt = performance.now();
  const until = startedAt + seconds * 1000;
  let done = 0;
  const worker = async () => {
    while (performance.now() < until) {
      await work();
      done += 1;
    }
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return { perSecond: done / ((performance.now() - startedAt) / 1000) };
}
