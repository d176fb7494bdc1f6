import { createHash } from 'node:crypto';
import { fixedClock } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import {
  claimsAt,
  encode,
  newKey,
  PublishedKeys,
  SettableFeed,
  signature,
  startedAt,
  tokenOf,
  verifierOf,
} from './issuer.ts';

const key = newKey('k1');
const keys = new PublishedKeys(key);
const clock = { now: () => new Date(startedAt) };
const verifier = verifierOf(keys, { clock });
const digest = createHash('sha256').update('this').digest();
const demand = { action: 'user.close', digest } as const;
const now = startedAt / 1000;
const header = { typ: 'approval+jwt' };
const claims = {
  iss: 'https://id.bank.example',
  sub: '0198c0de-0000-7000-8000-000000000001',
  jti: '0198c0de-0000-7000-8000-000000000002',
  roles: ['compliance'],
  act: 'user.close',
  dig: digest.toString('base64url'),
  iat: now - 60,
  exp: now + 86_340,
};

/** An approval as `auth` signs it, with some claims exchanged. */
function approvalOf(changes: Record<string, unknown> = {}, head: Record<string, unknown> = header): string {
  const input = `${encode({ alg: 'ES256', kid: key.kid, ...head })}.${encode({ ...claims, ...changes })}`;
  return `${input}.${signature(key, input)}`;
}

const refusedWith = (code: string) => expect.objectContaining({ name: 'DomainError', code });

test('an approval says who asked for what', async () => {
  await expect(verifier.verifyApproval(approvalOf(), demand)).resolves.toEqual({
    approvalId: claims.jti,
    makerId: claims.sub,
    makerRoles: ['compliance'],
    action: 'user.close',
    issuedAt: claims.iat,
    expiresAt: claims.exp,
  });
});

describe('SR-71: it is good for what was asked for alone', () => {
  test.each([
    ['another action', { ...demand, action: 'user.suspend' as const }],
    ['another payload', { ...demand, digest: createHash('sha256').update('that').digest() }],
    ['a part of the digest', { ...demand, digest: digest.subarray(0, 16) }],
  ])('%s', async (_what, other) => {
    await expect(verifier.verifyApproval(approvalOf(), other)).rejects.toEqual(refusedWith('approval.invalid'));
  });

  test.each<[string, Record<string, unknown>]>([
    ['another issuer', { iss: 'https://id.bank.example/' }],
    ['no maker', { sub: undefined }],
    ['a maker who is no user', { sub: 'admin' }],
    ['no id', { jti: undefined }],
    ['an id in capitals', { jti: claims.jti.toUpperCase() }],
    ['roles nobody knows', { roles: ['owner'] }],
    ['roles that are no list', { roles: 'admin' }],
    ['an action nobody knows', { act: 'toString' }],
    ['a digest that is no text', { dig: [...digest] }],
    ['a time as text', { exp: String(claims.exp) }],
    ['no end', { exp: undefined }],
    ['no beginning', { iat: undefined }],
    ['a beginning that is to come', { iat: now + 60 }],
    ['more than a day', { iat: now - 61, exp: now + 86_340 }],
  ])('%s', async (_what, changes) => {
    await expect(verifier.verifyApproval(approvalOf(changes), demand)).rejects.toEqual(refusedWith('approval.invalid'));
  });

  test('for a day, and not for a second longer', async () => {
    const asked = approvalOf();
    const at = (seconds: number) => verifierOf(keys, { clock: fixedClock(new Date(seconds * 1000)) });
    await expect(at(claims.exp - 1).verifyApproval(asked, demand)).resolves.toBeDefined();
    await expect(at(claims.exp).verifyApproval(asked, demand)).rejects.toEqual(refusedWith('approval.expired'));
  });

  test('an expired one for something else says nothing of its age', async () => {
    const late = verifierOf(keys, { clock: fixedClock(new Date((claims.exp + 60) * 1000)) });
    const other = { ...demand, action: 'user.suspend' as const };
    await expect(late.verifyApproval(approvalOf(), other)).rejects.toEqual(refusedWith('approval.invalid'));
  });

  test('only with the signature of the issuer', async () => {
    const [head, body] = approvalOf().split('.');
    const forged = `${head}.${body}.${signature(newKey('k1'), `${head}.${body}`)}`;
    for (const token of [forged, `${head}.${body}.`, '', 'x'.repeat(5000)]) {
      await expect(verifier.verifyApproval(token, demand)).rejects.toEqual(refusedWith('approval.invalid'));
    }
  });
});

test('SR-58: an approval of a revoked key is none', async () => {
  const feed = new SettableFeed();
  const strict = verifierOf(keys, { clock, feed });
  await expect(strict.verifyApproval(approvalOf(), demand)).resolves.toBeDefined();
  feed.revokedKeys.add('k1');
  await expect(strict.verifyApproval(approvalOf(), demand)).rejects.toEqual(refusedWith('approval.invalid'));
  feed.revokedKeys.clear();
  feed.current = false;
  await expect(strict.verifyApproval(approvalOf(), demand)).rejects.toEqual(refusedWith('service.unavailable'));
});

describe('SR-55: access tokens and approvals are not each other', () => {
  test('an access token is no approval, whatever it claims', async () => {
    for (const token of [tokenOf(key), tokenOf(key, { claims }), approvalOf({}, { typ: 'at+jwt' })]) {
      await expect(verifier.verifyApproval(token, demand)).rejects.toEqual(refusedWith('approval.invalid'));
    }
  });

  test('an approval is no access token, whatever it claims', async () => {
    const both = { ...claimsAt(startedAt), act: claims.act, dig: claims.dig };
    for (const token of [approvalOf(), approvalOf(both), approvalOf({ aud: 'customer' }, { typ: 'JWT' })]) {
      await expect(verifier.verify(token)).rejects.toEqual(refusedWith('auth.token.invalid'));
    }
  });
});
