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

/** What a process that has just begun needs before it does such work as fast as it can. */
const warmUpSeconds = 8;

/** Warms both sides up, then measures them in turn: each round gives one ratio, and the median of them counts. */
export async function compare(
  { options: { seconds, rounds } }: Pick<Bench, 'options'>,
  { measured, limit }: { readonly measured: Contender; readonly limit: Contender },
): Promise<Comparison> {
  const slice = seconds / rounds;
  const warmUp = Math.max(slice, warmUpSeconds);
  await limit(warmUp);
  await measured(warmUp);
  const figures: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    limits.push(await limit(slice));
    figures.push(await measured(slice));
  }
  return { measured: median(figures), limit: median(limits), ratio: ratioOfRounds(figures, limits) };
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
