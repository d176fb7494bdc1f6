import { uuidv7 } from '@bank/domain';
import { UserStatus } from '@bank/proto/user';
import { signJwt } from '@bank/security';
import { describe, expect, it } from 'vitest';
import { type Account, messagesTo, refresh, register, signIn } from './support/accounts.ts';
import {
  auditsOf,
  type Colleague,
  colleague,
  signedRequest,
  staffClients,
  toldOf,
  untilRefused,
} from './support/colleagues.ts';
import { get, post } from './support/http.ts';
import { totpFactor } from './support/neighbours.ts';
import { sharedAuth } from './support/shared-auth.ts';
import { claimsOf } from './support/staff.ts';

const auth = await sharedAuth();
const clients = await staffClients(auth);
const { users } = clients;
const noteId = uuidv7();
const { ACTIVE, LOCKED, SUSPENDED, CLOSED, ERASED } = UserStatus;

async function set(by: Colleague, userId: string, status: UserStatus, approval = '') {
  const { user } = await users.setUserStatus({ userId, status, noteId, approval }, by.asked);
  return user;
}

/** Asks for a move by one and executes it by another. */
async function setByTwo(
  userId: string,
  [action, status]: ['user.suspend' | 'user.reinstate' | 'user.close', UserStatus],
  [maker, checker]: [Colleague, Colleague],
) {
  const payload = { userId: userId as never };
  return set(checker, userId, status, await signedRequest(clients, maker, action, payload));
}

const two = async (): Promise<[Colleague, Colleague]> => [
  await colleague(auth, 'compliance'),
  await colleague(auth, 'compliance'),
];

async function templatesTo(userId: string): Promise<string[]> {
  return (await messagesTo(auth, userId)).map(({ template }) => template);
}

describe('SetUserStatus: lock', () => {
  it('SR-47, SR-70 ends everything at once, and unlocking opens nothing of it again', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const other = (await signIn(auth, account)).body;
    const locked = await set(support, account.id, LOCKED);
    expect(locked).toMatchObject({ userId: account.id, status: LOCKED, version: 2n });
    for (const token of [account.accessToken, other.accessToken]) {
      expect(await untilRefused(auth, token)).toBeLessThan(1000);
    }
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    expect((await signIn(auth, account)).body.code).toBe('auth.credentials.invalid');

    expect(await set(support, account.id, ACTIVE)).toMatchObject({ status: ACTIVE, version: 3n });
    expect((await refresh(auth, account.refreshToken, account.device.secret)).status).toBe(401);
    expect((await get(auth, '/v1/auth/session', other.accessToken)).status).toBe(401);
    const again = await signIn(auth, account);
    expect(again.status).toBe(200);
    expect((await get(auth, '/v1/auth/session', again.body.accessToken)).status).toBe(200);
  });

  it('SR-86, SR-20 is told to everybody whom it concerns', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    const before = (await toldOf(auth, account.id)).length;
    await set(support, account.id, LOCKED);
    expect((await toldOf(auth, account.id)).slice(before)).toEqual([
      'events auth.session_revoked.v1',
      'audit auth.session.revoked',
      'audit auth.sessions.revoked',
      'events user.status_changed.v1',
      'audit user.status_changed',
      'deliveries account-stopped',
    ]);
    const [entry] = await auditsOf(auth, account.id, 'user.status_changed');
    expect(entry).toMatchObject({
      actor: { id: support.id },
      outcome: 'AUDIT_OUTCOME_SUCCESS',
      details: { noteId, from: 'active', to: 'locked' },
    });
    const [event] = await auth.database.query<{ data: object }>(
      `select data from auth.outbox where subject = $1 and type = 'user.status_changed.v1'`,
      [account.id],
    );
    expect(event?.data).toMatchObject({ from: 'USER_STATUS_ACTIVE', to: 'USER_STATUS_LOCKED', version: '2' });
    await set(support, account.id, ACTIVE);
    expect(await templatesTo(account.id)).toEqual(expect.arrayContaining(['account-stopped', 'account-opened-again']));
  });

  it('revokes the user as such up to this millisecond', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await set(support, account.id, LOCKED);
    const [row] = await auth.database.query<{ not_before: Date; updated_at: Date }>(
      'select r.not_before, u.updated_at from auth.revocations r join auth.users u on u.id = r.user_id where u.id = $1',
      [account.id],
    );
    expect(row?.not_before.getTime()).toBeGreaterThanOrEqual(row?.updated_at.getTime() ?? Number.NaN);
  });

  it('SR-46 refuses a token of the same millisecond, of whatever session, and none of the next', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await set(support, account.id, LOCKED);
    await untilRefused(auth, account.accessToken);
    const [row] = await auth.database.query<{ not_before: Date }>(
      'select not_before from auth.revocations where user_id = $1',
      [account.id],
    );
    const stoppedAt = row?.not_before.getTime() ?? Number.NaN;
    const tokenOf = (atMs: number) => {
      const claims = { ...claimsOf(account.accessToken), sid: uuidv7(), jti: uuidv7(), iat: atMs / 1000 };
      return signJwt(auth.ctx.keyRing.current(auth.clock.now()), 'at+jwt', claims);
    };
    expect((await get(auth, '/v1/auth/session', tokenOf(stoppedAt))).status).toBe(401);
    expect((await get(auth, '/v1/auth/session', tokenOf(stoppedAt + 1))).status).toBe(200);
  });

  it('has no effect where the user is locked already, and leaves lockouts alone', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    await signIn(auth, account, { password: 'a wrong one, twelve long' });
    const lockouts = 'select pool, failures from auth.lockouts order by pool, failures';
    const before = await auth.database.query(lockouts);
    await set(support, account.id, LOCKED);
    expect(await set(support, account.id, LOCKED)).toMatchObject({ status: LOCKED, version: 2n });
    expect(await auth.database.query(lockouts)).toEqual(before);
    expect((await templatesTo(account.id)).filter((name) => name === 'account-stopped')).toHaveLength(1);
    expect(await auditsOf(auth, account.id, 'user.status_changed')).toMatchObject([{}, { reason: 'already' }]);
  });

  it('SR-47 closes a sign-in that waits for its second half, for good', async () => {
    const [account, support] = [await register(auth), await colleague(auth, 'support')];
    auth.neighbours.factors = [totpFactor];
    const { loginId } = (await signIn(auth, account)).body;
    auth.neighbours.factors = [];
    await set(support, account.id, LOCKED);
    await set(support, account.id, ACTIVE);
    const proof = { loginId, challengeId: uuidv7(), response: { code: '123456' } };
    expect((await post(auth, '/v1/auth/login/verify', proof)).body.code).toBe('auth.login.invalid');
  });
});

