/** Chance that a seed repeats: a run that found something can be run again. */
export interface Random {
  /** From 0 up to, and without, 1. */
  next(): number;
  /** A whole number, both ends included. */
  between(least: number, most: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<T>(items: readonly T[]): T;
  /** One of several, each as often of a hundred as its share says. @throws RangeError when the shares are fewer than a hundred */
  pickByShare<T>(shares: Shares<T>): T;
}

export type Shares<T> = readonly (readonly [share: number, item: T])[];

/** Mulberry32: 32 bits of state are plenty for picking victims and moments. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  function next(): number {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
  return {
    next,
    between: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick(items) {
      const item = items[Math.floor(next() * items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    pickByShare(shares) {
      let point = 1 + Math.floor(next() * 100);
      for (const [share, item] of shares) {
        point -= share;
        if (point <= 0) return item;
      }
      throw new RangeError('the shares are fewer than a hundred');
    },
  };
}
