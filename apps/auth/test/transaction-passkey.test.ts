import { uuidv7 } from '@bank/domain';
import { decodeJwt } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { post } from './support/http.ts';
import { assertion, passkeyChallenge, syncedPasskey } from './support/passkeys.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { answerWith, payment } from './support/transactions.ts';

const auth = await sharedAuth();

describe('SR-63 by a passkey', () => {
  const nonce = Buffer.alloc(32, 5).toString('base64url');
  const withPasskey = (account: Account) => {
    const body = { factorId: uuidv7(), transaction: payment };
    return post(auth, '/v1/auth/step-up/challenge', body, { token: account.accessToken });
  };
  beforeEach(() => {
    const expiresAt = new Date(auth.clock.now().getTime() + 300_000);
    const proof = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey };
    Object.assign(auth.neighbours, { started: { ...passkeyChallenge, expiresAt, nonce }, proof });
  });

  it('200: with what a browser asks with, and what its challenge was made of; the token says how', async () => {
    const account = await register(auth);
    const { status, body } = await withPasskey(account);
    expect([status, body.type, body.nonce, body.options]).toEqual([200, 'webauthn', nonce, passkeyChallenge.question]);
    expect(body.challenge).toBeUndefined();
    const answer = await answerWith(auth, account, body.challengeId, assertion());
    expect(answer.status).toBe(200);
    expect(auth.neighbours.asked.proofs.at(-1)?.binding).toMatchObject({
      purpose: 'transaction',
      bindingId: body.challengeId,
      audience: 'user-service',
    });
    expect(decodeJwt(answer.body.transactionToken)['amr']).toEqual(['pwd', 'otp', 'swk', 'user', 'mfa']);
  });

  it('422 for a code or a signature, 401 for what mfa says is another factor', async () => {
    const account = await register(auth);
    const { challengeId } = (await withPasskey(account)).body;
    for (const response of [{ code: '123456' }, { signature: 'A'.repeat(86) }]) {
      expect((await answerWith(auth, account, challengeId, response)).status).toBe(422);
    }
    auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
    expect((await answerWith(auth, account, challengeId, assertion())).status).toBe(401);
  });

  it('404 where mfa does not say what the challenge was made of', async () => {
    auth.neighbours.started = passkeyChallenge;
    expect((await withPasskey(await register(auth))).status).toBe(404);
  });
});
