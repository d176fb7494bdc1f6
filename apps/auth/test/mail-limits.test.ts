import { describe, expect, it } from 'vitest';
import { codeFor, freshEmail, messagesTo, registration } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { post } from './support/http.ts';

const auth = await startAuth({ env: { REGISTRATION_MAILS_PER_HOUR: '2' } });

describe('SR-18 mails of registrations', () => {
  it('go to one address only so often, resends included, and nobody is told', async () => {
    const email = freshEmail();
    const answers = [];
    for (let asked = 0; asked < 3; asked += 1) answers.push(await post(auth, '/v1/auth/register', registration(email)));
    const { registrationId } = answers[0]?.body ?? {};
    answers.push(await post(auth, '/v1/auth/register/resend', { registrationId }));
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202]);
    expect(await messagesTo(auth, email)).toHaveLength(2);
  });

  it('leave the last code that was sent as it is, when another would not be', async () => {
    const email = freshEmail();
    const { registrationId } = (await post(auth, '/v1/auth/register', registration(email))).body;
    for (let asked = 0; asked < 3; asked += 1) await post(auth, '/v1/auth/register/resend', { registrationId });
    const code = await codeFor(auth, email);
    expect((await post(auth, '/v1/auth/register/verify', { registrationId, code })).status).toBe(201);
  });
});
