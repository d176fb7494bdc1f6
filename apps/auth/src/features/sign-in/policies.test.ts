import { describe, expect, it } from 'vitest';
import { decideSignIn, isCutOff, isRemembered } from './policies.ts';

const good = {
  passwordValid: true,
  userState: 'active',
  verdict: 'allow',
  isEntitled: true,
  hasFactors: false,
  needsFactor: false,
  isRemembered: false,
} as const;

describe('decideSignIn', () => {
  it('opens a session for the right password on a device nobody doubts', () => {
    expect(decideSignIn(good)).toEqual({ kind: 'open_session' });
  });

  it('asks for a factor whenever one is enrolled', () => {
    expect(decideSignIn({ ...good, hasFactors: true })).toEqual({ kind: 'ask_factor' });
    expect(decideSignIn({ ...good, hasFactors: true, verdict: 'unavailable' })).toEqual({ kind: 'ask_factor' });
  });

  it('asks for none on a device that stands for it, unless anything speaks against the attempt', () => {
    const remembered = { ...good, hasFactors: true, isRemembered: true } as const;
    expect(decideSignIn(remembered)).toEqual({ kind: 'open_session' });
    expect(decideSignIn({ ...remembered, verdict: 'challenge' })).toEqual({ kind: 'ask_factor' });
    expect(decideSignIn({ ...remembered, verdict: 'unavailable' })).toEqual({ kind: 'ask_factor' });
    expect(decideSignIn({ ...remembered, needsFactor: true })).toEqual({ kind: 'ask_factor' });
    expect(decideSignIn({ ...remembered, passwordValid: false })).toEqual({ kind: 'refuse', reason: 'credentials' });
  });

  it.each(['challenge', 'unavailable'] as const)('asks for an emailed code when device says %s', (verdict) => {
    expect(decideSignIn({ ...good, verdict })).toEqual({ kind: 'ask_emailed_code' });
  });

  it('refuses a wrong password before anything else', () => {
    const facts = { ...good, passwordValid: false, verdict: 'deny', userState: 'locked' } as const;
    expect(decideSignIn(facts)).toEqual({ kind: 'refuse', reason: 'credentials' });
  });

  it('refuses where there is no user, whatever was verified', () => {
    expect(decideSignIn({ ...good, userState: undefined })).toEqual({ kind: 'refuse', reason: 'credentials' });
  });

  it.each(['locked', 'suspended', 'closed', 'erased'] as const)('refuses a user who is %s', (userState) => {
    expect(decideSignIn({ ...good, userState })).toEqual({ kind: 'refuse', reason: 'status' });
  });

  it('SR-72 opens nothing for staff by the password alone', () => {
    expect(decideSignIn({ ...good, needsFactor: true })).toEqual({ kind: 'ask_emailed_code' });
    expect(decideSignIn({ ...good, needsFactor: true, hasFactors: true })).toEqual({ kind: 'ask_factor' });
  });

  it('refuses who has no business with the client, once the password was right', () => {
    const facts = { ...good, isEntitled: false, hasFactors: true } as const;
    expect(decideSignIn(facts)).toEqual({ kind: 'refuse', reason: 'client' });
    expect(decideSignIn({ ...facts, passwordValid: false })).toEqual({ kind: 'refuse', reason: 'credentials' });
  });

  it('refuses what the risk assessment denies', () => {
    expect(decideSignIn({ ...good, verdict: 'deny', hasFactors: true })).toEqual({ kind: 'refuse', reason: 'risk' });
  });
});

describe('isRemembered', () => {
  const day = 86_400_000;
  const at = new Date('2026-03-31T00:00:00.000Z');
  const deviceTrustedAt = new Date(at.getTime() - 30 * day + 1);
  const passwordChangedAt = new Date(deviceTrustedAt.getTime() - 1);
  const facts = { deviceTrustedAt, passwordChangedAt, at };

  it('is so for thirty days, and never where it is switched off', () => {
    expect(isRemembered(facts, 30)).toBe(true);
    expect(isRemembered({ ...facts, at: new Date(at.getTime() + 1) }, 30)).toBe(false);
    expect(isRemembered({ ...facts, at: deviceTrustedAt }, 0)).toBe(false);
  });

  it('SR-35 is over when the password changes, and nothing where nobody trusts the device or there is no user', () => {
    expect(isRemembered({ ...facts, passwordChangedAt: deviceTrustedAt }, 30)).toBe(false);
    expect(isRemembered({ ...facts, deviceTrustedAt: undefined }, 30)).toBe(false);
    expect(isRemembered({ ...facts, passwordChangedAt: undefined }, 30)).toBe(false);
  });
});

describe('isCutOff', () => {
  const at = new Date('2026-03-01T00:00:00.000Z');
  const before = new Date(at.getTime() - 1);
  const after = new Date(at.getTime() + 1);

  it('SR-47 ends what was begun before, or in the same millisecond', () => {
    expect([before, at, after].map((begunAt) => isCutOff({ cutOffAt: at }, begunAt))).toEqual([true, true, false]);
    expect(isCutOff({ cutOffAt: null }, at)).toBe(false);
  });
});
