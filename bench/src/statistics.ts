import { median } from '@bank/test-bed';

/**
 * The ratio of two figures that were measured in turn, round by round: the median of the rounds' ratios, so that a machine
 * that slows down between rounds slows both sides of each.
 */
export function ratioOfRounds(measured: readonly number[], limits: readonly number[]): number {
  if (measured.length !== limits.length) throw new RangeError('each round has a figure and a limit');
  return median(measured.map((figure, round) => figure / (limits[round] ?? Number.NaN)));
}

/** What two limits allow that a request needs one after the other, each in a share of the same machine. */
export function limitInSeries(...perSecond: readonly number[]): number {
  return 1 / perSecond.reduce((seconds, rate) => seconds + 1 / rate, 0);
}
