import { rpcNeighbour } from '@bank/composition/testing';
import { ErrorInfoSchema } from '@bank/proto/errors';
import { MfaService } from '@bank/proto/mfa';
import { Code, ConnectError } from '@connectrpc/connect';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFactorRule } from '#adapters/factors/factor-rule.ts';
import { freshEmail, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { changeEmail } from './support/emails.ts';
import { get } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { syncedPasskey } from './support/passkeys.ts';
import { accountWithPhone, changePhone, smsCode, steppedUpAccount, verifyPhone } from './support/phones.ts';

const auth = await startAuth({ env: { SMS_PER_PREFIX_PER_HOUR: '100000', SMS_PER_HOUR: '100000' } });

const wantsPasskey = { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300, phishingResistant: true };
const byTotp = { kind: 'accepted', by: 'totp' } as const;
const byText = { kind: 'accepted', by: 'sms' } as const;
const byPasskey = { kind: 'accepted', by: 'webauthn', passkey: syncedPasskey } as const;

/** Whether mfa knows a passkey of everybody, what it refuses with, and whether it is away; and the tokens that it was asked with. */
const mfa = { hasPasskey: true, refusal: 'auth.step_up.required', isAway: false, asked: [] as string[] };

beforeEach(() => {
  Object.assign(mfa, { hasPasskey: true, refusal: 'auth.step_up.required', isAway: false, asked: [] });
  auth.neighbours.proof = byTotp;
});

/** By what the session of a token was proved. */
function methodsOf(token: string): string[] {
  const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
  return claims.amr;
}

const baseUrl = await rpcNeighbour(auth.files.certificates, 'mfa', (router) =>
  router.service(MfaService, {
    checkFactorChange(_request, { requestHeader }) {
      if (mfa.isAway) throw new ConnectError('away', Code.Unavailable);
      const token = requestHeader.get('bank-user-token') ?? '';
      mfa.asked.push(token);
      if (!mfa.hasPasskey || methodsOf(token).includes('swk')) return {};
      const metadata = { acr: 'aal2', maxAgeSeconds: '300', phishingResistant: 'true' };
      const info = { desc: ErrorInfoSchema, value: { code: mfa.refusal, metadata } };
      throw new ConnectError('refused', Code.PermissionDenied, undefined, [info]);
    },
  }),
);
const { TLS_CA_FILE: caFile = '', TLS_CERT_FILE: certFile = '', TLS_KEY_FILE: keyFile = '' } = auth.files.env;
auth.neighbours.factorRule = createFactorRule({
  baseUrl,
  tls: { caFile, certFile, keyFile },
  serverUri: 'spiffe://bank/app/mfa',
  breaker: { failures: 1000, openMs: 1 },
});

/** A user whose number was proven longer ago than it has to stay, with a session stepped up by that proof. */
async function givenProven(proof: typeof auth.neighbours.proof) {
  const account = await accountWithPhone(auth);
  auth.clock.advance(86_400_000);
  auth.neighbours.proof = proof;
  const { body } = await signIn(auth, account);
  return { ...account, accessToken: await steppedUp(auth, body.accessToken) };
}

const phoneOf = async (token: string) => (await get(auth, '/v1/auth/me', token)).body.phone;

/** What the ledger has of changes that came to nothing: outcome and reason, oldest first. */
async function refusalsOf(userId: string): Promise<string[]> {
  const rows = await auth.database.query<{ told: string }>(
    `select (data->>'action') || ' ' || (data->>'reason') as told from auth.outbox
      where subject = $1 and data->>'action' like 'user.contact_change.%' and data->>'reason' is not null order by id`,
    [userId],
  );
  return rows.map(({ told }) => told);
}

describe('POST /v1/auth/phone/change', () => {
  it.each([
    ['an authenticator app', byTotp],
    ['a text message', byText],
  ])('SR-31 403 for who has a passkey and proved %s: no code goes out; 202 by the passkey', async (_, proof) => {
    const account = await givenProven(proof);
    const phone = freshPhone();
    const refused = await changePhone(auth, account.accessToken, phone);
    expect([refused.status, refused.body]).toMatchObject([403, wantsPasskey]);
    expect(mfa.asked).toEqual([account.accessToken]);
    expect(await auth.database.query('select 1 from auth.contact_changes where user_id = $1', [account.id])).toEqual(
      [],
    );
    expect(await refusalsOf(account.id)).toEqual(['user.contact_change.requested unproven']);
    auth.neighbours.proof = byPasskey;
    const token = await steppedUp(auth, account.accessToken);
    expect((await changePhone(auth, token, phone)).status).toBe(202);
    expect((await verifyPhone(auth, token, await smsCode(auth, phone))).status).toBe(200);
    expect(await phoneOf(token)).toBe(phone);
  });

  it('202 for who has an authenticator app alone', async () => {
    mfa.hasPasskey = false;
    const { accessToken } = await givenProven(byTotp);
    expect((await changePhone(auth, accessToken, freshPhone())).status).toBe(202);
  });

  it('503 while mfa is away, with nothing written; a first number takes no place, and mfa is not asked', async () => {
    const account = await givenProven(byPasskey);
    mfa.isAway = true;
    const refused = await changePhone(auth, account.accessToken, freshPhone());
    expect([refused.status, refused.body.code]).toEqual([503, 'service.unavailable']);
    expect(await refusalsOf(account.id)).toEqual([]);
    const first = await accountWithPhone(auth);
    expect(await phoneOf(first.accessToken)).toBe(first.phone);
    expect(mfa.asked).toEqual([]);
  });

  it('401 for a token that mfa does not take', async () => {
    const { accessToken } = await givenProven(byTotp);
    mfa.refusal = 'auth.token.invalid';
    const refused = await changePhone(auth, accessToken, freshPhone());
    expect([refused.status, refused.body.code]).toEqual([401, 'auth.token.invalid']);
  });
});

describe('POST /v1/auth/phone/verify', () => {
  it('SR-31 403 once a passkey has come between; the code stays good for who steps up with it', async () => {
    mfa.hasPasskey = false;
    const account = await givenProven(byText);
    const phone = freshPhone();
    expect((await changePhone(auth, account.accessToken, phone)).status).toBe(202);
    const code = await smsCode(auth, phone);
    mfa.hasPasskey = true;
    const refused = await verifyPhone(auth, account.accessToken, code);
    expect([refused.status, refused.body]).toMatchObject([403, wantsPasskey]);
    expect(await phoneOf(account.accessToken)).toBe(account.phone);
    expect(await refusalsOf(account.id)).toEqual(['user.contact_change.failed unproven']);
    auth.neighbours.proof = byPasskey;
    const token = await steppedUp(auth, account.accessToken);
    expect((await verifyPhone(auth, token, code)).status).toBe(200);
    expect(await phoneOf(token)).toBe(phone);
  });

  it('SR-25, SR-31 a wrong code is a wrong one, whatever it would have taken', async () => {
    mfa.hasPasskey = false;
    const account = await givenProven(byTotp);
    const phone = freshPhone();
    await changePhone(auth, account.accessToken, phone);
    const code = await smsCode(auth, phone);
    mfa.hasPasskey = true;
    const guessed = await verifyPhone(auth, account.accessToken, code === '000000' ? '000001' : '000000');
    expect([guessed.status, guessed.body.code]).toEqual([422, 'auth.verification.invalid']);
  });

  it('503 while mfa is away; more often than tries are counted, and the code stays good', async () => {
    const account = await givenProven(byPasskey);
    const phone = freshPhone();
    await changePhone(auth, account.accessToken, phone);
    const code = await smsCode(auth, phone);
    mfa.isAway = true;
    for (let tried = 0; tried < 6; tried += 1) {
      const refused = await verifyPhone(auth, account.accessToken, code);
      expect([refused.status, refused.body.code]).toEqual([503, 'service.unavailable']);
    }
    expect(await phoneOf(account.accessToken)).toBe(account.phone);
    mfa.isAway = false;
    expect((await verifyPhone(auth, account.accessToken, code)).status).toBe(200);
  });
});

it('an email address is not judged so: a mailed code approves nothing, and a link puts the one before back', async () => {
  const { accessToken } = await steppedUpAccount(auth);
  expect((await changeEmail(auth, accessToken, freshEmail())).status).toBe(202);
  expect(mfa.asked).toEqual([]);
});
