import { describe, expect, it } from 'vitest';
import { telltaleGap } from '#control/telltale-gap.ts';

/** `slower` pairs in which the first was slower by 7, and the rest in which it was faster by 9. */
const pairs = (slower: number, faster: number) => [...Array(slower).fill(7), ...Array(faster).fill(-9)];

describe('telltaleGap', () => {
  it.each([
    [31, 9, 7],
    [30, 10, 0],
    [9, 31, 9],
    [20, 20, 0],
    [40, 0, 7],
    // Too few to tell anything, even when all agree.
    [10, 0, 0],
    [11, 0, 7],
  ])('of %i pairs one way and %i the other is %i', (slower, faster, gap) => {
    expect(telltaleGap(pairs(slower, faster))).toBe(gap);
  });

  it('of nothing is nothing', () => {
    expect(telltaleGap([])).toBe(0);
  });
});
