import type { AppHandle } from '@bank/scripts/stack';
import { median } from '@bank/test-bed';
import type { Bench } from '#bench.ts';
import { profileApp } from '#profiling.ts';
import { ratioOfRounds } from '#statistics.ts';

/** One side of a comparison: does its work for that time and says how much it got done in a second. */
export type Contender = (seconds: number) => Promise<number>;

export interface Comparison {
  /** Medians over the rounds. */
  readonly measured: number;
  readonly limit: number;
  readonly ratio: number;
}

/** A side is warm when it has done no better twice in a row; one that gets better for longer has had its time. */
const warmUp = { sliceSeconds: 5, betterBy: 1.03, secondsMax: 40 } as const;

/** How many times a comparison asks one side or the other to work, at most. */
export function turnsMax({ rounds }: Pick<Bench['options'], 'rounds'>): number {
  return 2 * (rounds + warmUp.secondsMax / warmUp.sliceSeconds);
}

/** Warms both sides up, then measures them in turn: each round gives one ratio, and the median of them counts. */
export async function compare(
  { options: { seconds, rounds } }: Pick<Bench, 'options'>,
  { measured, limit }: { readonly measured: Contender; readonly limit: Contender },
): Promise<Comparison> {
  const slice = seconds / rounds;
  await warm(limit);
  await warm(measured);
  const figures: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    limits.push(await limit(slice));
    figures.push(await measured(slice));
  }
  return { measured: median(figures), limit: median(limits), ratio: ratioOfRounds(figures, limits) };
}

/** A process that has just begun compiles what it runs for longer than it takes to run it once or twice. */
async function warm(side: Contender): Promise<void> {
  let best = 0;
  let sinceBest = 0;
  for (let spent = 0; spent < warmUp.secondsMax && sinceBest < 2; spent += warmUp.sliceSeconds) {
    const rate = await side(warmUp.sliceSeconds);
    sinceBest = rate > best * warmUp.betterBy ? 0 : sinceBest + 1;
    best = Math.max(best, rate);
  }
}

/** Compares what an app does; with `--profile` one more turn leaves its profile under that name, and counts for nothing. */
export async function compareApp(
  bench: Bench,
  { app, name }: { readonly app: AppHandle; readonly name: string },
  contenders: { readonly measured: Contender; readonly limit: Contender },
): Promise<Comparison> {
  const compared = await compare(bench, contenders);
  const { seconds, rounds, profile } = bench.options;
  if (profile) {
    bench.report(`profiling ${name}`);
    await profileApp(bench.stack, app, name, () => contenders.measured(seconds / rounds));
  }
  return compared;
}
