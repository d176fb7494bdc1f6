import { median } from '@bank/test-bed';
import { type Bench, databaseOf, type LimitProgram, startLimit } from '#bench.ts';

/** How long a limit measures itself, or until how many events are through. */
type Extent = { readonly seconds: number } | { readonly events: number };

/** Asks a limit that measures itself: how many in a second. */
export async function askLimit({ url }: LimitProgram, extent: Extent): Promise<number> {
  const [[name, value] = ['', 0]] = Object.entries(extent);
  const response = await fetch(new URL(`/measure?${name}=${value}`, url));
  if (!response.ok) throw new Error(`a limit could not measure itself: ${response.status}`);
  return ((await response.json()) as { perSecond: number }).perSecond;
}

/**
 * How many times in a second the database runs the statements of a feature of auth. Auth stands still meanwhile: it would
 * publish what they write.
 */
export async function measureStatements(bench: Bench, script: string): Promise<number> {
  const { stack, options } = bench;
  const { auth } = stack.apps;
  await auth.stop();
  const limit = await startLimit(bench, 'statements', { ...databaseOf(bench, 'auth'), SCRIPT: script });
  try {
    const slice = options.seconds / options.rounds;
    await askLimit(limit, { seconds: slice });
    const figures: number[] = [];
    for (let round = 0; round < options.rounds; round += 1) figures.push(await askLimit(limit, { seconds: slice }));
    return median(figures);
  } finally {
    await limit.stop();
    await auth.start();
  }
}
