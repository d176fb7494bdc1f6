import { describe, expect, test } from 'vitest';
import { encode, newKey, PublishedKeys, SettableFeed, signature, startedAt, tokenOf, verifierOf } from './issuer.ts';

const key = newKey('k1');
const keys = new PublishedKeys(key);
const clock = { now: () => new Date(startedAt) };
const verifier = verifierOf(keys, { clock });
const now = startedAt / 1000;
const header = { typ: 'txn+jwt' };
const claims = {
  iss: 'https://id.bank.example',
  aud: 'customer',
  sub: '0198c0de-0000-7000-8000-000000000001',
  sid: '0198c0de-0000-7000-8000-000000000003',
  jti: '0198c0de-0000-7000-8000-000000000002',
  act: 'payment',
  dig: 'A'.repeat(43),
  amr: ['pwd', 'pop'],
  iat: now - 60,
  exp: now + 240,
};

/** A transaction token as `auth` signs it, with some claims exchanged. */
function transactionOf(changes: Record<string, unknown> = {}, head: Record<string, unknown> = header): string {
  const input = `${encode({ alg: 'ES256', kid: key.kid, ...head })}.${encode({ ...claims, ...changes })}`;
  return `${input}.${signature(key, input)}`;
}

const refused = expect.objectContaining({ name: 'DomainError', code: 'transaction.not_approved' });

test('a transaction token says who has approved what, how, and in which session', async () => {
  const { iss: _iss, iat: _iat, ...told } = claims;
  await expect(verifier.verifyTransaction(transactionOf())).resolves.toEqual({
    transactionId: told.jti,
    userId: told.sub,
    sessionId: told.sid,
    audience: told.aud,
    type: told.act,
    digest: told.dig,
    amr: told.amr,
    expiresAt: told.exp,
  });
});

describe('SR-54, SR-56, SR-63: every claim has its form', () => {
  test.each([
    ['another issuer', { iss: 'https://elsewhere.example' }],
    ['another audience', { aud: 'payments' }],
    ['two audiences', { aud: ['customer'] }],
    ['nobody', { sub: undefined }],
    ['no session', { sid: 'mine' }],
    ['no id', { jti: '1' }],
    ['no kind', { act: 'Payment!' }],
    ['half a digest', { dig: 'A'.repeat(21) }],
    ['methods that are none', { amr: 'pwd' }],
    ['no time', { iat: undefined }],
    ['a time to come', { iat: now + 60 }],
    ['its end', { exp: now }],
    ['no end', { exp: undefined }],
    ['milliseconds', { exp: startedAt }],
    ['a longer life', { exp: now + 300 }],
  ])('%s', async (_what, changes) => {
    await expect(verifier.verifyTransaction(transactionOf(changes))).rejects.toEqual(refused);
  });
});

describe('SR-52, SR-55, SR-57: it is of its own kind', () => {
  test.each([
    ['an access token', tokenOf(key)],
    ['another type', transactionOf({}, { typ: 'approval+jwt' })],
    ['a key in it', transactionOf({}, { ...header, jwk: {} })],
    ['a key nobody has published', transactionOf({}, { ...header, kid: 'k9' })],
    ['another algorithm', transactionOf({}, { ...header, alg: 'none' })],
    ['no signature', transactionOf().replace(/[^.]*$/, '')],
    ['more than there can be', 'x'.repeat(5000)],
  ])('not %s', async (_what, token) => {
    await expect(verifier.verifyTransaction(token)).rejects.toEqual(refused);
  });

  test('and opens nothing as an access token', async () => {
    await expect(verifier.verify(transactionOf())).rejects.toMatchObject({ code: 'auth.token.invalid' });
  });

  test('dies with the key that signed it', async () => {
    const feed = new SettableFeed();
    const strict = verifierOf(keys, { clock, feed });
    feed.revokedKeys.add(key.kid);
    await expect(strict.verifyTransaction(transactionOf())).rejects.toEqual(refused);
  });
});
