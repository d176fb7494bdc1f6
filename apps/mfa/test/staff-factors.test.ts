import { request } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { describe, expect, test } from 'vitest';
import { givenEnrolled, givenFactor, givenSubject, mfaApp, pages, staffRolesOf } from './mfa-app.ts';
import { beginPasskey, givenPasskey, sendPasskey } from './passkeys.ts';

const app = mfaApp();
const confirmedAt = new Date('2026-11-01T00:00:00Z');
const path = '/v1/mfa/factors';

describe('SR-72: a member of staff', () => {
  const remove = (token: string, id: string) =>
    request(app.service, 'DELETE', `${path}/${id}`, { token, headers: { 'if-match': '"v1"' } });
  const staff = (userId: string) =>
    app.issuer.token({ userId, acr: 'aal2', roles: ['support'], audience: audiences.staff });
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
