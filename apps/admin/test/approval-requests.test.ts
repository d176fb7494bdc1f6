import { actorOf } from '@bank/composition/testing';
import { audiences, DomainError, type ErrorCode, parse, type Role, UserIdSchema, uuidv7 } from '@bank/domain';
import { approvalDigest } from '@bank/security';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { requestInvitation } from '#features/approval/request-invitation.ts';
import { requestUserAction } from '#features/approval/request-user-action.ts';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { send, rowOf } = approvalsOf(app);

describe.each([
  ['suspend', 'user.suspend', 'compliance'],
  ['reinstate', 'user.reinstate', 'compliance'],
  ['close', 'user.close', 'compliance'],
  ['reset-mfa', 'user.reset_factors', 'support'],
] as const)('POST /v1/admin/users/{id}/%s', (name, action, role) => {
  test('SR-71, 202: signed for its maker, kept, recorded, and nothing is done', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, role)];
    const { status, body } = await send('POST', `/users/${userId}/${name}`, maker, { reason });
    expect([status, body]).toEqual([202, { approvalId: expect.any(String) }]);
    const approvalId = String(body['approvalId']);
    expect(neighbours.calls).toMatchObject([{ method: 'signApproval', request: { approvalId, action } }]);
    const [call] = neighbours.callsOf('signApproval');
    expect(call?.token).toBe(maker.token);
    expect(call?.request['payloadDigest']).toEqual(new Uint8Array(approvalDigest(action, { userId })));

    expect(await rowOf(approvalId)).toMatchObject({
      action,
      user_id: userId,
      payload: { userId },
      maker_id: maker.userId,
      status: 'pending',
      request: `signed.${approvalId}.x`,
      checker_id: null,
    });
    const details = { action, approvalId, noteId: expect.any(String) };
    expect(await toldOf(app, userId, 'audit')).toMatchObject([
      { data: { action: 'admin.action.requested', actor: { id: maker.userId }, details } },
      { data: { action: 'admin.approval.requested', outcome: 'AUDIT_OUTCOME_SUCCESS', details } },
    ]);
    expect(await toldOf(app, userId, 'events')).toEqual([]);
  });

  test('SR-65, 403: not for a customer', async () => {
    const userId = await knownUser(app, neighbours);
    expect((await send('POST', `/users/${userId}/${name}`, staffOf(app, 'customer'), { reason })).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
  });
});

/** The next request reaches nobody who would sign it. */
function givenNobodySigns() {
  const unreached = new DomainError('service.unavailable', { isUndone: true });
  const signing = vi.spyOn(app.ctx.owners.sessions, 'signApproval').mockRejectedValueOnce(unreached);
  onTestFinished(() => signing.mockRestore());
}

function makerOf(role: Role) {
  const session = { acr: 'aal2', amr: ['swk'], audience: audiences.staff } as const;
  return actorOf(parse(UserIdSchema, uuidv7()), { roles: [role], ...session });
}

describe('what staff ask for', () => {
  test('SR-73: of what leaves nothing behind and was not signed, nothing was done, and it may be sent again', async () => {
    const params = { id: await knownUser(app, neighbours) };
    givenNobodySigns();
    const asked = requestUserAction(app.ctx, makerOf('compliance'), 'user.close', { params, body: { reason } });
    await expect(asked).rejects.toMatchObject({ code: 'service.unavailable', isUndone: true });
  });

  test.each<[ErrorCode, number]>([
    ['access.forbidden', 403],
    ['service.unavailable', 503],
  ])('SR-86: %s of auth is %i, recorded, and no approval is kept', async (code, status) => {
    const userId = await knownUser(app, neighbours);
    neighbours.refusals.set('signApproval', code);
    const answer = await send('POST', `/users/${userId}/close`, staffOf(app, 'compliance'), { reason });
    expect(answer).toMatchObject({ status, body: { code } });
    expect((await toldOf(app, userId, 'audit')).at(-1)).toMatchObject({
      data: { action: 'admin.approval.requested', reason: code },
    });
    expect(await app.database.query('select 1 from admin.approvals where user_id = $1', [userId])).toEqual([]);
  });

  test('SR-72, 403: nothing about oneself, nor about who stands as high', async () => {
    const userId = await knownUser(app, neighbours, { roles: ['compliance'] });
    const self = staffOf(app, 'compliance', { userId });
    expect((await send('POST', `/users/${userId}/close`, self, { reason })).status).toBe(403);
    expect((await send('POST', `/users/${userId}/close`, staffOf(app, 'compliance'), { reason })).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
    expect((await send('POST', `/users/${userId}/close`, staffOf(app, 'admin'), { reason })).status).toBe(202);
  });

  test('404: nobody has the id', async () => {
    const { userId: unknown } = staffOf(app, 'support');
    const answer = await send('POST', `/users/${unknown}/close`, staffOf(app, 'admin'), { reason });
    expect(answer).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
  });
});

describe('PUT /v1/admin/users/{id}/roles', () => {
  test('202: the roles in one order, bound by the digest', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const { body } = await send('PUT', `/users/${userId}/roles`, maker, { roles: ['support', 'compliance'], reason });
    const payload = { userId, roles: ['compliance', 'support'] as Role[] };
    expect(await rowOf(String(body['approvalId']))).toMatchObject({ action: 'user.set_roles', payload });
    const [call] = neighbours.callsOf('signApproval');
    expect(call?.request['payloadDigest']).toEqual(new Uint8Array(approvalDigest('user.set_roles', payload)));
  });

  test.each<Role>(['support', 'compliance'])('SR-72, 403: not for %s', async (role) => {
    const userId = await knownUser(app, neighbours);
    const answer = await send('PUT', `/users/${userId}/roles`, staffOf(app, role), { roles: ['admin'], reason });
    expect(answer).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });
  });

  test('SR-72, 403: administrators give themselves no roles', async () => {
    const userId = await knownUser(app, neighbours, { roles: ['admin'] });
    const self = staffOf(app, 'admin', { userId });
    const answer = await send('PUT', `/users/${userId}/roles`, self, { roles: ['admin', 'compliance'], reason });
    expect(answer).toMatchObject({ status: 403, body: { code: 'access.forbidden' } });
  });

  test('SR-62, 403: not when the sign-in was more than 15 minutes ago', async () => {
    const stale = staffOf(app, 'admin', { authTime: Math.floor(Date.now() / 1000) - 901 });
    const userId = await knownUser(app, neighbours);
    const answer = await send('PUT', `/users/${userId}/roles`, stale, { roles: ['support'], reason });
    expect(answer).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', maxAgeSeconds: 900 } });
  });

  test.each([
    ['none', [], 'roles', 'min_length'],
    ['one twice', ['support', 'support'], 'roles', 'repeated'],
    ['one nobody knows', ['root'], 'roles.0', 'picklist'],
  ])('422: %s', async (_, roles, path, rule) => {
    const userId = await knownUser(app, neighbours);
    const answer = await send('PUT', `/users/${userId}/roles`, staffOf(app, 'admin'), { roles, reason });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path, rule }] } });
  });
});

