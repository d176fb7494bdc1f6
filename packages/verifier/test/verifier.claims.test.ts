import { fixedClock } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { claimsAt, newKey, PublishedKeys, startedAt, tokenOf, verifierOf } from './issuer.ts';

const key = newKey('k1');
const verifier = verifierOf(new PublishedKeys(key), { clock: fixedClock(new Date(startedAt)) });
const now = startedAt / 1000;

function verified(claims: Record<string, unknown>) {
  return verifier.verify(tokenOf(key, { claims }));
}

function refusedFor(reason: string) {
  return { code: 'auth.token.invalid', reason };
}

test('the claims come as they are, frozen, and without what is not known', async () => {
  const claims = await verified({ cnf: { jkt: 'a'.repeat(43) }, scope: 'all', email: 'ada@bank.example' });
  const { iss: _iss, auth_time: authTime, ...others } = claimsAt(startedAt);
  expect(claims).toEqual({ ...others, authTime, cnf: { jkt: 'a'.repeat(43) } });
  expect([claims, claims.amr, claims.roles, claims.cnf].every((part) => Object.isFrozen(part))).toBe(true);
});

describe('SR-54: times are numbers within skew', () => {
  test.each([
    ['exp', 0],
    ['exp', undefined],
    ['exp', String(now + 200)],
    ['exp', (now + 200) * 1000],
    ['exp', -1],
    ['exp', null],
    ['exp', now - 10],
    ['exp', now + 3600],
    ['iat', undefined],
    ['iat', String(now)],
    ['iat', now + 11],
    ['iat', startedAt],
    ['nbf', now + 11],
    ['nbf', 'soon'],
    ['auth_time', undefined],
    ['auth_time', now + 60],
  ])('%s %j is refused', async (claim, value) => {
    await expect(verified({ [claim]: value })).rejects.toMatchObject({ code: 'auth.token.invalid' });
  });

  test('a token that ends before it begins is refused', async () => {
    await expect(verified({ iat: now + 5, exp: now + 4 })).rejects.toMatchObject(refusedFor('exp'));
  });

  test('clocks that are up to ten seconds apart do no harm', async () => {
    await expect(verified({ auth_time: now - 400, iat: now - 300, exp: now - 9.9 })).resolves.toBeDefined();
    await expect(verified({ iat: now + 10, nbf: now + 10, auth_time: now + 10 })).resolves.toBeDefined();
  });

  test('a token may not outlive what revocations are kept for', async () => {
    await expect(verified({ iat: now - 1, exp: now + 899 })).resolves.toBeDefined();
    await expect(verified({ iat: now - 2, exp: now + 899 })).rejects.toMatchObject(refusedFor('exp'));
  });
});

describe('SR-56: issuer and audience match exactly', () => {
  test.each([
    ['iss', 'https://id.bank.example/'],
    ['iss', 'https://ID.bank.example'],
    ['iss', undefined],
    ['iss', ['https://id.bank.example']],
    ['aud', 'admin'],
    ['aud', undefined],
    ['aud', ['customer']],
    ['aud', 'customer '],
  ])('%s %j is refused', async (claim, value) => {
    await expect(verified({ [claim]: value })).rejects.toMatchObject(refusedFor(claim));
  });

  test('a caller that wants one audience gets no other, from the cache neither', async () => {
    const token = tokenOf(key, { claims: { aud: 'staff' } });
    for (let round = 0; round < 2; round += 1) {
      await expect(verifier.verify(token, { audience: 'customer' })).rejects.toMatchObject(refusedFor('aud'));
      await expect(verifier.verify(token, { audience: 'staff' })).resolves.toMatchObject({ aud: 'staff' });
    }
  });
});

test.each([
  ['sub', 'ada'],
  ['sub', '0198c0de-0000-4000-8000-000000000001'],
  ['sub', '0198C0DE-0000-7000-8000-000000000001'],
  ['sid', undefined],
  ['sid', 1],
  ['jti', ''],
  ['jti', 'x y z a b c'],
  ['acr', 'aal4'],
  ['acr', undefined],
  ['amr', 'pwd'],
  ['amr', [1]],
  ['amr', Array.from({ length: 17 }, () => 'pwd')],
  ['roles', ['root']],
  ['roles', undefined],
  ['roles', { length: 0 }],
  ['did', 'my phone'],
  ['cnf', {}],
  ['cnf', null],
  ['cnf', { jkt: 'short' }],
  ['cnf', { jkt: 'a'.repeat(43), jwk: {} }],
])('a token whose %s is %j is refused', async (claim, value) => {
  await expect(verified({ [claim]: value })).rejects.toMatchObject(refusedFor(claim));
});
