/** The middle of some figures: half of them are no greater. @throws RangeError when there are none */
export function median(values: readonly number[]): number {
  return percentile(values, 50);
}

/** The smallest figure that `rank` per cent of all do not exceed; between two, their mean at the median. @throws RangeError when there are none */
export function percentile(values: readonly number[], rank: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = (rank / 100) * sorted.length;
  const upper = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(place) - 1))];
  const next = sorted[Math.min(sorted.length - 1, Math.floor(place))];
  if (upper === undefined || next === undefined) throw new RangeError('a percentile of nothing');
  return rank === 50 ? (upper + next) / 2 : upper;
}

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
