import { request } from '@bank/composition/testing';
import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import type { FactorTypeName } from '#storage/factor.entity.ts';
import { shownCode } from './authenticator.ts';
import { givenEnrolled, givenFactor, givenSubject, mfaApp, pages, staffRolesOf } from './mfa-app.ts';
import { beginPasskey, givenPasskey, sendPasskey } from './passkeys.ts';

const app = mfaApp();
const confirmedAt = new Date('2026-11-01T00:00:00Z');
const path = '/v1/mfa/factors';

describe('SR-72: a member of staff', () => {
  const remove = (token: string, id: string) =>
    request(app.service, 'DELETE', `${path}/${id}`, { token, headers: { 'if-match': '"v1"' } });
  const staff = (userId: string) =>
    app.issuer.token({
      ...{ userId, acr: 'aal2', amr: ['swk', 'user', 'mfa'] },
      ...{ roles: ['support'], audience: audiences.staff },
    });
  const asCustomer = (userId: string, amr: readonly string[] = ['pwd', 'otp', 'mfa']) =>
    app.issuer.token({ userId, acr: 'aal2', amr, roles: ['customer', 'support'] });

  test('409: keeps the last factor that is good enough for staff, with one of text messages beside it as well', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    staffRolesOf.set(userId, ['support']);
    const sms = await givenFactor(app, userId, { type: 'sms', confirmedAt });
    expect(await remove(staff(userId), factorId)).toMatchObject({ status: 409, body: { code: 'factor.last_strong' } });
    expect((await remove(staff(userId), sms)).status).toBe(204);
  });

  test('409: by a session as a customer as well; 204 once there is another factor', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    staffRolesOf.set(userId, ['customer', 'support']);
    expect((await remove(asCustomer(userId), factorId)).status).toBe(409);
    await givenFactor(app, userId, { type: 'totp', confirmedAt });
    expect((await remove(staff(userId), factorId)).status).toBe(204);
  });

  test('403: who has a passkey changes nothing by a session as a customer that an authenticator app proved', async () => {
    const { userId, factorId } = await givenPasskey(app);
    await givenFactor(app, userId, { type: 'totp', confirmedAt });
    staffRolesOf.set(userId, ['customer', 'support']);
    const refused = { status: 403, body: { code: 'auth.step_up.required' } };
    const token = asCustomer(userId);
    expect(await beginPasskey(app, token)).toMatchObject(refused);
    expect(await request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} })).toMatchObject(refused);
    expect(await remove(token, factorId)).toMatchObject(refused);
    expect((await beginPasskey(app, asCustomer(userId, ['swk', 'user', 'mfa']))).status).toBe(201);
  });

  test('403: nor does such a session confirm what it began before there was a passkey', async () => {
    const userId = await givenSubject(app);
    const token = app.issuer.token({ userId, sessionId: uuidv7(), acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] });
    const { body } = await beginPasskey(app, token);
    await givenFactor(app, userId, { type: 'webauthn', confirmedAt });
    staffRolesOf.set(userId, ['customer', 'support']);
    const response = softwareAuthenticator().create(body.options, pages.customers);
    expect(await sendPasskey(app, token, body.factorId, response)).toMatchObject({ status: 403 });
  });
});

describe('SR-31, SR-72: who is a customer and staff enrols', () => {
  const forbidden = { status: 403, body: { code: 'access.forbidden' } };
  const lacking = { status: 403, body: { code: 'auth.step_up.required' } };

  /** By what they signed in on the pages of customers, and the console's answer to a mailed code or an app. */
  const sessions = {
    password: { acr: 'aal1', amr: ['pwd', 'device'] },
    text: { acr: 'aal2', amr: ['pwd', 'sms', 'mfa'] },
    'recovery code': { acr: 'aal2', amr: ['pwd', 'recovery', 'mfa'] },
    app: { acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] },
    mail: { acr: 'aal1', amr: ['pwd', 'otp'] },
  } as const;
  type By = keyof typeof sessions;

  async function givenStaff(...types: FactorTypeName[]): Promise<UserId> {
    const userId = await givenSubject(app);
    for (const type of types) await givenFactor(app, userId, { type, confirmedAt });
    staffRolesOf.set(userId, ['customer', 'support']);
    return userId;
  }

  const asCustomer = (userId: string, by: By) => app.issuer.token({ userId, ...sessions[by], sessionId: uuidv7() });
  const enrolling = (userId: string, by: By) =>
    app.issuer.token({ userId, ...sessions[by], roles: [], audience: audiences.enrolment, sessionId: uuidv7() });
  const beginApp = (token: string) => request(app.service, 'POST', '/v1/mfa/totp', { token, body: {} });

  test('with an app and text messages: by the app, on either page, and by nothing less', async () => {
    const userId = await givenStaff('totp', 'sms');
    for (const by of ['text', 'recovery code', 'password'] as const) {
      const token = asCustomer(userId, by);
      expect(await beginPasskey(app, token)).toMatchObject(lacking);
      expect(await beginApp(token)).toMatchObject(lacking);
    }
    expect(await beginPasskey(app, enrolling(userId, 'mail'))).toMatchObject(lacking);
    expect((await beginPasskey(app, asCustomer(userId, 'app'))).status).toBe(201);
    expect((await beginPasskey(app, enrolling(userId, 'app'))).status).toBe(201);
  });

  test.each([
    ['text messages alone', ['sms']],
    ['text messages and emailed codes', ['sms', 'email']],
    ['nothing', []],
  ] as const)('with %s: at the console by a mailed code, and not as a customer', async (_, types) => {
    const userId = await givenStaff(...types);
    for (const by of types.length === 0 ? (['password', 'mail'] as const) : (['text', 'recovery code'] as const)) {
      const token = asCustomer(userId, by);
      expect(await beginPasskey(app, token)).toMatchObject(forbidden);
      expect(await beginApp(token)).toMatchObject(forbidden);
    }
    const token = enrolling(userId, 'mail');
    const { status, body } = await beginPasskey(app, token);
    expect(status).toBe(201);
    const made = softwareAuthenticator().create(body.options, pages.staff);
    expect((await sendPasskey(app, token, body.factorId, made)).status).toBe(201);
  });

  test('403: nor is confirmed as a customer what was begun before they were staff', async () => {
    const userId = await givenSubject(app);
    const token = asCustomer(userId, 'password');
    const { body } = await beginPasskey(app, token);
    const { factorId, secret } = (await beginApp(token)).body as { factorId: string; secret: string };
    staffRolesOf.set(userId, ['customer', 'support']);
    const made = softwareAuthenticator().create(body.options, pages.customers);
    expect(await sendPasskey(app, token, body.factorId, made)).toMatchObject(forbidden);
    const confirmation = { token, body: { code: shownCode(secret) } };
    expect(await request(app.service, 'POST', `/v1/mfa/totp/${factorId}/confirm`, confirmation)).toMatchObject(
      forbidden,
    );
  });

  test('403: an app is not removed by a session that a text message proved', async () => {
    const userId = await givenStaff('totp', 'sms');
    const other = await givenFactor(app, userId, { type: 'totp', confirmedAt });
    const remove = (by: By) =>
      request(app.service, 'DELETE', `${path}/${other}`, {
        token: asCustomer(userId, by),
        headers: { 'if-match': '"v1"' },
      });
    expect(await remove('text')).toMatchObject(lacking);
    expect((await remove('app')).status).toBe(204);
  });
});
