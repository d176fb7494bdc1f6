import { describe, expect, it } from 'vitest';
import { lockAfter } from './lockout-policies.ts';

describe('lockAfter', () => {
  it('leaves the pool open for the first four failures', () => {
    expect([0, 1, 2, 3, 4].map(lockAfter)).toEqual([0, 0, 0, 0, 0]);
  });

  it('locks for a minute at the fifth and doubles up to half an hour', () => {
    expect([5, 6, 7, 8, 9, 10, 11, 400].map(lockAfter)).toEqual([60, 120, 240, 480, 960, 1800, 1800, 1800]);
  });
});
