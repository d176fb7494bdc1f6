import { describe, expect, it } from 'vitest';
import { decidePasskeySignIn, type PasskeySignInFacts } from './policies.ts';

const good: PasskeySignInFacts = {
  isProven: true,
  userState: 'active',
  isCutOff: false,
  isEntitled: true,
  verdict: 'allow',
};

describe('a sign-in by a passkey', () => {
  it.each(['allow', 'challenge', 'unavailable'] as const)('opens where device says %s', (verdict) => {
    expect(decidePasskeySignIn({ ...good, verdict })).toEqual({ kind: 'open' });
  });

  it.each([
    ['credentials', { isProven: false }],
    ['credentials', { userState: undefined }],
    ['status', { userState: 'suspended' }],
    ['status', { userState: 'locked' }],
    ['status', { userState: 'closed' }],
    ['status', { isCutOff: true }],
    ['client', { isEntitled: false }],
    ['risk', { verdict: 'deny' }],
  ] as const)('is refused for %s: %j', (reason, change) => {
    expect(decidePasskeySignIn({ ...good, ...change })).toEqual({ kind: 'refused', reason });
  });
});
