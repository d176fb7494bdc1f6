import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accessExpiry, decideSecondUse, idleEnd, isLive, newSessionEnds } from './policies.ts';

const now = new Date('2026-03-01T12:00:00Z');
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000);
const limits = { idleSeconds: 900, absoluteSeconds: 43_200 };

describe('SR-45 session ends', () => {
  it('opens with both ends', () => {
    expect(newSessionEnds(limits, now)).toEqual({ idleExpiresAt: later(900), absoluteExpiresAt: later(43_200) });
  });

  it('never lets the idle end pass the absolute one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 100_000 }), (seconds) => {
        const { absoluteExpiresAt } = newSessionEnds(limits, now);
        expect(idleEnd(limits, absoluteExpiresAt, later(seconds)) <= absoluteExpiresAt).toBe(true);
      }),
    );
  });

  it('is live until either end, or until it is revoked', () => {
    const session = { ...newSessionEnds(limits, now), revokedAt: null };
    expect(isLive(session, later(899))).toBe(true);
    expect(isLive(session, later(900))).toBe(false);
    expect(isLive({ ...session, idleExpiresAt: later(90_000) }, later(43_200))).toBe(false);
    expect(isLive({ ...session, revokedAt: now }, now)).toBe(false);
  });
});

describe('SR-51 access tokens', () => {
  it('live five minutes, and never longer than their session', () => {
    expect(accessExpiry(later(43_200), now)).toEqual(later(300));
    expect(accessExpiry(later(120), now)).toEqual(later(120));
  });
});

describe('decideSecondUse', () => {
  const use = { consumedAt: now, hasNonce: true, isSuccessorSpent: false, isSuperseded: false, isSameHolder: true };

  it('gives the same successor within the grace', () => {
    expect(decideSecondUse(use, now)).toBe('same_successor');
    expect(decideSecondUse(use, later(10))).toBe('same_successor');
  });

  it.each([
    ['late', use, later(10.001)],
    ['after the successor was spent', { ...use, isSuccessorSpent: true }, now],
    ['from another device', { ...use, isSameHolder: false }, now],
    ['without a nonce', { ...use, hasNonce: false }, now],
  ])('is reuse %s', (_, facts, at) => {
    expect(decideSecondUse(facts, at)).toBe('reuse');
  });
  it('is no theft where a step-up of the same holder has just overtaken it', () => {
    const overtaken = { ...use, hasNonce: false, isSuperseded: true };
    expect(decideSecondUse(overtaken, later(10))).toBe('superseded');
    expect(decideSecondUse({ ...overtaken, isSuccessorSpent: true }, now)).toBe('superseded');
    expect(decideSecondUse(overtaken, later(10.001))).toBe('reuse');
    expect(decideSecondUse({ ...overtaken, isSameHolder: false }, now)).toBe('reuse');
  });
});
