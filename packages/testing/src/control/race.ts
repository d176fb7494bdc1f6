/**
 * Runs `count` contestants at once: none starts its work before all of them stand at the barrier.
 * Returns every outcome, in the order of the contestants' numbers.
 */
export async function raceOf<T>(
  count: number,
  contestant: (number: number) => Promise<T>,
): Promise<PromiseSettledResult<T>[]> {
  const start = Promise.withResolvers<void>();
  const contestants = Array.from({ length: count }, async (_, number) => {
    await start.promise;
    return contestant(number);
  });
  start.resolve();
  return Promise.allSettled(contestants);
}

/** The values of the contestants that succeeded. */
export function winners<T>(outcomes: readonly PromiseSettledResult<T>[]): T[] {
  return outcomes.filter((outcome) => outcome.status === 'fulfilled').map((outcome) => outcome.value);
}

/** The errors of the contestants that failed. */
export function losers(outcomes: readonly PromiseSettledResult<unknown>[]): unknown[] {
  return outcomes.filter((outcome) => outcome.status === 'rejected').map((outcome) => outcome.reason);
}
