import { AuthService, SessionEndReason } from '@bank/proto/auth';
import { UserSchema, UserService, UserStatus } from '@bank/proto/user';
import { toJson } from '@bufbuild/protobuf';
import { timestampDate } from '@bufbuild/protobuf/wkt';
import { Code } from '@connectrpc/connect';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { freshEmail, register, signIn } from './support/accounts.ts';
import { startAuth } from './support/auth.ts';
import { get, post } from './support/http.ts';
import { accountWithPhone } from './support/phones.ts';
import { callerTable, clientAs, onBehalfOf } from './support/rpc.ts';
import { staffToken } from './support/staff.ts';

const users = (...methods: string[]) => methods.map((method) => `bank.user.v1.UserService/${method}`);
const introspect = 'bank.auth.v1.AuthService/IntrospectToken';
const tokens = (...methods: string[]) => methods.map((method) => `bank.auth.v1.AuthService/${method}`);

const auth = await startAuth({
  callers: callerTable({
    profile: {
      methods: [...users('GetUser', 'BatchGetUsers'), ...tokens('IntrospectToken', 'ListRevocations')],
      fields: {
        [introspect]: ['sessionId', 'deviceId', 'acr', 'roles'],
        'bank.user.v1.UserService/GetUser': ['roles', 'emailVerified', 'phoneVerified', 'createdAt'],
        'bank.user.v1.UserService/BatchGetUsers': ['roles'],
      },
    },
    mfa: { methods: [...tokens('IntrospectToken'), ...users('GetUser', 'BatchGetUsers', 'DescribeContact')] },
    notification: { methods: users('GetContact') },
    admin: {
      methods: [...users('LookupUser'), ...tokens('RevokeSessions')],
      audiences: ['user-service', 'user-service-staff'],
    },
  }),
});
const profile = await clientAs(auth, 'profile', UserService);
const mfaUsers = await clientAs(auth, 'mfa', UserService);
const feed = await clientAs(auth, 'profile', AuthService);
const notification = await clientAs(auth, 'notification', UserService);
const staffUsers = await clientAs(auth, 'admin', UserService);
const staffSessions = await clientAs(auth, 'admin', AuthService);
const nobody = '01980000-0000-7000-8000-000000000001';

