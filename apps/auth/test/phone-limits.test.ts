import { describe, expect, it } from 'vitest';
import { codeFor, freshEmail, registration, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { accountWithPhone, changePhone, smsCode, steppedUpAccount } from './support/phones.ts';

const auth = await startAuth({ env: { SMS_PER_USER_PER_DAY: '2' } });

describe('POST /v1/auth/phone/resend', () => {
  it('SR-18 counts the code that a registration brought among those of the user', async () => {
    const [email, phone] = [freshEmail(), freshPhone()];
    const { registrationId } = (await post(auth, '/v1/auth/register', registration(email, { phone }))).body;
    const code = await codeFor(auth, email);
    const { body } = await post(auth, '/v1/auth/register/verify', { registrationId, code });
    const resend = () => post(auth, '/v1/auth/phone/resend', undefined, { token: body.accessToken });
    expect([(await resend()).status, (await resend()).status]).toEqual([202, 429]);
  });

  it('SR-18 uses up none of the day where it sends none, as by a session of whoever has the password alone', async () => {
    const account = await steppedUpAccount(auth);
    const { body } = await signIn(auth, account);
    for (let tries = 0; tries < 4; tries += 1) {
      const refused = await post(auth, '/v1/auth/phone/resend', undefined, { token: body.accessToken });
      expect([refused.status, refused.body.code]).toEqual([409, 'user.contact_change.none_pending']);
    }
    const change = async () => (await changePhone(auth, account.accessToken, freshPhone())).status;
    expect([await change(), await change(), await change()]).toEqual([202, 202, 429]);
  });
});

describe('POST /v1/auth/phone/change', () => {
  it('SR-18 uses up none of the day where it is refused for another reason', async () => {
    const account = await accountWithPhone(auth);
    for (let tries = 0; tries < 4; tries += 1) {
      const refused = await changePhone(auth, account.accessToken, freshPhone());
      expect([refused.status, refused.body.code]).toEqual([429, 'user.contact_change.too_soon']);
    }
  });

  it('SR-18 sends one user so many codes a day, to whatever numbers', async () => {
    const { id, accessToken } = await steppedUpAccount(auth);
    for (const phone of [freshPhone(), freshPhone()]) {
      expect((await changePhone(auth, accessToken, phone)).status).toBe(202);
      expect(await smsCode(auth, phone)).toMatch(/^\d{6}$/);
    }
    const refused = await changePhone(auth, accessToken, freshPhone());
    expect([refused.status, refused.body.code]).toEqual([429, 'request.rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(3600);
    const told = await auth.database.query<{ outcome: string }>(
      `select data ->> 'outcome' as outcome from auth.outbox
        where subject = $1 and data ->> 'action' = 'user.contact_change.requested' order by id`,
      [id],
    );
    expect(told.map(({ outcome }) => outcome)).toEqual(
      ['SUCCESS', 'SUCCESS', 'DENIED'].map((name) => `AUDIT_OUTCOME_${name}`),
    );
    const other = await steppedUpAccount(auth);
    expect((await changePhone(auth, other.accessToken, freshPhone())).status).toBe(202);
  });
});
