import { toUserStatus } from '@bank/composition';
import { request, rpcNeighbour } from '@bank/composition/testing';
import { audiences, type Role, type UserId, type UserState, uuidv7 } from '@bank/domain';
import { MfaService } from '@bank/proto/mfa';
import { UserService } from '@bank/proto/user';
import { losers, raceOf, testCertificates, until, winners } from '@bank/testing';
import { Code, ConnectError } from '@connectrpc/connect';
import { describe, expect, test } from 'vitest';
import { admin, givenChallenge, givenEnrolled, givenFactor, givenSubject, ownMfaApp, toldOf } from './mfa-app.ts';

/** What auth says of people; whoever is not in here does not exist. */
const people = new Map<string, { roles: readonly Role[]; status: UserState }>();
let authIsAway = false;

const certificates = await testCertificates();
const authUrl = await rpcNeighbour(certificates, 'auth', (router) => {
  router.service(UserService, {
    batchGetUsers({ userIds }) {
      if (authIsAway) throw new ConnectError('away', Code.Unavailable);
      const users = userIds.flatMap((userId) => {
        const person = people.get(userId);
        return person === undefined
          ? []
          : [{ userId, roles: [...person.roles], status: toUserStatus(person.status), version: 1n }];
      });
      return { users };
    },
  });
});
const app = ownMfaApp({ asksAuth: true, certificates, env: { AUTH_RPC_URL: authUrl } });
const noteId = uuidv7();

interface Colleague {
  readonly id: UserId;
  readonly asked: { headers: Record<string, string> };
}

function colleague(...roles: Role[]): Colleague {
  const id = uuidv7() as UserId;
  people.set(id, { roles, status: 'active' });
  const token = app.issuer.token({ userId: id, roles, acr: 'aal2', audience: audiences.staff });
  return { id, asked: { headers: { 'bank-user-token': token } } };
}

async function givenCustomer(): Promise<UserId> {
  const { userId } = await givenEnrolled(app);
  people.set(userId, { roles: ['customer'], status: 'active' });
  return userId;
}

const approvalOf = (maker: Colleague, userId: UserId, changes: { issuedAt?: number } = {}) =>
  app.issuer.approval({ makerId: maker.id, action: 'user.reset_factors', payload: { userId }, ...changes });

/** The one client of `admin`. */
let client: ReturnType<typeof app.client<typeof MfaService>> | undefined;
function staffClient() {
  client ??= app.client(MfaService, admin);
  return client;
}

async function reset(checker: Colleague, userId: string, approval: string): Promise<number> {
  const staff = await staffClient();
  return (await staff.resetFactors({ userId, noteId, approval }, checker.asked)).removedCount;
}

async function countOf(table: string, userId: string): Promise<number> {
  const rows = await app.database.query(`select 1 from mfa.${table} where user_id = $1`, [userId]);
  return rows.length;
}

async function isIntact(userId: string): Promise<boolean> {
  return (await countOf('factors', userId)) === 1;
}

