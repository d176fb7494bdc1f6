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
