import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { shownCode } from './authenticator.ts';
import { givenSubject, mfaApp } from './mfa-app.ts';

const app = mfaApp();

/** The token of a session whose user authenticated so long ago. */
const tokenOf = (session: { userId: string; sessionId: string }, ageSeconds: number) =>
  app.issuer.token({ ...session, authTime: Math.floor(Date.now() / 1000) - ageSeconds });

describe('SR-62: what confirms a factor is a sign-in that could have begun it', () => {
  test.each([
    ['/v1/mfa/totp/{id}/confirm', { code: '123456' }, 404],
    ['/v1/mfa/sms/{id}/confirm', { code: '123456' }, 404],
    ['/v1/mfa/email/{id}/confirm', { code: '123456' }, 404],
    ['/v1/mfa/webauthn', {}, 422],
  ])('%s is 403 with one older than fifteen minutes', async (path, body, otherwise) => {
    const session = { userId: await givenSubject(app), sessionId: uuidv7() };
    const ask = (ageSeconds: number) =>
      request(app.service, 'POST', path.replace('{id}', uuidv7()), { token: tokenOf(session, ageSeconds), body });
    expect(await ask(905)).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up.required', acr: 'aal1', maxAgeSeconds: 900 },
    });
    expect((await ask(880)).status).toBe(otherwise);
  });

  test('a factor that was begun in time is confirmed until it is over', async () => {
    const session = { userId: await givenSubject(app), sessionId: uuidv7() };
    const begun = await request(app.service, 'POST', '/v1/mfa/totp', { token: tokenOf(session, 290), body: {} });
    const { factorId, secret } = begun.body as { factorId: string; secret: string };
    const confirm = (ageSeconds: number) => {
      const body = { code: shownCode(secret) };
      const token = tokenOf(session, ageSeconds);
      return request(app.service, 'POST', `/v1/mfa/totp/${factorId}/confirm`, { token, body });
    };
    expect((await confirm(905)).status).toBe(403);
    expect((await confirm(880)).status).toBe(200);
  });
});
