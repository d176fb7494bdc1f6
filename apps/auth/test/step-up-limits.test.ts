import { uuidv7 } from '@bank/domain';
import { expect, test } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { answerWith, askToApprove } from './support/transactions.ts';

const auth = await startAuth();

const challenge = (token: string) => post(auth, '/v1/auth/step-up/challenge', { factorId: totpFactor.id }, { token });
const proof = () => ({ challengeId: uuidv7(), response: { code: '123456' } });
const verify = (token: string, body: object = proof()) => post(auth, '/v1/auth/step-up/verify', body, { token });

/** Somebody else's session of the same user, by the password alone. */
async function stolenFrom(account: Account): Promise<string> {
  return (await signIn(auth, account)).body.accessToken;
}

async function refusedOf(count: number, send: () => Promise<{ status: number }>): Promise<number> {
  let refused = 0;
  for (let sent = 0; sent < count; sent += 1) refused += (await send()).status === 429 ? 1 : 0;
  return refused;
}

test('SR-14, SR-18 a stolen session uses up its own questions and answers, and those of no other session', async () => {
  const account = await register(auth);
  const stolen = await stolenFrom(account);
  // Beyond what all sessions together may ask: what it is refused counts for it alone.
  expect(await refusedOf(330, () => challenge(stolen))).toBe(300);
  expect(await challenge(stolen)).toMatchObject({ status: 429, body: { code: 'request.rate_limited' } });
  auth.neighbours.proof = { kind: 'closed' };
  expect(await refusedOf(660, () => verify(stolen))).toBe(600);
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };

  const asked = await askToApprove(auth, account);
  expect(asked.status).toBe(200);
  expect((await answerWith(auth, account, asked.body.challengeId)).status).toBe(200);
  expect((await challenge(account.accessToken)).status).toBe(200);
  expect((await verify(account.accessToken)).status).toBe(200);
});

test('SR-18 all sessions of a user together have ten times as many, and other users their own', async () => {
  const [account, other] = [await register(auth), await register(auth)];
  for (const [name, points] of [
    ['step-up-challenge', 300],
    ['step-up-verify', 600],
  ] as const) {
    await auth.ctx.rateLimits.consume(`${name}-of-user:${account.id}`, { points, windowSeconds: 600 }, points);
  }
  expect((await challenge(account.accessToken)).status).toBe(429);
  expect((await verify(await stolenFrom(account))).status).toBe(429);
  expect((await challenge(other.accessToken)).headers.get('ratelimit-policy')).toBe(
    '"step-up-challenge";q=30;w=600, "step-up-challenge-of-user";q=300;w=600',
  );
  expect((await verify(other.accessToken)).status).toBe(200);
});
