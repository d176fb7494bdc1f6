import { createHash } from 'node:crypto';
import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Account, register } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { colleague, staffCallers } from './support/colleagues.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { passkeyChallenge } from './support/passkeys.ts';
import { answerWith, approved, askToApprove, payment, signature } from './support/transactions.ts';

const auth = await startAuth({ callers: staffCallers() });

beforeEach(() => {
  Object.assign(auth.neighbours, { hasKey: true, signature: 'accepted' });
});

const canonical =
  '{"payload":{"amount":"150.00","currency":"EUR","payee":{"account":"GB29NWBK60161331926819","name":"Ada Obi"},' +
  '"reference":"Invoice 7"},"type":"payment"}';
const digest = createHash('sha256').update(canonical).digest('base64url');

/** What the ledger was told about a user's transactions. */
async function toldOf({ id }: Account): Promise<unknown[]> {
  const rows = await auth.database.query<{ data: object }>(
    `select data from auth.outbox where subject = $1 and data->>'action' like 'transaction.%' order by id`,
    [id],
  );
  return rows.map(({ data }) => data);
}

describe('POST /v1/auth/step-up/challenge with a transaction', () => {
  it('200 what the device signs, the digest of what is asked, and how it is shown', async () => {
    const account = await register(auth);
    const { status, body } = await askToApprove(auth, account);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      type: 'device_key',
      challenge: Buffer.alloc(32, 7).toString('base64url'),
      transaction: {
        digest,
        title: 'Payment',
        lines: [
          { label: 'Amount', value: 'EUR 150.00' },
          { label: 'Payee', value: 'Ada Obi' },
          { label: 'Account', value: 'GB29 NWBK 6016 1331 9268 19' },
          { label: 'Reference', value: 'Invoice 7' },
        ],
      },
    });
    expect(body.expiresIn).toBeGreaterThan(290);
    const { binding, payloadDigest } = auth.neighbours.asked.keys.at(-1) ?? {};
    expect(binding).toEqual({ userId: account.id, sessionId: account.sessionId, deviceId: account.device.id });
    expect(Buffer.from(payloadDigest ?? []).toString('base64url')).toBe(digest);
  });

  it('SR-63, SR-85 keeps of the transaction its digest alone', async () => {
    const account = await register(auth);
    await askToApprove(auth, account);
    const rows = await auth.database.query('select * from auth.transactions where user_id = $1', [account.id]);
    const outbox = await auth.database.query('select * from auth.outbox where subject = $1', [account.id]);
    expect(rows).toHaveLength(1);
    expect(JSON.stringify([rows, outbox])).not.toMatch(/Ada Obi|GB29|150\.00|Invoice/);
  });

  it('SR-63 never by a code app or another factor: 404, as for a device without a key and one of somebody else', async () => {
    const account = await register(auth);
    const other = await register(auth);
    const ask = (factorId: string) =>
      post(auth, '/v1/auth/step-up/challenge', { factorId, transaction: payment }, { token: account.accessToken });
    auth.neighbours.started = { kind: 'unknown' };
    for (const factorId of [totpFactor.id, account.sessionId, other.device.id, uuidv7()]) {
      const { status, body } = await ask(factorId);
      expect([status, body.code]).toEqual([404, 'factor.not_found']);
    }
    auth.neighbours.hasKey = false;
    expect((await ask(account.device.id)).status).toBe(404);
  });

  it.each([
    ['an unknown kind', { type: 'gift', payload: payment.payload }, 'transaction.type', 'variant'],
    ['no payload', { type: 'payment' }, 'transaction.payload', 'required'],
    [
      'a field too many',
      { ...payment, payload: { ...payment.payload, x: 1 } },
      'transaction.payload.x',
      'unknown_field',
    ],
  ])('422 %s', async (_what, transaction, path, rule) => {
    const { status, body } = await askToApprove(auth, await register(auth), transaction);
    expect([status, body.errors]).toEqual([422, [{ path, rule }]]);
  });

  it('503 while device is away, 401 without a token, 403 for staff', async () => {
    const account = await register(auth);
    auth.neighbours.signature = undefined;
    expect((await askToApprove(auth, account)).status).toBe(503);
    const body = { factorId: account.device.id, transaction: payment };
    expect((await post(auth, '/v1/auth/step-up/challenge', body)).status).toBe(401);
    const { accessToken: token } = await colleague(auth, 'support');
    expect((await post(auth, '/v1/auth/step-up/challenge', body, { token })).status).toBe(403);
  });
});

