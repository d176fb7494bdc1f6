import { describe, expect, it } from 'vitest';
import { defaultRotation, planRotation, signingKeyAt } from './policies.ts';

const dayMs = 86_400_000;
const start = new Date('2026-03-01T00:00:00Z');
const after = (days: number) => new Date(start.getTime() + days * dayMs);
const key = (kid: string, days: number) => ({ kid, signsFrom: after(days) });

describe('planRotation', () => {
  it('makes a key that signs at once for an empty ring', () => {
    expect(planRotation([], start, defaultRotation)).toEqual({ retire: [], create: start });
  });

  it('leaves a young key alone', () => {
    expect(planRotation([key('a', 0)], after(28), defaultRotation)).toEqual({ retire: [] });
  });

  it('publishes the next key a day before it signs', () => {
    expect(planRotation([key('a', 0)], after(29), defaultRotation).create).toEqual(after(30));
  });

  it('makes no second successor while one waits', () => {
    expect(planRotation([key('a', 0), key('b', 30)], after(29.5), defaultRotation)).toEqual({ retire: [] });
  });

  it('publishes a day ahead even when the rotation is late', () => {
    expect(planRotation([key('a', 0)], after(45), defaultRotation).create).toEqual(after(46));
  });

  it('SR-71 keeps the old key until the last approval it signed is dead', () => {
    const ring = [key('a', 0), key('b', 30)];
    expect(planRotation(ring, after(30), defaultRotation).retire).toEqual([]);
    expect(planRotation(ring, after(31), defaultRotation).retire).toEqual([]);
    expect(planRotation(ring, after(31 + 1 / 24), defaultRotation).retire).toEqual(['a']);
  });

  it('never retires the youngest key', () => {
    expect(planRotation([key('a', 0)], after(4000), defaultRotation).retire).toEqual([]);
  });
});

describe('signingKeyAt', () => {
  it('keeps signing with the old key until the new one takes over', () => {
    const ring = [key('b', 30), key('a', 0)];
    expect(signingKeyAt(ring, after(29.9))?.kid).toBe('a');
    expect(signingKeyAt(ring, after(30))?.kid).toBe('b');
  });

  it('has none before the first key', () => {
    expect(signingKeyAt([key('a', 1)], start)).toBeUndefined();
  });
});