describe('ResetFactors', () => {
  test('SR-31, SR-35 what was open before brings no factor of its own, however late its end is told', async () => {
    const { userId, sessionId } = await givenEnrolled(app);
    people.set(userId, { roles: ['customer'], status: 'active' });
    const [maker, checker] = [colleague('support'), colleague('admin')];
    const thief = app.issuer.token({ userId, sessionId, acr: 'aal2' });
    expect(await reset(checker, userId, approvalOf(maker, userId))).toBe(1);
    const begun = await request(app.service, 'POST', '/v1/mfa/totp', { token: thief, body: {} });
    expect(begun).toMatchObject({ status: 403, body: { code: 'auth.step_up.required' } });
    expect(await countOf('factors', userId)).toBe(0);
    const authTime = Math.floor(Date.now() / 1000) + 1;
    const again = app.issuer.token({ userId, authTime });
    const own = await request(app.service, 'POST', '/v1/mfa/totp', { token: again, body: {} });
    expect(own.status).toBe(201);
  });

  test('SR-71, SR-35 removes all there is, and tells everybody whom it concerns', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId } = enrolled;
    people.set(userId, { roles: ['customer'], status: 'active' });
    const [maker, checker] = [colleague('support'), colleague('admin')];
    const sms = await givenFactor(app, userId, { type: 'sms', confirmedAt: new Date() });
    await givenFactor(app, userId, { type: 'totp' });
    await app.database.query(
      `insert into mfa.recovery_codes (user_id, digest, created_at) values ($1, '\\x01', now())`,
      [userId],
    );
    const { answer } = await givenChallenge(app, enrolled);
    const before = (await toldOf(app, userId)).length;
    expect(await reset(checker, userId, approvalOf(maker, userId))).toBe(2);
    for (const table of ['factors', 'recovery_codes', 'challenges']) expect(await countOf(table, userId)).toBe(0);
    await expect(answer('123456')).rejects.toMatchObject({ code: 'challenge.not_found' });
    expect((await toldOf(app, userId)).slice(before)).toEqual([
      'events mfa.factor_removed.v1',
      'audit mfa.factor.removed',
      'events mfa.factor_removed.v1',
      'audit mfa.factor.removed',
      'events mfa.factors_reset.v1',
      'audit mfa.factors.reset',
      'deliveries factors-reset',
    ]);
    const events = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factor_removed.v1'`,
      [userId],
    );
    expect(events.map(({ data }) => data)).toEqual(
      expect.arrayContaining([expect.objectContaining({ factorId: sms, removedByStaff: true })]),
    );
    const [entry] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and data->>'action' = 'mfa.factors.reset'`,
      [userId],
    );
    const details = { noteId, makerId: maker.id, approvalId: expect.any(String), factors: 2, recoveryCodes: 1 };
    expect(entry?.data).toMatchObject({ actor: { id: checker.id }, details });
  });

  test('lifts the block that wrong answers have brought, and lets a new factor be enrolled', async () => {
    const userId = await givenCustomer();
    await app.database.query(
      `update mfa.subjects set failures = 30, blocked_until = now() + interval '1 hour', session_failures = 20,
         session_blocked_until = now() + interval '1 hour' where user_id = $1`,
      [userId],
    );
    await reset(colleague('admin'), userId, approvalOf(colleague('admin'), userId));
    const [subject] = await app.database.query<object>('select * from mfa.subjects where user_id = $1', [userId]);
    expect(subject).toMatchObject({ failures: 0, blocked_until: null });
    expect(subject).toMatchObject({ session_failures: 0, session_blocked_until: null });
    await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect(await isIntact(userId)).toBe(true);
  });

  test('SR-71 answers the same checker again without a second effect, and nobody else', async () => {
    const [maker, checker, other] = [colleague('admin'), colleague('admin'), colleague('admin')];
    const userId = await givenCustomer();
    const approval = approvalOf(maker, userId);
    expect(await reset(checker, userId, approval)).toBe(1);
    await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    expect(await reset(checker, userId, approval)).toBe(0);
    await expect(reset(other, userId, approval)).rejects.toMatchObject({ code: 'approval.already_decided' });
    expect(await isIntact(userId)).toBe(true);
  });

  test('SR-71 has one effect, however many of two checkers execute it at once', { timeout: 120_000 }, async () => {
    const [maker, one, other] = [colleague('admin'), colleague('admin'), colleague('admin')];
    for (let round = 0; round < 20; round += 1) {
      const userId = await givenSubject(app);
      people.set(userId, { roles: ['customer'], status: 'active' });
      await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
      const approval = approvalOf(maker, userId);
      const outcomes = await raceOf(16, (number) => reset(number % 2 === 0 ? one : other, userId, approval));
      expect(winners(outcomes).sort()).toEqual([...Array(7).fill(0), 1]);
      expect(losers(outcomes)).toEqual(Array(8).fill(expect.objectContaining({ code: 'approval.already_decided' })));
      expect((await toldOf(app, userId)).filter((told) => told === 'audit mfa.factors.reset')).toHaveLength(1);
    }
  });

  test('SR-71 of two that were asked for, the other takes nothing away that was enrolled since', async () => {
    const [maker, checker] = [colleague('admin'), colleague('admin')];
    const userId = await givenCustomer();
    const [first, second] = [approvalOf(maker, userId), approvalOf(maker, userId)];
    expect(await reset(checker, userId, first)).toBe(1);
    await givenFactor(app, userId, { type: 'totp', confirmedAt: new Date() });
    await expect(reset(checker, userId, second)).rejects.toMatchObject({ code: 'approval.stale' });
    expect(await isIntact(userId)).toBe(true);
    expect(await reset(checker, userId, approvalOf(maker, userId))).toBe(1);
  });

  test('SR-35 is told where there was nothing: keys and sessions may rest on what was removed before', async () => {
    const userId = await givenSubject(app);
    people.set(userId, { roles: ['customer'], status: 'active' });
    expect(await reset(colleague('admin'), userId, approvalOf(colleague('admin'), userId))).toBe(0);
    expect(await toldOf(app, userId)).toEqual([
      'events mfa.factors_reset.v1',
      'audit mfa.factors.reset',
      'deliveries factors-reset',
    ]);
    const [event] = await app.database.query<{ data: object }>(
      `select data from mfa.outbox where subject = $1 and type = 'mfa.factors_reset.v1'`,
      [userId],
    );
    expect(event?.data).toEqual({ userId, resetAt: expect.any(String), byStaff: true });
  });
});

describe('ResetFactors refuses', () => {
  const refused = async (by: Colleague, userId: UserId, approval: string, code: string) => {
    await expect(reset(by, userId, approval)).rejects.toMatchObject({ code });
    expect(await isIntact(userId)).toBe(true);
  };

  test('SR-63, SR-71 another person, another action, its maker, and a day that is over', async () => {
    const [maker, checker, userId] = [colleague('admin'), colleague('admin'), await givenCustomer()];
    await refused(checker, userId, approvalOf(maker, await givenCustomer()), 'approval.invalid');
    const closing = app.issuer.approval({ makerId: maker.id, action: 'user.close', payload: { userId } });
    await refused(checker, userId, closing, 'approval.invalid');
    await refused(maker, userId, approvalOf(maker, userId), 'approval.own');
    const issuedAt = Math.floor(Date.now() / 1000) - 86_400;
    await refused(checker, userId, approvalOf(maker, userId, { issuedAt }), 'approval.expired');
  });

  test('SR-55 an access token in place of an approval', async () => {
    const [maker, checker, userId] = [colleague('admin'), colleague('admin'), await givenCustomer()];
    await refused(checker, userId, maker.asked.headers['bank-user-token'] ?? '', 'approval.invalid');
  });

  test('SR-70 people who are not any more what they were', async () => {
    const [maker, checker, userId] = [colleague('admin'), colleague('admin'), await givenCustomer()];
    const approval = approvalOf(maker, userId);
    people.set(maker.id, { roles: ['compliance'], status: 'active' });
    await refused(checker, userId, approval, 'approval.invalid');
    people.set(maker.id, { roles: ['admin'], status: 'locked' });
    await refused(checker, userId, approval, 'approval.invalid');
    people.delete(maker.id);
    await refused(checker, userId, approval, 'approval.invalid');
    people.set(maker.id, { roles: ['admin'], status: 'active' });
    people.set(checker.id, { roles: ['support'], status: 'active' });
    await refused(checker, userId, approval, 'access.forbidden');
  });

  test('SR-72 for a target above one of the two, or one of the two', async () => {
    const [support, boss] = [colleague('support'), colleague('admin')];
    const userId = await givenCustomer();
    people.set(userId, { roles: ['compliance'], status: 'active' });
    await refused(boss, userId, approvalOf(support, userId), 'access.forbidden');
    const { userId: ownId } = await givenEnrolled(app);
    people.set(ownId, { roles: ['admin'], status: 'active' });
    const token = app.issuer.token({ userId: ownId, roles: ['admin'], acr: 'aal2', audience: audiences.staff });
    const self = { id: ownId, asked: { headers: { 'bank-user-token': token } } };
    await refused(self, ownId, approvalOf(boss, ownId), 'access.forbidden');
    await refused(boss, ownId, approvalOf(self, ownId), 'access.forbidden');
  });

  test('SR-65, SR-67 whoever has no live token of staff who may decide', async () => {
    const [maker, userId] = [colleague('admin'), await givenCustomer()];
    const approval = approvalOf(maker, userId);
    await refused(colleague('support'), userId, approval, 'access.forbidden');
    await refused(colleague('compliance'), userId, approval, 'access.forbidden');
    const headersOf = (token: string) => ({ headers: { 'bank-user-token': token } });
    const customer = app.issuer.token({ userId: uuidv7(), acr: 'aal2' });
    const weak = app.issuer.token({ userId: uuidv7(), roles: ['admin'], audience: audiences.staff });
    await refused({ id: userId, asked: headersOf(customer) }, userId, approval, 'auth.token.invalid');
    await refused({ id: userId, asked: headersOf(`${customer}x`) }, userId, approval, 'auth.token.invalid');
    await refused({ id: userId, asked: headersOf(weak) }, userId, approval, 'auth.step_up.required');
    const staff = await staffClient();
    await expect(staff.resetFactors({ userId, noteId, approval })).rejects.toMatchObject({
      code: 'auth.token.missing',
    });
  });

  test('a user who does not exist or is erased, and what is no request', async () => {
    const [maker, checker, userId] = [colleague('admin'), colleague('admin'), await givenCustomer()];
    people.set(userId, { roles: ['customer'], status: 'erased' });
    await refused(checker, userId, approvalOf(maker, userId), 'user.not_found');
    const stranger = uuidv7() as UserId;
    await expect(reset(checker, stranger, approvalOf(maker, stranger))).rejects.toMatchObject({
      code: 'user.not_found',
    });
    await expect(reset(checker, 'x', 'y')).rejects.toMatchObject({ code: 'request.invalid' });
    await expect(reset(checker, userId, '')).rejects.toMatchObject({ code: 'request.invalid' });
  });

  // The last one: mfa asks an auth that was away no more for a moment.
  test('to decide while auth does not say who people are', { timeout: 30_000 }, async () => {
    const [maker, checker, userId] = [colleague('admin'), colleague('admin'), await givenCustomer()];
    authIsAway = true;
    const approval = approvalOf(maker, userId);
    const away = expect.stringMatching(/^service\.(unavailable|deadline)$/);
    await expect(reset(checker, userId, approval)).rejects.toMatchObject({ code: away });
    expect(await isIntact(userId)).toBe(true);
    authIsAway = false;
    await until(async () => {
      await reset(checker, userId, approval);
      return !(await isIntact(userId));
    });
  });
});
