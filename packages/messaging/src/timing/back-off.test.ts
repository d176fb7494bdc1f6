import { expect, test } from 'vitest';
import { createBackOff } from '#timing/back-off.ts';

test('waits double up to the maximum, and begin anew after a success', () => {
  const backOff = createBackOff({ minMs: 100, maxMs: 350 }, () => 1);
  expect([backOff.next(), backOff.next(), backOff.next(), backOff.next()]).toEqual([100, 200, 350, 350]);
  backOff.reset();
  expect(backOff.next()).toBe(100);
});

test('at most half of a wait is left to chance', () => {
  expect(createBackOff({ minMs: 100, maxMs: 350 }, () => 0).next()).toBe(50);
});
