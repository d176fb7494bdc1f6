import { uuidv7 } from '@bank/domain';
import { SessionEndReason } from '@bank/proto/auth';
import { ContactField, UserStatus } from '@bank/proto/user';
import { describe, expect, it } from 'vitest';
import { codeFor, messagesTo, refresh, register, registration, signIn } from './support/accounts.ts';
import { auditsOf, colleague, staffClients, untilRefused } from './support/colleagues.ts';
import { post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();
const { users, sessions } = await staffClients(auth);
const noteId = uuidv7();
const nothing = { unmask: [], noteId: '' };

describe('ViewUser', () => {
  it('SR-86 shows hints, and tells the ledger who looked', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const shown = await users.viewUser({ userId: account.id, ...nothing }, support.asked);
    expect(shown.user).toMatchObject({ userId: account.id, status: UserStatus.ACTIVE, roles: ['customer'] });
    expect(shown.email).toBe(`${account.email[0]}***@mail.example`);
    expect(shown.phone).toBe('');
    expect(await auditsOf(auth, account.id, 'user.read')).toMatchObject([
      { actor: { id: support.id }, details: { masked: 'email phone' } },
    ]);
    expect(await auditsOf(auth, account.id, 'user.contact_read')).toEqual([]);
  });

  it('shows in full what is asked for, to who may, with the note that says why', async () => {
    const [account, compliance] = [await register(auth), await colleague(auth, 'compliance')];
    const request = { userId: account.id, unmask: [ContactField.EMAIL, ContactField.EMAIL], noteId };
    expect(await users.viewUser(request, compliance.asked)).toMatchObject({ email: account.email, phone: '' });
    expect(await auditsOf(auth, account.id, 'user.contact_read')).toMatchObject([
      { actor: { id: compliance.id }, details: { fields: 'email', noteId } },
    ]);
  });

  it('shows no more of a phone number than its end', async () => {
    const email = `phone.${uuidv7()}@mail.example`;
    const account = await registerWithPhone(email, '+4915123456789');
    const compliance = await colleague(auth, 'compliance');
    const view = (unmask: ContactField[]) => users.viewUser({ userId: account.id, unmask, noteId }, compliance.asked);
    expect((await view([])).phone).toBe('+***89');
    expect(await view([ContactField.PHONE])).toMatchObject({ phone: '+4915123456789', email: 'p***@mail.example' });
  });

  it('SR-65 unmasks nothing for who may only read', async () => {
    const [account, people] = [
      await register(auth),
      [await colleague(auth, 'support'), await colleague(auth, 'admin')],
    ];
    for (const { asked } of people) {
      const request = { userId: account.id, unmask: [ContactField.EMAIL], noteId };
      await expect(users.viewUser(request, asked)).rejects.toMatchObject({ code: 'access.forbidden' });
    }
    expect(await auditsOf(auth, account.id, 'user.contact_read')).toEqual([]);
  });

  it('SR-72 unmasks nobody who stands as high, and nobody to themselves', async () => {
    const [compliance, other] = [await colleague(auth, 'compliance'), await colleague(auth, 'compliance')];
    const admin = await colleague(auth, 'admin');
    for (const { id } of [compliance, other, admin]) {
      const request = { userId: id, unmask: [ContactField.EMAIL], noteId };
      await expect(users.viewUser(request, compliance.asked)).rejects.toMatchObject({ code: 'access.forbidden' });
      expect(await auditsOf(auth, id, 'user.contact_read')).toEqual([]);
      expect(await users.viewUser({ userId: id, ...nothing }, compliance.asked)).toMatchObject({ phone: '' });
    }
  });

  it.each([
    ['no note', { unmask: [ContactField.EMAIL], noteId: '' }, 'request.invalid'],
    ['a note that is none', { unmask: [ContactField.EMAIL], noteId: 'because' }, 'request.invalid'],
    ['a field nobody knows', { unmask: [7 as ContactField], noteId }, 'request.invalid'],
    ['a user who is none', { userId: 'x', ...nothing }, 'request.invalid'],
    ['nobody', { userId: uuidv7(), ...nothing }, 'user.not_found'],
  ])('refuses %s', async (_, changes, code) => {
    const compliance = await colleague(auth, 'compliance');
    const { id } = await register(auth);
    await expect(users.viewUser({ userId: id, ...changes }, compliance.asked)).rejects.toMatchObject({ code });
  });

  it('knows nothing of who is erased', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await auth.database.query(`update auth.users set status = 'erased', contact = null where id = $1`, [account.id]);
    await expect(users.viewUser({ userId: account.id, ...nothing }, support.asked)).rejects.toMatchObject({
      code: 'user.not_found',
    });
  });
});

/** A user who gave a number at registration. */
async function registerWithPhone(email: string, phone: string) {
  const started = await post(auth, '/v1/auth/register', registration(email, { phone }));
  const proof = { registrationId: started.body.registrationId, code: await codeFor(auth, email) };
  return (await post(auth, '/v1/auth/register/verify', proof)).body.user as { id: string };
}