describe('GetUser and BatchGetUsers', () => {
  it('tell who exists, without addresses', async () => {
    const account = await register(auth);
    const { user } = await profile.getUser({ userId: account.id });
    expect(user).toMatchObject({
      userId: account.id,
      status: UserStatus.ACTIVE,
      roles: ['customer'],
      emailVerified: true,
      phoneVerified: false,
      createdAt: { nanos: expect.any(Number) },
      version: 1n,
    });
    const many = await profile.batchGetUsers({ userIds: [account.id, nobody, account.id] });
    expect(many.users.map(({ userId }) => userId)).toEqual([account.id]);
  });

  it('show of a user id, status, version and what is listed for the caller and the method', async () => {
    const { id } = await register(auth);
    const user = { userId: id, status: 'USER_STATUS_ACTIVE', version: '1' };
    const shownTo = async (service: typeof profile) => {
      const { users: found } = await service.batchGetUsers({ userIds: [id] });
      return found.map((one) => toJson(UserSchema, one));
    };
    expect(await shownTo(profile)).toEqual([{ ...user, roles: ['customer'] }]);
    expect(await shownTo(mfaUsers)).toEqual([user]);
    const { user: alone } = await mfaUsers.getUser({ userId: id });
    expect(alone && toJson(UserSchema, alone)).toEqual(user);
  });

  it.each([
    [nobody, 'user.not_found'],
    ['x', 'request.invalid'],
  ])('refuse %s', async (userId, code) => {
    await expect(profile.getUser({ userId })).rejects.toMatchObject({ code });
  });

  it('refuse more than a hundred', async () => {
    const userIds = Array<string>(101).fill(nobody);
    await expect(profile.batchGetUsers({ userIds })).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('SR-68 refuse a caller that is not listed for the method', async () => {
    await expect(notification.getUser({ userId: nobody })).rejects.toMatchObject({
      cause: { code: Code.PermissionDenied },
    });
    const stranger = await clientAs(auth, 'stranger', UserService);
    await expect(stranger.getUser({ userId: nobody })).rejects.toMatchObject({
      cause: { code: Code.PermissionDenied },
    });
  });
});

describe('GetContact', () => {
  it('gives proven addresses, and the ledger hears of it', async () => {
    const account = await register(auth);
    const contact = await notification.getContact({ userId: account.id });
    expect(contact).toMatchObject({ userId: account.id, email: account.email, phone: '' });
    const read = await auth.database.query(
      `select 1 from auth.outbox where destination = 'audit' and subject = $1 and data ->> 'action' = 'user.contact_read'`,
      [account.id],
    );
    expect(read).toHaveLength(1);
  });

  it('finds nobody', async () => {
    await expect(notification.getContact({ userId: nobody })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});

describe('DescribeContact', () => {
  it('gives hints to proven addresses alone, and from when on a new number gets codes', async () => {
    const account = await register(auth);
    const email = account.email.replace(/^(.)[^@]*/, '$1***');
    expect(await mfaUsers.describeContact({ userId: account.id })).toMatchObject({ emailHint: email, phoneHint: '' });
    const reachable = await accountWithPhone(auth);
    const hint = `+***${reachable.phone.slice(-2)}`;
    expect(await mfaUsers.describeContact({ userId: reachable.id })).toMatchObject({ phoneHint: hint });
    await auth.database.query(`update auth.users set phone_codes_from = now() + interval '1 day' where id = $1`, [
      reachable.id,
    ]);
    const { phoneCodesFrom } = await mfaUsers.describeContact({ userId: reachable.id });
    expect(Number(phoneCodesFrom?.seconds)).toBeGreaterThan(Date.now() / 1000 + 80_000);
  });

  it('finds nobody', async () => {
    await expect(mfaUsers.describeContact({ userId: nobody })).rejects.toMatchObject({ code: 'user.not_found' });
  });
});

describe('LookupUser', () => {
  it('finds a user by any spelling of the address, for staff at aal2', async () => {
    const account = await register(auth);
    const asked = { identifier: { case: 'email' as const, value: account.email.toUpperCase() } };
    const { user } = await staffUsers.lookupUser(asked, onBehalfOf(await staffToken(auth, 'support')));
    expect(user?.userId).toBe(account.id);
  });

  it('finds nobody, and does not take what is no address', async () => {
    const token = onBehalfOf(await staffToken(auth, 'support'));
    const none = { identifier: { case: 'email' as const, value: freshEmail() } };
    await expect(staffUsers.lookupUser(none, token)).rejects.toMatchObject({ code: 'user.not_found' });
    await expect(staffUsers.lookupUser({}, token)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('SR-67, SR-72 is not for customers, not without a person, and not for staff who signed in as a customer', async () => {
    const account = await register(auth);
    const asked = { identifier: { case: 'email' as const, value: account.email } };
    const refusedWith = (token: string | undefined, code: string) =>
      expect(staffUsers.lookupUser(asked, token === undefined ? {} : onBehalfOf(token))).rejects.toMatchObject({
        code,
      });
    await refusedWith(undefined, 'auth.token.missing');
    await refusedWith('not.a.token', 'auth.token.invalid');
    await refusedWith(account.accessToken, 'access.forbidden');
    await auth.database.query(`update auth.users set roles = '{customer,support}' where id = $1`, [account.id]);
    await refusedWith((await signIn(auth, account)).body.accessToken, 'access.forbidden');
  });
});

describe('IntrospectToken', () => {
  it('says what a live token says', async () => {
    const account = await register(auth);
    const { active, claims } = await feed.introspectToken({ token: account.accessToken, audience: 'user-service' });
    expect(active).toBe(true);
    expect(claims).toMatchObject({
      userId: account.id,
      sessionId: account.sessionId,
      deviceId: account.device.id,
      acr: 'aal1',
      roles: ['customer'],
      issuer: 'https://id.bank.example',
      tokenType: 'Bearer',
      confirmationThumbprint: '',
    });
    const { exp = 0 } = decodeJwt(account.accessToken);
    expect(claims?.expiresAt && timestampDate(claims.expiresAt)).toEqual(new Date(exp * 1000));
  });

  it('SR-66 shows a caller no more than the table lists for it', async () => {
    const account = await register(auth);
    const request = { token: account.accessToken, audience: 'user-service' };
    const narrow = (await (await clientAs(auth, 'mfa', AuthService)).introspectToken(request)).claims;
    expect(narrow).toMatchObject({ userId: account.id, audience: 'user-service', tokenType: 'Bearer' });
    expect(narrow).toMatchObject({ sessionId: '', deviceId: '', acr: '', amr: [], roles: [], tokenId: '' });
    expect([narrow?.issuedAt, narrow?.authenticatedAt]).toEqual([undefined, undefined]);
    expect((await feed.introspectToken(request)).claims).toMatchObject({ tokenId: '', amr: [] });
  });

  it('says no more than that of any other', async () => {
    const account = await register(auth);
    await post(auth, '/v1/auth/logout', undefined, { token: account.accessToken });
    const asked = [
      { token: 'x', audience: 'user-service' },
      { token: account.refreshToken, audience: 'user-service' },
      { token: (await register(auth)).accessToken, audience: 'user-service-staff' },
    ];
    for (const request of asked) {
      const { active, claims } = await feed.introspectToken(request);
      expect([active, claims]).toEqual([false, undefined]);
    }
  });

  it('INVALID_ARGUMENT for an audience that no token is for', async () => {
    const { accessToken } = await register(auth);
    const refused = feed.introspectToken({ token: accessToken, audience: 'payments' });
    await expect(refused).rejects.toMatchObject({
      code: 'request.invalid',
      cause: { code: Code.InvalidArgument },
    });
  });
});

describe('ListRevocations', () => {
  it('gives live entries after a number, without gaps, and starts over for another epoch', async () => {
    const before = await feed.listRevocations({ epoch: 0n, sinceNumber: 0n });
    const accounts = [await register(auth), await register(auth)];
    for (const { accessToken } of accounts) await post(auth, '/v1/auth/logout', undefined, { token: accessToken });
    for (const { accessToken } of accounts) {
      while ((await get(auth, '/v1/auth/session', accessToken)).status !== 401);
    }
    const after = await feed.listRevocations({ epoch: before.epoch, sinceNumber: before.number });
    expect(after.entries.map(({ target }) => target.value)).toEqual(accounts.map(({ sessionId }) => sessionId));
    expect(after.entries.map(({ number }) => number - before.number)).toEqual([1n, 2n]);
    expect(after).toMatchObject({ number: before.number + 2n, hasMore: false });
    const anew = await feed.listRevocations({ epoch: 1n, sinceNumber: after.number });
    expect(anew.entries.length).toBeGreaterThanOrEqual(2);
  });
});

describe('RevokeSessions', () => {
  it('ends sessions of the caller', async () => {
    const account = await register(auth);
    await signIn(auth, account);
    const request = {
      userId: account.id,
      reason: SessionEndReason.LOGOUT_ALL,
      scope: { case: 'allSessions' as const, value: { exceptSessionId: account.sessionId } },
    };
    expect(await staffSessions.revokeSessions(request, onBehalfOf(account.accessToken))).toMatchObject({
      revokedCount: 1,
    });
    expect(await staffSessions.revokeSessions(request, onBehalfOf(account.accessToken))).toMatchObject({
      revokedCount: 0,
    });
    const device = { ...request, scope: { case: 'deviceId' as const, value: account.device.id } };
    expect(await staffSessions.revokeSessions(device, onBehalfOf(account.accessToken))).toMatchObject({
      revokedCount: 1,
    });
  });

  it('ends sessions of others for staff who may, and for nobody else', async () => {
    const account = await register(auth);
    const request = {
      userId: account.id,
      reason: SessionEndReason.ENDED_BY_STAFF,
      scope: { case: 'sessionId' as const, value: account.sessionId },
    };
    const neighbour = await register(auth);
    await expect(staffSessions.revokeSessions(request, onBehalfOf(neighbour.accessToken))).rejects.toMatchObject({
      code: 'user.not_found',
    });
    const token = onBehalfOf(await staffToken(auth, 'support'));
    const noted = { ...request, noteId: nobody };
    expect(await staffSessions.revokeSessions(noted, token)).toMatchObject({ revokedCount: 1 });
    expect(await staffSessions.revokeSessions(noted, token)).toMatchObject({ revokedCount: 0 });
  });

  it('wants to know which and why', async () => {
    const account = await register(auth);
    const token = onBehalfOf(account.accessToken);
    const nothing = { userId: account.id, reason: SessionEndReason.LOGOUT };
    await expect(staffSessions.revokeSessions(nothing, token)).rejects.toMatchObject({ code: 'request.invalid' });
    const noReason = { userId: account.id, scope: { case: 'sessionId' as const, value: account.sessionId } };
    await expect(staffSessions.revokeSessions(noReason, token)).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
