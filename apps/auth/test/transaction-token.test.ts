import { uuidv7 } from '@bank/domain';
import { AuthService } from '@bank/proto/auth';
import { signJwt } from '@bank/security';
import { raceOf, winners } from '@bank/testing';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { type Account, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { passkeyOf, passkeySignIn } from './support/passkeys.ts';
import { clientAs, onBehalfOf } from './support/rpc.ts';
import { approved, payment, paymentsCaller } from './support/transactions.ts';

// More contestants than the pool has connections.
const auth = await startAuth({ callers: paymentsCaller, env: { DATABASE_POOL_MAX: '8' } });
const client = await clientAs(auth, 'payments', AuthService);

type Changes = { token?: string; type?: string; payload?: object };

function consume(account: Pick<Account, 'accessToken'>, token: string, changes: Changes = {}) {
  const { type, payload } = payment;
  return client.consumeTransactionToken({ token, type, payload, ...changes } as never, onBehalfOf(account.accessToken));
}

const codeOf = (answer: Promise<unknown>) =>
  answer.then(
    () => 'approved',
    ({ code }) => code,
  );

/** What the ledger was told about uses of a user's tokens. */
async function toldOf({ id }: Account): Promise<unknown[]> {
  const rows = await auth.database.query<{ data: object }>(
    `select data from auth.outbox where subject = $1 and data->>'action' in ('transaction.consumed', 'transaction.refused')
     order by id`,
    [id],
  );
  return rows.map(({ data }) => data);
}

describe('SR-63 ConsumeTransactionToken', () => {
  it('tells once who has approved what, how and when; the ledger hears who asked', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const { transactionId, userId, amr, method, approvedAt } = await consume(account, token);
    const claims = decodeJwt(token);
    expect([transactionId, userId, amr, method]).toEqual([claims.jti, account.id, claims['amr'], 'device_key']);
    expect(approvedAt && timestampDate(approvedAt).getTime()).toBeGreaterThan(Date.now() - 60_000);
    expect(await toldOf(account)).toMatchObject([
      { action: 'transaction.consumed', details: { transactionId, type: 'payment', service: 'payments' } },
    ]);
    expect(await codeOf(consume(account, token))).toBe('transaction.not_approved');
  });

  it('SR-62 tells the method of the approval apart from what the session was proved by before', async () => {
    const account = await register(auth);
    auth.neighbours.passkey = passkeyOf({ id: account.id });
    const { accessToken } = (await passkeySignIn(auth)).body;
    const holder = { ...account, accessToken };
    const { amr, method } = await consume(holder, await approved(auth, holder));
    expect(amr).toEqual(['swk', 'user', 'mfa', 'pop']);
    expect(method).toBe('device_key');
  });

  it('takes the same transaction however its members are ordered', async () => {
    const account = await register(auth);
    const { reference, payee, currency, amount } = payment.payload;
    const { name, account: number } = payee;
    const payload = { reference, payee: { account: number, name }, currency, amount };
    expect(await codeOf(consume(account, await approved(auth, account), { payload }))).toBe('approved');
  });

  it.each<[string, Changes]>([
    ['another amount', { payload: { ...payment.payload, amount: '150.01' } }],
    ['another currency', { payload: { ...payment.payload, currency: 'USD' } }],
    [
      'another payee',
      { payload: { ...payment.payload, payee: { ...payment.payload.payee, account: 'GB29NWBK60161331926818' } } },
    ],
    [
      'another spelling of the payee',
      { payload: { ...payment.payload, payee: { ...payment.payload.payee, name: 'ADA OBI' } } },
    ],
    ['one field less', { payload: { amount: '150.00', currency: 'EUR', payee: payment.payload.payee } }],
    ['another kind', { type: 'payee_added', payload: { payee: payment.payload.payee } }],
  ])('%s is refused, and the token is dead for the right one as well', async (_what, changes) => {
    const account = await register(auth);
    const token = await approved(auth, account);
    expect(await codeOf(consume(account, token, changes))).toBe('transaction.not_approved');
    expect(await codeOf(consume(account, token))).toBe('transaction.not_approved');
    expect(await toldOf(account)).toMatchObject([
      { action: 'transaction.refused', outcome: 'AUDIT_OUTCOME_DENIED', reason: 'altered' },
      { action: 'transaction.refused', outcome: 'AUDIT_OUTCOME_DENIED', reason: 'used_or_over' },
    ]);
  });

  it('another user, and another session of the same one, get nothing and use nothing up', async () => {
    const [account, other] = [await register(auth), await register(auth)];
    const token = await approved(auth, account);
    const { body } = await signIn(auth, account, { device: { secret: account.device.secret } });
    expect(await codeOf(consume(other, token))).toBe('transaction.not_approved');
    expect(await codeOf(consume(body, token))).toBe('transaction.not_approved');
    expect(await codeOf(consume(account, token))).toBe('approved');
  });

  it('is over after five minutes', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    auth.clock.advance(299_000);
    const { body } = await post(auth, '/v1/auth/token/refresh', { refreshToken: account.refreshToken });
    auth.clock.advance(2000);
    expect(await codeOf(consume(body, token))).toBe('transaction.not_approved');
  });

  it('dies with the session, at once', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    await post(auth, '/v1/auth/logout', {}, { token: account.accessToken });
    expect(await codeOf(consume(account, token))).toBe('auth.token.invalid');
  });

  it('SR-52, SR-55 takes no other token, none that was changed, and none that another has signed', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const [head, body, signature] = token.split('.');
    const claims = decodeJwt(token);
    const now = Math.floor(auth.ctx.clock.now().getTime() / 1000);
    const key = auth.ctx.keyRing.current(auth.ctx.clock.now());
    const signed = (changes: object, typ = 'txn+jwt') => signJwt(key, typ, { ...claims, ...changes } as never);
    const forged = [
      account.accessToken,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, dig: 'A'.repeat(43) })).toString('base64url')}.${signature}`,
      `${head}.${body}.`,
      `${token}=`,
      '',
      'x'.repeat(5000),
      signed({}, 'at+jwt'),
      signed({}, 'approval+jwt'),
      signed({ jti: uuidv7() }),
      signed({ iss: 'https://elsewhere.example' }),
      signed({ aud: 'user-service-staff' }),
      signed({ exp: now + 3600 }),
      signed({ iat: now + 120, exp: now + 240 }),
      signed({ exp: undefined }),
      signed({ amr: 'pwd' }),
    ];
    for (const one of forged)
      expect([one, await codeOf(consume(account, one))]).toEqual([one, 'transaction.not_approved']);
    expect(await codeOf(consume(account, token))).toBe('approved');
  });

  it('an approval that was asked for and not given is none', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const { jti } = decodeJwt(token);
    await auth.database.query('update auth.transactions set approved_at = null where id = $1', [jti]);
    expect(await codeOf(consume(account, token))).toBe('transaction.not_approved');
  });

  it('SR-67 refuses a call for nobody', async () => {
    const token = await approved(auth, await register(auth));
    const call = client.consumeTransactionToken({ token, ...payment } as never);
    expect(await codeOf(call)).toBe('auth.token.missing');
  });

  it('refuses what is no transaction, and says which field', async () => {
    const account = await register(auth);
    const token = await approved(auth, account);
    const wrong = consume(account, token, { payload: { ...payment.payload, amount: 150 } });
    expect(await codeOf(wrong)).toBe('request.invalid');
    expect(await codeOf(consume(account, token))).toBe('approved');
  });

  it('sixteen at once, twenty times: one is told yes', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await approved(auth, account);
      expect(winners(await raceOf(16, () => consume(account, token)))).toHaveLength(1);
      const told = (await toldOf(account)) as { action: string }[];
      expect(told.filter(({ action }) => action === 'transaction.consumed')).toHaveLength(1);
    }
  });

  it('the right one and a changed one at once, twenty times: at most the right one', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const account = await register(auth);
      const token = await approved(auth, account);
      const changed = { payload: { ...payment.payload, amount: '999.00' } };
      const codes = winners(
        await raceOf(8, (which) => codeOf(consume(account, token, which % 2 === 0 ? changed : {}))),
      );
      const evens = codes.filter((_code, which) => which % 2 === 0);
      expect(evens).toEqual(Array(4).fill('transaction.not_approved'));
      expect(codes.filter((code) => code === 'approved').length).toBeLessThanOrEqual(1);
    }
  });
});
