import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { freshEmail } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { changeCode, templatesTo } from './support/emails.ts';
import { post } from './support/http.ts';
import { freshPhone } from './support/messages.ts';
import { smsCode, steppedUpAccount } from './support/phones.ts';

const auth = await startAuth();

beforeEach(() => {
  auth.neighbours.factors = [];
  auth.neighbours.proof = { kind: 'accepted', by: 'totp' };
});

/** Sends a request as a client does that never saw the answer: again, with the same key. */
async function twice(path: string, token: string, body?: object) {
  const options = { token, headers: { 'idempotency-key': randomUUID() } };
  const first = await post(auth, path, body, options);
  const again = await post(auth, path, body, options);
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect([again.status, again.body]).toEqual([first.status, first.body]);
  return first;
}

describe('whoever lost the answer gets it again', () => {
  it('of a change of the email address: one code, which proves it twice', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const email = freshEmail();
    expect(await twice('/v1/auth/email/change', accessToken, { email })).toMatchObject({ status: 202 });
    expect(await templatesTo(auth, email)).toEqual(['email-code']);
    const code = await changeCode(auth, email);
    expect(await twice('/v1/auth/email/verify', accessToken, { code })).toMatchObject({ status: 200, body: { email } });
  });

  it('of a change of the phone number, and of a code that is asked for again', async () => {
    const { accessToken } = await steppedUpAccount(auth);
    const phone = freshPhone();
    expect(await twice('/v1/auth/phone/change', accessToken, { phone })).toMatchObject({ status: 202 });
    const older = await smsCode(auth, phone);
    expect(await twice('/v1/auth/phone/resend', accessToken)).toMatchObject({ status: 202 });
    const code = await smsCode(auth, phone, older);
    expect(await twice('/v1/auth/phone/verify', accessToken, { code })).toMatchObject({ status: 200, body: { phone } });
  });
});
