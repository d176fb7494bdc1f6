import type { Bench } from '#bench.ts';
import { median, ratioOfRounds } from '#statistics.ts';

/** One side of a comparison: does its work for that time and says how much it got done in a second. */
export type Contender = (seconds: number) => Promise<number>;

export interface Comparison {
  /** Medians over the rounds. */
  readonly measured: number;
  readonly limit: number;
  readonly ratio: number;
}

/** Warms both sides up, then measures them in turn: each round gives one ratio, and the median of them counts. */
export async function compare(
  { options: { seconds, rounds } }: Pick<Bench, 'options'>,
  { measured, limit }: { readonly measured: Contender; readonly limit: Contender },
): Promise<Comparison> {
  const slice = seconds / rounds;
  await limit(slice);
  await measured(slice);
  const figures: number[] = [];
  const limits: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    limits.push(await limit(slice));
    figures.push(await measured(slice));
  }
  return { measured: median(figures), limit: median(limits), ratio: ratioOfRounds(figures, limits) };
}