describe('POST /v1/auth/step-up/verify for a transaction', () => {
  it('200 a token of its own kind for five minutes, and the session is as it was', async () => {
    const account = await register(auth);
    const { challengeId } = (await askToApprove(auth, account)).body;
    const { status, body } = await answerWith(auth, account, challengeId);
    expect([status, body.expiresIn, body.transactionId]).toEqual([200, 300, challengeId]);
    expect(decodeProtectedHeader(body.transactionToken)).toMatchObject({ alg: 'ES256', typ: 'txn+jwt' });
    const claims = decodeJwt(body.transactionToken);
    expect(claims).toEqual({
      iss: 'https://id.bank.example',
      aud: 'user-service',
      sub: account.id,
      sid: account.sessionId,
      jti: challengeId,
      act: 'payment',
      dig: digest,
      amr: ['pwd', 'otp', 'pop'].filter((method) => (claims['amr'] as string[]).includes(method)),
      iat: expect.any(Number),
      exp: (claims.iat ?? 0) + 300,
    });
    expect(claims['amr']).toContain('pop');
    const session = await get(auth, '/v1/auth/session', account.accessToken);
    expect([session.status, session.body.acr]).toEqual([200, 'aal1']);
    expect(await toldOf(account)).toMatchObject([
      {
        action: 'transaction.approved',
        outcome: 'AUDIT_OUTCOME_SUCCESS',
        details: { type: 'payment', method: 'device_key' },
      },
    ]);
  });

  it('SR-63 404 for the second answer', async () => {
    const account = await register(auth);
    const { challengeId } = (await askToApprove(auth, account)).body;
    await answerWith(auth, account, challengeId);
    const { status, body } = await answerWith(auth, account, challengeId);
    expect([status, body.code]).toEqual([404, 'challenge.not_found']);
  });

  it('SR-63 404 for another user, another session of the same user, and after its time', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    const { challengeId } = (await askToApprove(auth, account)).body;
    expect((await answerWith(auth, other, challengeId)).status).toBe(404);
    await auth.database.query('update auth.transactions set session_id = $2 where id = $1', [challengeId, uuidv7()]);
    expect((await answerWith(auth, account, challengeId)).status).toBe(404);
    const late = (await askToApprove(auth, account)).body.challengeId;
    await auth.database.query('update auth.transactions set expires_at = now() where id = $1', [late]);
    auth.clock.advance(1);
    expect((await answerWith(auth, account, late)).status).toBe(404);
  });

  it.each([
    ['wrong', 401, 'auth.second_factor.invalid'],
    ['closed', 404, 'challenge.not_found'],
    [undefined, 503, 'service.unavailable'],
  ] as const)('an answer of which device says %s approves nothing: %i', async (verdict, status, code) => {
    const account = await register(auth);
    const { challengeId } = (await askToApprove(auth, account)).body;
    auth.neighbours.signature = verdict;
    const refused = await answerWith(auth, account, challengeId);
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    const rows = await auth.database.query('select approved_at from auth.transactions where id = $1', [challengeId]);
    expect(rows).toEqual([{ approved_at: null }]);
    expect(await toldOf(account)).toHaveLength(verdict === 'wrong' ? 1 : 0);
  });

  it('422 for a code where a signature is asked for; 404 for a signature where nothing asks for one', async () => {
    const account = await register(auth);
    const { challengeId } = (await askToApprove(auth, account)).body;
    const { status, body } = await answerWith(auth, account, challengeId, { code: '123456' });
    expect([status, body.errors]).toEqual([422, [{ path: 'response', rule: 'signature' }]]);
    expect((await answerWith(auth, account, uuidv7())).status).toBe(404);
    expect((await answerWith(auth, account, challengeId, { signature, code: '123456' })).status).toBe(422);
  });

  it('sixteen at once, twenty times: one token', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const { challengeId } = (await askToApprove(auth, account)).body;
      const answers = winners(await raceOf(16, () => answerWith(auth, account, challengeId)));
      expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(15).fill(404)]);
      expect(await toldOf(account)).toHaveLength(1);
    }
  });
});

