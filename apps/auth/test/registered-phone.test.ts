import { describe, expect, it } from 'vitest';
import { codeFor, freshEmail, password, register, registration, signIn, steppedUp } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { type Answer, get, post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { accountWithPhone, changePhone, smsCode, verifyPhone } from './support/phones.ts';

const auth = await startAuth({ env: { SMS_PER_PREFIX_PER_HOUR: '100000', SMS_PER_HOUR: '100000' } });

async function registered(phone: string): Promise<{ id: string; email: string; accessToken: string }> {
  const email = freshEmail();
  const { registrationId } = (await post(auth, '/v1/auth/register', registration(email, { phone }))).body;
  const code = await codeFor(auth, email);
  const { body } = await post(auth, '/v1/auth/register/verify', { registrationId, code });
  return { id: body.user.id, email, accessToken: body.accessToken };
}

const resend = (token: string): Promise<Answer> => post(auth, '/v1/auth/phone/resend', undefined, { token });
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

describe('a number given at registration', () => {
  it('gets a code once the mail is confirmed, and not before', async () => {
    const phone = freshPhone();
    const email = freshEmail();
    await post(auth, '/v1/auth/register', registration(email, { phone }));
    await codeFor(auth, email);
    expect(await auth.database.query('select 1 from auth.contact_changes')).toEqual([]);
    const { id, accessToken } = await registered(phone);
    const verified = await verifyPhone(auth, accessToken, await smsCode(auth, phone));
    expect([verified.status, verified.body]).toEqual([200, { phone, phoneVerified: true }]);
    expect((await post(auth, '/v1/auth/login', { identifier: phone, password })).status).toBe(200);
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'user.phone_changed.v1'`,
      [id],
    );
    expect(event).toMatchObject({ data: { version: '2' } });
  });

  it('names nobody until it is proven, while the account is of use', async () => {
    const phone = freshPhone();
    const { accessToken, email } = await registered(phone);
    const me = await get(auth, '/v1/auth/me', accessToken);
    expect(me.body).toMatchObject({ phone, phoneVerified: false, emailVerified: true });
    expect((await post(auth, '/v1/auth/login', { identifier: phone, password })).status).toBe(401);
    expect((await signIn(auth, { email })).status).toBe(200);
  });

  it('SR-15 gets a code also where somebody else has proven it, and that code is a wrong one', async () => {
    const owner = await accountWithPhone(auth);
    const before = await smsCode(auth, owner.phone);
    const { accessToken } = await registered(owner.phone);
    const code = await smsCode(auth, owner.phone, before);
    const refused = await verifyPhone(auth, accessToken, code);
    const guessed = await verifyPhone(auth, accessToken, wrong(code));
    expect([refused.status, refused.body.code]).toEqual([422, 'auth.verification.invalid']);
    expect({ ...refused.body, requestId: '' }).toEqual({ ...guessed.body, requestId: '' });
    const login = await post(auth, '/v1/auth/login', { identifier: owner.phone, password });
    expect(login.body.sessionId).toEqual(expect.any(String));
    expect((await get(auth, '/v1/auth/me', login.body.accessToken)).body.id).toBe(owner.id);
  });
});

describe('POST /v1/auth/phone/resend', () => {
  it('SR-24, SR-26 202 sends a new code, good in the session that asks; the older one is dead', async () => {
    const phone = freshPhone();
    const { email, accessToken: first } = await registered(phone);
    const older = await smsCode(auth, phone);
    const { body: second } = await signIn(auth, { email });
    const asked = await resend(second.accessToken);
    expect([asked.status, asked.body]).toEqual([202, { expiresIn: 600 }]);
    const newer = await smsCode(auth, phone, older);
    expect((await verifyPhone(auth, first, older)).status).toBe(422);
    expect((await verifyPhone(auth, first, newer)).status).toBe(422);
    expect((await verifyPhone(auth, second.accessToken, newer)).status).toBe(200);
  });

  it('202 for a change that the session has asked for; 409 in another session', async () => {
    const { phone: proven, ...account } = await accountWithPhone(auth);
    auth.clock.advance(86_400_000);
    const { body: mine } = await signIn(auth, account);
    const token = await steppedUp(auth, mine.accessToken);
    const phone = freshPhone();
    expect((await changePhone(auth, token, phone)).status).toBe(202);
    const older = await smsCode(auth, phone);
    const { body: other } = await signIn(auth, account);
    const refused = await resend(other.accessToken);
    expect([refused.status, refused.body.code]).toEqual([409, 'user.contact_change.none_pending']);
    expect((await resend(token)).status).toBe(202);
    expect((await verifyPhone(auth, token, await smsCode(auth, phone, older))).status).toBe(200);
    expect((await get(auth, '/v1/auth/me', token)).body.phone).not.toBe(proven);
  });

  it('409 where no number was given, and where it is proven; 401 without a token', async () => {
    const none = await register(auth);
    expect((await resend(none.accessToken)).body.code).toBe('user.contact_change.none_pending');
    const { email } = await accountWithPhone(auth);
    const { body } = await signIn(auth, { email });
    expect((await resend(body.accessToken)).status).toBe(409);
    expect((await post(auth, '/v1/auth/phone/resend')).status).toBe(401);
  });

  it('SR-18, SR-25 429 after five messages in an hour, and tries stay counted', async () => {
    const phone = freshPhone();
    const { accessToken } = await registered(phone);
    const code = await smsCode(auth, phone);
    for (let tries = 0; tries < 4; tries += 1) await verifyPhone(auth, accessToken, wrong(code));
    expect((await resend(accessToken)).status).toBe(202);
    const newer = await smsCode(auth, phone, code);
    await verifyPhone(auth, accessToken, wrong(newer));
    expect((await verifyPhone(auth, accessToken, newer)).status).toBe(422);
    const tired = await resend(accessToken);
    expect([tired.status, tired.body.code]).toEqual([429, 'request.rate_limited']);
    const { accessToken: other } = await registered(freshPhone());
    const statuses: number[] = [];
    for (let sent = 1; sent < 6; sent += 1) statuses.push((await resend(other)).status);
    expect(statuses).toEqual([202, 202, 202, 202, 429]);
  });

  it('SR-86 each one is told to the ledger', async () => {
    const { id, accessToken } = await registered(freshPhone());
    await resend(accessToken);
    const told = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and data->>'action' = 'user.contact_change.resent'`,
      [id],
    );
    expect(told).toMatchObject([{ data: { outcome: 'AUDIT_OUTCOME_SUCCESS' } }]);
  });
});