describe('ListSessions', () => {
  it('SR-48 shows live sessions newest first, page by page, and nothing of their tokens', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const ids = [account.sessionId];
    for (let more = 0; more < 2; more += 1) ids.unshift((await signIn(auth, account)).body.sessionId);
    const first = await sessions.listSessions({ userId: account.id, limit: 2, cursor: '' }, support.asked);
    const rest = await sessions.listSessions({ userId: account.id, cursor: first.nextCursor }, support.asked);
    expect([...first.sessions, ...rest.sessions].map(({ sessionId }) => sessionId)).toEqual(ids);
    expect([first.sessions.length, rest.nextCursor]).toEqual([2, '']);
    expect(rest.sessions[0]).toMatchObject({
      clientId: 'web',
      deviceId: account.device.id,
      acr: 'aal1',
      amr: ['pwd', 'otp'],
    });
    expect(await auditsOf(auth, account.id, 'user.read')).toMatchObject([
      { actor: { id: support.id }, details: { fields: 'sessions' } },
      { actor: { id: support.id } },
    ]);
  });

  it.each([
    ['a page that is too long', { limit: 101 }, 'request.invalid'],
    ['a page of less than nothing', { limit: -1 }, 'request.invalid'],
    ['a cursor that is none', { cursor: 'x' }, 'request.invalid'],
    ['nobody', { userId: uuidv7() }, 'user.not_found'],
  ])('refuses %s', async (_, changes, code) => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await expect(sessions.listSessions({ userId: account.id, ...changes }, support.asked)).rejects.toMatchObject({
      code,
    });
  });

  it('takes no cursor of another user', async () => {
    const [account, other, support] = [await register(auth), await register(auth), await colleague(auth, 'support')];
    await signIn(auth, account);
    const { nextCursor } = await sessions.listSessions({ userId: account.id, limit: 1 }, support.asked);
    await expect(sessions.listSessions({ userId: other.id, cursor: nextCursor }, support.asked)).rejects.toMatchObject({
      code: 'request.invalid',
    });
  });
});

describe('RevokeSessions by staff', () => {
  const all = { case: 'allSessions' as const, value: { exceptSessionId: '' } };
  const byStaff = { scope: all, reason: SessionEndReason.ENDED_BY_STAFF, noteId };

  it('SR-48 ends them everywhere, says why, and tells the user', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await signIn(auth, account);
    const request = { userId: account.id, ...byStaff };
    expect(await sessions.revokeSessions(request, support.asked)).toMatchObject({ revokedCount: 2 });
    expect(await untilRefused(auth, account.accessToken)).toBeLessThan(1000);
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    expect(await sessions.revokeSessions(request, support.asked)).toMatchObject({ revokedCount: 0 });
    expect(await auditsOf(auth, account.id, 'auth.sessions.revoked')).toMatchObject([
      { actor: { id: support.id }, reason: 'ended_by_staff', details: { noteId, count: 2 } },
      { details: { count: 0 } },
    ]);
    const told = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'session-revoked');
    expect(told).toHaveLength(1);
  });

  it('SR-45 counts and tells of those alone that had not lapsed before', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const lapse = 'update auth.sessions set idle_expires_at = $2 where user_id = $1';
    await auth.database.query(lapse, [account.id, auth.clock.now()]);
    const request = { userId: account.id, ...byStaff };
    expect(await sessions.revokeSessions(request, support.asked)).toMatchObject({ revokedCount: 0 });
    const told = (await messagesTo(auth, account.id)).filter(({ template }) => template === 'session-revoked');
    expect(told).toEqual([]);
    expect(await untilRefused(auth, account.accessToken)).toBeLessThan(1000);
  });

  it('SR-31, SR-35 after a reset of factors ends everything, and each device has to prove anew whose it is', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const known = 'select 1 from auth.devices where user_id = $1 and known_at is not null';
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.factors = [];
    expect(await auth.database.query(known, [account.id])).toHaveLength(1);
    const request = { userId: account.id, ...byStaff, reason: SessionEndReason.FACTOR_CHANGED };
    expect(await sessions.revokeSessions(request, support.asked)).toMatchObject({ revokedCount: 1 });
    expect(await auth.database.query(known, [account.id])).toHaveLength(0);
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).body.code).toBe('auth.login.invalid');
    const again = await signIn(auth, account, { device: { secret: account.device.secret } });
    expect(claimsOf(again.body.accessToken)).toMatchObject({ acr: 'aal1', amr: ['pwd'] });
    expect(await auditsOf(auth, account.id, 'auth.sessions.revoked')).toMatchObject([
      { actor: { id: support.id }, reason: 'factor_changed', details: { noteId, count: 1 } },
    ]);
  });

  it('SR-72 not of who stands above or beside', async () => {
    const support = await colleague(auth, 'support');
    for (const other of [await colleague(auth, 'support'), await colleague(auth, 'admin')]) {
      await expect(sessions.revokeSessions({ userId: other.id, ...byStaff }, support.asked)).rejects.toMatchObject({
        code: 'access.forbidden',
      });
    }
  });

  it('wants a note from staff, and the truth about who ends it from everybody', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const refused = (request: object, asked: Parameters<typeof sessions.revokeSessions>[1]) =>
      expect(sessions.revokeSessions({ userId: account.id, ...byStaff, ...request }, asked)).rejects.toMatchObject({
        code: 'request.invalid',
      });
    await refused({ noteId: '' }, support.asked);
    await refused({ reason: SessionEndReason.LOGOUT }, support.asked);
    await refused({ userId: support.id }, support.asked);
    await refused({ userId: support.id, reason: SessionEndReason.FACTOR_CHANGED, noteId: '' }, support.asked);
    const one = { case: 'sessionId' as const, value: account.sessionId };
    await refused({ reason: SessionEndReason.FACTOR_CHANGED, scope: one }, support.asked);
  });
});