describe('SetUserStatus: by approval', () => {
  it('SR-71 suspends, reinstates and closes by two people', async () => {
    const [account, people] = [await register(auth), await two()];
    expect(await setByTwo(account.id, ['user.suspend', SUSPENDED], people)).toMatchObject({ status: SUSPENDED });
    expect(await untilRefused(auth, account.accessToken)).toBeLessThan(1000);
    expect(await setByTwo(account.id, ['user.reinstate', ACTIVE], people)).toMatchObject({ status: ACTIVE });
    expect((await signIn(auth, account)).status).toBe(200);
    expect(await setByTwo(account.id, ['user.close', CLOSED], people)).toMatchObject({ status: CLOSED, version: 4n });
    expect((await signIn(auth, account)).status).toBe(401);
    const [maker, checker] = people;
    expect(await auditsOf(auth, account.id, 'user.status_changed')).toMatchObject([
      { actor: { id: checker.id }, details: { noteId, makerId: maker.id, from: 'active', to: 'suspended' } },
      { details: { from: 'suspended', to: 'active' } },
      { details: { from: 'active', to: 'closed', approvalId: expect.any(String) } },
    ]);
    expect(await templatesTo(account.id)).toEqual(
      expect.arrayContaining(['account-suspended', 'account-opened-again', 'account-closed']),
    );
  });

  it('SR-71 does nothing by one person alone', async () => {
    const [account, [maker]] = [await register(auth), await two()];
    for (const status of [SUSPENDED, CLOSED]) {
      await expect(set(maker, account.id, status)).rejects.toMatchObject({ code: 'approval.invalid' });
    }
    await expect(setByTwo(account.id, ['user.close', CLOSED], [maker, maker])).rejects.toMatchObject({
      code: 'approval.own',
    });
    expect((await get(auth, '/v1/auth/session', account.accessToken)).status).toBe(200);
  });

  it('SR-63, SR-71 does nothing else than what was approved', async () => {
    const [account, other, [maker, checker]] = [await register(auth), await register(auth), await two()];
    const approval = await signedRequest(clients, maker, 'user.suspend', { userId: account.id as never });
    for (const [userId, status] of [
      [other.id, SUSPENDED],
      [account.id, CLOSED],
      [account.id, ACTIVE],
    ] as const) {
      await expect(set(checker, userId, status, approval)).rejects.toMatchObject({ code: 'approval.invalid' });
    }
    await expect(set(checker, account.id, LOCKED, approval)).rejects.toMatchObject({ code: 'request.invalid' });
    expect(await set(checker, account.id, SUSPENDED, approval)).toMatchObject({ status: SUSPENDED });
  });

  it('lifts no lock of the bank without one, and no plain lock with one', async () => {
    const [account, people, support] = [await register(auth), await two(), await colleague(auth, 'support')];
    await setByTwo(account.id, ['user.suspend', SUSPENDED], people);
    await expect(set(support, account.id, ACTIVE)).rejects.toMatchObject({ code: 'user.transition.illegal' });
    await expect(set(support, account.id, LOCKED)).rejects.toMatchObject({ code: 'user.transition.illegal' });
    const locked = await register(auth);
    await set(support, locked.id, LOCKED);
    await expect(setByTwo(locked.id, ['user.reinstate', ACTIVE], people)).rejects.toMatchObject({
      code: 'user.transition.illegal',
    });
  });

  it('SR-71 is expired after a day, and an approval that was refused is not used up', async () => {
    const [account, [maker, checker]] = [await register(auth), await two()];
    const approval = await signedRequest(clients, maker, 'user.close', { userId: account.id as never });
    await auth.database.query('update auth.users set roles = $2 where id = $1', [maker.id, ['support']]);
    await expect(set(checker, account.id, CLOSED, approval)).rejects.toMatchObject({ code: 'approval.invalid' });
    await auth.database.query('update auth.users set roles = $2 where id = $1', [maker.id, ['compliance']]);
    expect(await set(checker, account.id, CLOSED, approval)).toMatchObject({ status: CLOSED });
  });
});

