import { getHeapSpaceStatistics } from 'node:v8';
import { expect, it } from 'vitest';
import { settleHeap } from './settle-heap.ts';

const mib = 1024 * 1024;

function youngGeneration(): number {
  return getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space')?.space_size ?? 0;
}

it('gives back the young generation that a start has grown', () => {
  // Loads as a start does: much of it survives. Files of the same worker may have done so before.
  for (let round = 0; youngGeneration() < 8 * mib && round < 100; round += 1) {
    const kept = Array.from({ length: 200_000 }, (_, index) => ({ index }));
    expect(kept).toHaveLength(200_000);
  }
  expect(youngGeneration()).toBeGreaterThanOrEqual(8 * mib);
  settleHeap();
  expect(youngGeneration()).toBeLessThanOrEqual(4 * mib);
  expect(globalThis).not.toHaveProperty('gc');
});
