import { request, type TokenOptions } from '@bank/composition/testing';
import { audiences, uuidv7 } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { softwareAuthenticator } from '@bank/testing/webauthn';
import { expect, test } from 'vitest';
import { auth, device, givenEnrolled, givenFactor, givenSubject, mfaApp, pages, staffRolesOf } from './mfa-app.ts';
import { beginPasskey, givenPasskey, sendPasskey } from './passkeys.ts';

const app = mfaApp();
const confirmedAt = new Date('2026-11-01T00:00:00Z');

let client: ReturnType<typeof app.client<typeof MfaService>> | undefined;

/** The one client of device. */
function askingDevice() {
  client ??= app.client(MfaService, device);
  return client;
}

/** What device is told for somebody with that session, and what the enrolment of a passkey in it is answered. */
async function judged(options: TokenOptions): Promise<{ rpc: object; enrolment: number }> {
  const token = app.issuer.token({ sessionId: uuidv7(), ...options });
  const api = await askingDevice();
  const rpc = api.checkFactorChange({}, { headers: { 'bank-user-token': token } }).then(
    () => ({ code: 'allowed' }),
    ({ code, details }) => ({ code, ...details }),
  );
  return { rpc: await rpc, enrolment: (await beginPasskey(app, token)).status };
}

const allowed = { rpc: { code: 'allowed' }, enrolment: 201 };
const refused = (acr: 'aal1' | 'aal2' | 'aal3', more: object = {}) => ({
  rpc: { code: 'auth.step_up.required', acr, maxAgeSeconds: 300, ...more },
  enrolment: 403,
});
const phishingResistant = true;

/** What sessions of customers that a factor raised were proved by. */
const by = {
  app: ['pwd', 'otp', 'mfa'],
  'text message': ['pwd', 'sms', 'mfa'],
  'recovery code': ['pwd', 'recovery', 'mfa'],
  passkey: ['swk', 'user', 'mfa'],
  'attested passkey': ['pwd', 'hwk', 'user', 'mfa'],
} as const;

test('SR-31: with an attested passkey at aal3, and not by one that may be copied', async () => {
  const { userId, factorId } = await givenPasskey(app);
  await givenFactor(app, userId, { type: 'totp', confirmedAt });
  expect(await judged({ userId, acr: 'aal2', amr: by.passkey })).toEqual(allowed);
  await app.database.query(
    'update mfa.webauthn_credentials set is_attested = true, is_backup_eligible = false where factor_id = $1',
    [factorId],
  );
  expect(await judged({ userId, acr: 'aal2', amr: by.passkey })).toEqual(refused('aal3', { phishingResistant }));
  expect(await judged({ userId, acr: 'aal3', amr: by['attested passkey'] })).toEqual(allowed);
});

test.each(['app', 'text message', 'recovery code'] as const)(
  'SR-31: with a passkey nothing is added, renewed or removed, and no device told yes, by what can be phished: %s',
  async (name) => {
    const { userId, factorId, etag } = await givenPasskey(app);
    const other = await givenFactor(app, userId, { type: 'totp', confirmedAt });
    const session = { userId, acr: 'aal2', amr: by[name] } as const;
    const token = app.issuer.token(session);
    const ask = (method: string, path: string) =>
      request(app.service, method, `/v1/mfa/${path}`, { token, headers: { 'if-match': etag } });
    expect(await judged(session)).toEqual(refused('aal2', { phishingResistant }));
    for (const asked of [
      ask('DELETE', `factors/${factorId}`),
      ask('DELETE', `factors/${other}`),
      ask('POST', 'recovery-codes'),
    ]) {
      expect(await asked).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', phishingResistant } });
    }
    expect(await judged({ ...session, amr: by.passkey })).toEqual(allowed);
  },
);

test('SR-31: what an authenticator app began is not confirmed once there is a passkey', async () => {
  const { userId } = await givenEnrolled(app);
  const session = { userId, sessionId: uuidv7(), acr: 'aal2' } as const;
  const byApp = app.issuer.token({ ...session, amr: by.app });
  const { body } = await beginPasskey(app, byApp);
  const response = softwareAuthenticator().create(body.options, pages.customers);
  await givenFactor(app, userId, { type: 'webauthn', confirmedAt });
  expect((await sendPasskey(app, byApp, body.factorId, response)).status).toBe(403);
  const stepped = app.issuer.token({ ...session, amr: by.passkey });
  expect((await sendPasskey(app, stepped, body.factorId, response)).status).toBe(201);
});

test('SR-31: with an authenticator app at aal2, without a factor at aal1', async () => {
  const { userId } = await givenEnrolled(app);
  expect(await judged({ userId, acr: 'aal1' })).toEqual(refused('aal2'));
  expect(await judged({ userId, acr: 'aal2' })).toEqual(allowed);
  expect(await judged({ userId: await givenSubject(app), acr: 'aal1' })).toEqual(allowed);
});

test('SR-31, SR-72: a member of staff by the best of their factors, as a customer as well', async () => {
  const { userId } = await givenEnrolled(app);
  await givenFactor(app, userId, { type: 'sms', confirmedAt });
  staffRolesOf.set(userId, ['customer', 'support']);
  expect(await judged({ userId, acr: 'aal2', amr: ['pwd', 'sms', 'mfa'] })).toEqual(refused('aal2'));
  expect(await judged({ userId, acr: 'aal2', amr: ['pwd', 'otp', 'mfa'] })).toEqual(allowed);
});

test('SR-31, SR-35: not in a session from before all factors were removed', async () => {
  const userId = await givenSubject(app);
  const [now, resetAt] = [Math.floor(Date.now() / 1000), new Date(Date.now() - 60_000)];
  await app.database.query('update mfa.subjects set factors_reset_at = $2 where user_id = $1', [userId, resetAt]);
  expect(await judged({ userId, acr: 'aal2', authTime: now - 120 })).toEqual(refused('aal1'));
  expect(await judged({ userId, acr: 'aal2', authTime: now })).toEqual(allowed);
});

test('whom mfa has not heard of yet has no factors', async () => {
  expect((await judged({ userId: uuidv7(), acr: 'aal1' })).rpc).toEqual({ code: 'allowed' });
});

test('SR-67, SR-68: for device a customer alone, by their own token', async () => {
  const api = await askingDevice();
  await expect(api.checkFactorChange({})).rejects.toMatchObject({ code: 'auth.token.missing' });
  const token = app.issuer.token({ roles: ['support'], acr: 'aal2', audience: audiences.staff });
  const asStaff = api.checkFactorChange({}, { headers: { 'bank-user-token': token } });
  await expect(asStaff).rejects.toMatchObject({ code: 'auth.token.invalid' });
});

test('SR-31, SR-68: for auth a member of staff in a session of theirs as well', async () => {
  const { userId } = await givenPasskey(app);
  staffRolesOf.set(userId, ['support']);
  const asking = await app.client(MfaService, auth);
  const ask = (amr: readonly string[]) => {
    const token = app.issuer.token({
      userId,
      roles: ['support'],
      acr: 'aal2',
      amr: [...amr],
      audience: audiences.staff,
    });
    return asking.checkFactorChange({}, { headers: { 'bank-user-token': token } });
  };
  await expect(ask(by.app)).rejects.toMatchObject({ code: 'auth.step_up.required', details: { phishingResistant } });
  await ask(by.passkey);
});