describe('POST /v1/admin/invitations', () => {
  const email = 'new.colleague@example.com';

  test('SR-73: of what was prepared and not signed, nobody is told that nothing was done', async () => {
    const preparing = vi.spyOn(app.ctx.owners.users, 'prepareInvitation').mockResolvedValueOnce(uuidv7());
    onTestFinished(() => preparing.mockRestore());
    givenNobodySigns();
    const asked = requestInvitation(app.ctx, makerOf('admin'), { email, roles: ['support'], reason });
    await expect(asked).rejects.toMatchObject({ code: 'service.unavailable', isUndone: false });
  });

  test('SR-85, 202: the address goes to auth, and lies nowhere else', async () => {
    const maker = staffOf(app, 'admin');
    const { status, body } = await send('POST', '/invitations', maker, { email, roles: ['support'], reason });
    expect(status).toBe(202);
    expect(neighbours.calls.map(({ method }) => method)).toEqual(['prepareInvitation', 'signApproval']);
    expect(neighbours.callsOf('prepareInvitation')).toMatchObject([
      { request: { email, roles: ['support'] }, token: maker.token },
    ]);
    const approvalId = String(body['approvalId']);
    expect(await rowOf(approvalId)).toMatchObject({
      action: 'staff.invite',
      user_id: null,
      payload: { invitationId: expect.any(String), roles: ['support'] },
    });
    expect(await toldOf(app, approvalId, 'audit')).toHaveLength(2);
    for (const table of ['approvals', 'outbox', 'staff_notes', 'idempotency_keys']) {
      const sql = `select count(*)::int as found from admin.${table} t where t::text like '%new.colleague%'`;
      expect([table, await app.database.query(sql)]).toEqual([table, [{ found: 0 }]]);
    }
    const notes = await app.database.query('select author_id from admin.staff_notes where user_id = $1', [
      maker.userId,
    ]);
    expect(notes).toEqual([{ author_id: maker.userId }]);
  });

  test('SR-72: not for support and compliance, and nobody is made a customer by it', async () => {
    for (const role of ['support', 'compliance'] as const) {
      const answer = await send('POST', '/invitations', staffOf(app, role), { email, roles: ['support'], reason });
      expect(answer.status).toBe(403);
    }
    const customer = await send('POST', '/invitations', staffOf(app, 'admin'), { email, roles: ['customer'], reason });
    expect(customer.status).toBe(422);
  });

  test.each(['staff.address.taken', 'staff.invitations.too_many'] as const)('409: %s', async (code) => {
    neighbours.refusals.set('prepareInvitation', code);
    const answer = await send('POST', '/invitations', staffOf(app, 'admin'), { email, roles: ['support'], reason });
    expect(answer).toMatchObject({ status: 409, body: { code } });
  });

  test('where auth does not answer nothing is kept', async () => {
    const maker = staffOf(app, 'admin');
    neighbours.refusals.set('prepareInvitation', 'service.unavailable');
    expect((await send('POST', '/invitations', maker, { email, roles: ['support'], reason })).status).toBe(503);
    expect(neighbours.callsOf('signApproval')).toEqual([]);
    expect(await app.database.query('select 1 from admin.approvals where maker_id = $1', [maker.userId])).toEqual([]);
  });
});