describe('SR-63 by a text message that states it', () => {
  beforeEach(() => {
    const expiresAt = new Date(auth.clock.now().getTime() + 600_000);
    const started = { kind: 'started', challengeId: uuidv7(), type: 'sms', expiresAt };
    Object.assign(auth.neighbours, { started, proof: { kind: 'accepted', by: 'sms' } });
  });

  const bySms = (account: Account) => {
    const body = { factorId: uuidv7(), transaction: payment };
    return post(auth, '/v1/auth/step-up/challenge', body, { token: account.accessToken });
  };

  it('200: the message has amount and payee, and its code is for this transaction alone', async () => {
    const account = await register(auth);
    const { status, body } = await bySms(account);
    expect([status, body.type, body.challenge, body.transaction.digest]).toEqual([200, 'sms', undefined, digest]);
    expect(auth.neighbours.asked.texts.at(-1)).toEqual({
      binding: { userId: account.id, purpose: 'transaction', bindingId: body.challengeId, audience: 'user-service' },
      text: 'EUR 150.00 to GB29..6819, Ada Obi',
      digest: Buffer.from(digest, 'base64url'),
    });
    const answer = await answerWith(auth, account, body.challengeId, { code: '123456' });
    expect(answer.status).toBe(200);
    expect(auth.neighbours.asked.proofs.at(-1)?.binding).toEqual({
      userId: account.id,
      purpose: 'transaction',
      bindingId: body.challengeId,
      audience: 'user-service',
    });
    expect(decodeJwt(answer.body.transactionToken)['amr']).toContain('sms');
    auth.neighbours.proof = { kind: 'closed' };
    expect((await answerWith(auth, account, body.challengeId, { code: '123456' })).status).toBe(404);
  });

  it('404 where a message cannot state it, and nothing is sent: a passkey approves it; 503 while mfa is away', async () => {
    const factorId = uuidv7();
    const transaction = { type: 'profile_change', payload: { field: 'legal_name', value: '陈小明' } };
    const ask = async () => {
      const { accessToken: token } = await register(auth);
      const { texts } = auth.neighbours.asked;
      const before = texts.length;
      const { status } = await post(auth, '/v1/auth/step-up/challenge', { factorId, transaction }, { token });
      return [status, texts.slice(before).map(({ text }) => text)];
    };
    const listing = (type: string) => [{ id: factorId, type, hint: '' }];
    auth.neighbours.factors = listing('sms');
    expect(await ask()).toEqual([404, []]);
    auth.neighbours.factors = listing('webauthn');
    auth.neighbours.started = { ...passkeyChallenge, nonce: 'bm9uY2U' };
    expect(await ask()).toEqual([200, ['Change of your details']]);
    auth.neighbours.factors = undefined;
    expect(await ask()).toEqual([503, []]);
    auth.neighbours.factors = [];
  });

  it('404 for a factor that states nothing', async () => {
    const { started } = auth.neighbours;
    for (const type of ['totp', 'email']) {
      auth.neighbours.started = { ...started, type } as typeof started;
      const { status, body } = await bySms(await register(auth));
      expect([status, body.code]).toEqual([404, 'factor.not_found']);
    }
  });

  it.each([
    [{ kind: 'wrong' }, 401, 'auth.second_factor.invalid'],
    [{ kind: 'accepted', by: 'totp' }, 401, 'auth.second_factor.invalid'],
    [{ kind: 'closed' }, 404, 'challenge.not_found'],
    [{ kind: 'locked', retryAfterSeconds: 900 }, 429, 'auth.second_factor.locked'],
  ] as const)('an answer of which mfa says %j approves nothing', async (proof, status, code) => {
    const account = await register(auth);
    const { challengeId } = (await bySms(account)).body;
    auth.neighbours.proof = proof;
    const refused = await answerWith(auth, account, challengeId, { code: '123456' });
    expect([refused.status, refused.body.code]).toEqual([status, code]);
    expect(await toldOf(account)).toHaveLength(status === 401 ? 1 : 0);
  });
});

describe('SR-55 a transaction token', () => {
  it('opens nothing as an access token, and says nothing of people', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    expect((await get(auth, '/v1/auth/session', token)).status).toBe(401);
    const text = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
    expect(text).not.toMatch(/Ada|GB29|150/);
  });
});
