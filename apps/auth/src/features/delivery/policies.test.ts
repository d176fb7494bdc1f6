import { describe, expect, it } from 'vitest';
import { nextAttempt } from './policies.ts';

const now = new Date('2026-03-01T00:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);

describe('nextAttempt', () => {
  it('backs off from five seconds to five minutes', () => {
    const waits = [1, 2, 3, 7, 20].map((attempts) => nextAttempt(attempts, now, later(86_400)));
    expect(waits).toEqual([later(5), later(10), later(20), later(300), later(300)]);
  });

  it('gives up on a message that would be late', () => {
    expect(nextAttempt(1, now, later(5))).toBeUndefined();
    expect(nextAttempt(1, now, later(6))).toEqual(later(5));
  });
});
