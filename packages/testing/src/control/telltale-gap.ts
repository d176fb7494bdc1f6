/** How rarely chance alone may bring the pairs to one side, in two directions together. */
const chanceMax = 0.001;

/**
 * The gap between two kinds of request that an observer could act on: the median of the differences within pairs, when so
 * many pairs agree on which is slower that chance would bring it in less than one run of a thousand (sign test); otherwise 0.
 * Take the two of a pair one after the other, so that both meet the same machine: how busy it is does not matter then.
 */
export function telltaleGap(differences: readonly number[]): number {
  const slower = differences.filter((difference) => difference > 0).length;
  const agreeing = Math.max(slower, differences.length - slower);
  return agreeing >= agreeingMin(differences.length) ? Math.abs(median(differences)) : 0;
}

/** From how many on the agreement of `pairs` pairs is no chance. */
function agreeingMin(pairs: number): number {
  let ways = 1;
  let tail = 0;
  for (let dissenting = 0; dissenting <= pairs / 2; dissenting += 1) {
    tail += ways / 2 ** pairs;
    if (2 * tail >= chanceMax) return pairs - dissenting + 1;
    ways = (ways * (pairs - dissenting)) / (dissenting + 1);
  }
  return pairs + 1;
}

/** The middle one, or the upper of the two. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