describe('SetUserStatus: who may', () => {
  const refused = (by: Colleague, account: Account, code: string) =>
    expect(set(by, account.id, LOCKED)).rejects.toMatchObject({ code });

  it('SR-72 acts on nobody above, beside or oneself; administrators on administrators', async () => {
    const [support, compliance, admin] = [
      await colleague(auth, 'support'),
      await colleague(auth, 'compliance'),
      await colleague(auth, 'admin'),
    ];
    await refused(support, await colleague(auth, 'support'), 'access.forbidden');
    await refused(support, compliance, 'access.forbidden');
    await refused(compliance, admin, 'access.forbidden');
    await refused(admin, admin, 'access.forbidden');
    const otherAdmin = await colleague(auth, 'admin');
    expect(await set(admin, otherAdmin.id, LOCKED)).toMatchObject({ status: LOCKED });
    await refused(otherAdmin, await register(auth), 'auth.token.invalid');
  });

  it('SR-70 counts what the actor is now, not what the token says', async () => {
    const [support, account] = [await colleague(auth, 'support'), await register(auth)];
    await auth.database.query(`update auth.users set status = 'locked' where id = $1`, [support.id]);
    await refused(support, account, 'access.forbidden');
    await auth.database.query(`update auth.users set status = 'active', roles = '{customer}' where id = $1`, [
      support.id,
    ]);
    await refused(support, account, 'access.forbidden');
  });

  it('knows nobody who does not exist, nor who is erased', async () => {
    const [support, account] = [await colleague(auth, 'support'), await register(auth)];
    await auth.database.query(`update auth.users set status = 'erased', contact = null where id = $1`, [account.id]);
    await refused(support, account, 'user.not_found');
    await expect(set(support, uuidv7(), LOCKED)).rejects.toMatchObject({ code: 'user.not_found' });
  });

  it.each([
    ['a state nobody moves to', { status: ERASED }],
    ['no state', { status: UserStatus.UNSPECIFIED }],
    ['a state nobody knows', { status: 99 as UserStatus }],
    ['no note', { noteId: '' }],
    ['a user who is none', { userId: 'x' }],
    ['an endless approval', { approval: 'x'.repeat(5000) }],
  ])('refuses %s', async (_, changes) => {
    const support = await colleague(auth, 'support');
    const request = { userId: uuidv7(), status: SUSPENDED, noteId, ...changes };
    await expect(users.setUserStatus(request, support.asked)).rejects.toMatchObject({ code: 'request.invalid' });
  });

  it('SR-67 is for no certificate alone, no forged token and no customer', async () => {
    const [account, admin] = [await register(auth), await colleague(auth, 'admin')];
    const request = { userId: account.id, status: LOCKED, noteId };
    const withToken = (token: string) => users.setUserStatus(request, { headers: { 'bank-user-token': token } });
    const [head, body = '', signature] = admin.accessToken.split('.');
    const claims = { ...JSON.parse(Buffer.from(body, 'base64url').toString()), sub: uuidv7() };
    const forged = `${head}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`;
    await expect(users.setUserStatus(request)).rejects.toMatchObject({ code: 'auth.token.missing' });
    for (const token of [forged, account.accessToken, 'x.y.z']) {
      await expect(withToken(token)).rejects.toMatchObject({ code: 'auth.token.invalid' });
    }
  });
});
