import type { ErrorCode } from '@bank/domain';
import { SessionEndReason } from '@bank/proto/auth';
import { UserStatus } from '@bank/proto/user';
import { raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { closeExpired } from '#features/approval/close-expired.ts';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { ask, decide, rowOf, send } = approvalsOf(app);
const decided = { type: 'admin.approval_decided.v1' };
const performed = { type: 'admin.action_performed.v1' };

async function pending() {
  const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
  const id = await ask(userId, maker);
  neighbours.calls.length = 0;
  return { userId, maker, id };
}

describe('POST /v1/admin/approvals/{id}/approve', () => {
  test('SR-71, SR-67, 204: done by its owner with the token of the checker and the request of the maker', async () => {
    const [{ userId, maker, id }, checker] = [await pending(), staffOf(app, 'compliance')];
    expect((await decide(id, 'approve', checker, { reason: 'Seen the letter.' })).status).toBe(204);
    const row = await rowOf(id);
    const noteId = expect.any(String);
    expect(row).toMatchObject({ status: 'approved', checker_id: checker.userId, decided_at: expect.any(Date) });
    expect(neighbours.calls).toMatchObject([
      {
        method: 'setUserStatus',
        request: { userId, status: UserStatus.SUSPENDED, approval: row?.request, noteId },
        token: checker.token,
      },
    ]);
    const [makerId, checkerId] = [maker.userId, checker.userId];
    expect(await toldOf(app, userId, 'events')).toMatchObject([
      { ...decided, data: { approvalId: id, userId, action: 'user.suspend', makerId, checkerId, approved: true } },
      { ...performed, data: { approvalId: id, userId, action: 'user.suspend', staffId: checkerId, noteId } },
    ]);
    const entries = (await toldOf(app, userId, 'audit')).slice(2);
    expect(entries).toMatchObject([
      { data: { action: 'admin.action.requested', actor: { id: checkerId }, details: { approvalId: id } } },
      { data: { action: 'admin.action.performed', outcome: 'AUDIT_OUTCOME_SUCCESS' } },
      { data: { action: 'admin.approval.decided', details: { approved: true } } },
    ]);
  });

  test.each([
    ['roles', 'setRoles', { roles: ['support'] }],
    ['reset-mfa', 'resetFactors', {}],
    ['close', 'setUserStatus', { status: UserStatus.CLOSED }],
    ['reinstate', 'setUserStatus', { status: UserStatus.ACTIVE }],
  ])('204: %s', async (name, method, asked) => {
    const userId = await knownUser(app, neighbours);
    const body = { reason, ...(name === 'roles' && { roles: ['support'] }) };
    const verb = name === 'roles' ? 'PUT' : 'POST';
    const asking = await send(verb, `/users/${userId}/${name}`, staffOf(app, 'admin'), body);
    const id = String(asking.body['approvalId']);
    expect((await decide(id, 'approve')).status).toBe(204);
    expect(neighbours.callsOf(method)).toMatchObject([{ request: { userId, ...asked, approval: `signed.${id}.x` } }]);
  });

  test('204: an invitation, told under the id of the approval', async () => {
    const body = { email: 'colleague@example.com', roles: ['support'], reason };
    const asking = await send('POST', '/invitations', staffOf(app, 'admin'), body);
    const id = String(asking.body['approvalId']);
    expect((await decide(id, 'approve')).status).toBe(204);
    const invitationId = expect.any(String);
    expect(neighbours.callsOf('inviteStaff')).toMatchObject([{ request: { invitationId, roles: ['support'] } }]);
    expect(await toldOf(app, id, 'events')).toMatchObject([decided, performed]);
  });

  test('404, and over: an invitation that is not there any more', async () => {
    const body = { email: 'colleague@example.com', roles: ['support'], reason };
    const asking = await send('POST', '/invitations', staffOf(app, 'admin'), body);
    const id = String(asking.body['approvalId']);
    neighbours.refusals.set('inviteStaff', 'staff.invitation.not_found');
    expect(await decide(id, 'approve')).toMatchObject({ status: 404, body: { code: 'staff.invitation.not_found' } });
    expect(await rowOf(id)).toMatchObject({ status: 'rejected' });
  });

  test('SR-71, 403 approval.own: neither approved nor rejected by its maker', async () => {
    const { id, maker } = await pending();
    for (const how of ['approve', 'reject'] as const) {
      expect(await decide(id, how, maker)).toMatchObject({ status: 403, body: { code: 'approval.own' } });
    }
    expect(await rowOf(id)).toMatchObject({ status: 'pending' });
    expect(neighbours.calls).toEqual([]);
  });

  test.each<[ErrorCode, number, string]>([
    ['user.transition.illegal', 409, 'pending'],
    ['access.forbidden', 403, 'pending'],
    ['approval.invalid', 403, 'rejected'],
    ['approval.stale', 409, 'rejected'],
    ['user.not_found', 404, 'rejected'],
  ])('%s of the owner is %i, and it is %s', async (code, status, then) => {
    const { id, userId } = await pending();
    neighbours.refusals.set('setUserStatus', code);
    expect(await decide(id, 'approve')).toMatchObject({ status, body: { code } });
    expect(await rowOf(id)).toMatchObject({ status: then });
    const events = await toldOf(app, userId, 'events');
    expect(events).toMatchObject(then === 'rejected' ? [{ ...decided, data: { approved: false } }] : []);
    const entries = (await toldOf(app, userId, 'audit')).map(({ data }) => [data['action'], data['reason']]);
    expect(entries).toContainEqual(['admin.action.performed', code]);
    neighbours.refusals.clear();
    const again = await decide(id, 'approve');
    expect(again).toMatchObject(then === 'pending' ? { status: 204 } : { body: { code: 'approval.already_decided' } });
  });

  test('503 while the owner is away: it waits for this checker alone, who may try again', async () => {
    const [{ id, userId }, checker] = [await pending(), staffOf(app, 'admin')];
    neighbours.refusals.set('setUserStatus', 'service.unavailable');
    expect((await decide(id, 'approve', checker)).status).toBe(503);
    expect(await rowOf(id)).toMatchObject({ status: 'executing', checker_id: checker.userId });
    neighbours.refusals.clear();
    for (const how of ['approve', 'reject'] as const) {
      expect(await decide(id, how)).toMatchObject({ status: 409, body: { code: 'approval.in_progress' } });
    }
    expect((await decide(id, 'approve', checker)).status).toBe(204);
    expect(await toldOf(app, userId, 'events')).toMatchObject([decided, performed]);
  });

  test('SR-47: factors that are reset end the sessions at once, with no news of it; 503 until auth has done so', async () => {
    const [userId, checker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    const asking = await send('POST', `/users/${userId}/reset-mfa`, staffOf(app, 'support'), { reason });
    const id = String(asking.body['approvalId']);
    neighbours.refusals.set('revokeSessions', 'service.unavailable');
    expect((await decide(id, 'approve', checker)).status).toBe(503);
    expect(await rowOf(id)).toMatchObject({ status: 'executing', checker_id: checker.userId });
    neighbours.refusals.clear();
    expect((await decide(id, 'approve', checker)).status).toBe(204);
    const noteId = neighbours.callsOf('resetFactors').at(-1)?.request['noteId'];
    expect(neighbours.callsOf('revokeSessions').at(-1)).toMatchObject({
      request: { userId, noteId, scope: { case: 'allSessions' }, reason: SessionEndReason.FACTOR_CHANGED },
      token: checker.token,
    });
    expect(neighbours.calls.map(({ method }) => method).slice(-4)).toEqual([
      ...['resetFactors', 'revokeSessions', 'resetFactors', 'revokeSessions'],
    ]);
    expect(await rowOf(id)).toMatchObject({ status: 'approved' });
  });

  test('SR-71: factors that are gone are told as gone, though auth refuses the checker by then', async () => {
    const userId = await knownUser(app, neighbours);
    const asking = await send('POST', `/users/${userId}/reset-mfa`, staffOf(app, 'support'), { reason });
    const id = String(asking.body['approvalId']);
    neighbours.refusals.set('revokeSessions', 'access.forbidden');
    expect((await decide(id, 'approve')).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ status: 'approved' });
    expect(await toldOf(app, userId, 'events')).toMatchObject([{ ...decided, data: { approved: true } }, performed]);
  });

  test('SR-71: whom the owner lets in no more after a 503 leaves it undecided: nobody knows whether it was done', async () => {
    const [{ id, userId }, checker] = [await pending(), staffOf(app, 'admin')];
    neighbours.refusals.set('setUserStatus', 'service.unavailable');
    expect((await decide(id, 'approve', checker)).status).toBe(503);
    neighbours.refusals.set('setUserStatus', 'access.forbidden');
    expect((await decide(id, 'approve', checker)).status).toBe(403);
    expect(await rowOf(id)).toMatchObject({ status: 'executing', checker_id: checker.userId });
    expect(await decide(id, 'approve')).toMatchObject({ status: 409, body: { code: 'approval.in_progress' } });
    expect(await toldOf(app, userId, 'events')).toEqual([]);
    neighbours.refusals.clear();
    expect((await decide(id, 'approve', checker)).status).toBe(204);
  });

  test('after a crash the same checker goes on where it stopped, once the first try cannot run any more', async () => {
    const [{ id }, checker] = [await pending(), staffOf(app, 'admin')];
    await app.database.query(
      `update admin.approvals set status = 'executing', checker_id = $2, lease_until = now() + interval '30 s' where id = $1`,
      [id, checker.userId],
    );
    expect(await decide(id, 'approve', checker)).toMatchObject({ status: 409, body: { code: 'approval.in_progress' } });
    await app.database.query('update admin.approvals set lease_until = now() where id = $1', [id]);
    expect((await decide(id, 'approve', checker)).status).toBe(204);
  });
});

describe('POST /v1/admin/approvals/{id}/reject', () => {
  test('204: over, told once, and nobody is asked', async () => {
    const [{ userId, id, maker }, checker] = [await pending(), staffOf(app, 'compliance')];
    expect((await decide(id, 'reject', checker, { reason: 'The letter is forged.' })).status).toBe(204);
    expect(await rowOf(id)).toMatchObject({ status: 'rejected', checker_id: checker.userId });
    expect(neighbours.calls).toEqual([]);
    expect(await toldOf(app, userId, 'events')).toMatchObject([
      { ...decided, data: { approved: false, makerId: maker.userId, checkerId: checker.userId } },
    ]);
    for (const how of ['approve', 'reject'] as const) {
      expect(await decide(id, how)).toMatchObject({ status: 409, body: { code: 'approval.already_decided' } });
    }
  });
});

describe('who may decide', () => {
  test('SR-65, 404: not who could not decide that action; a missing one is the same', async () => {
    const userId = await knownUser(app, neighbours);
    const asking = await send('PUT', `/users/${userId}/roles`, staffOf(app, 'admin'), { roles: ['support'], reason });
    const id = String(asking.body['approvalId']);
    const foreign = await decide(id, 'approve', staffOf(app, 'compliance'));
    const missing = await decide(userId, 'approve', staffOf(app, 'compliance'));
    expect(foreign).toMatchObject({ status: 404, body: { code: 'approval.not_found' } });
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });

  test('SR-72, 403: not support, and not at aal1; SR-62: not with an old sign-in', async () => {
    const { id } = await pending();
    expect((await decide(id, 'approve', staffOf(app, 'support'))).body['code']).toBe('access.forbidden');
    const old = { authTime: Math.floor(Date.now() / 1000) - 901 };
    for (const changes of [{ acr: 'aal1' as const }, old]) {
      const answer = await decide(id, 'approve', staffOf(app, 'admin', changes));
      expect(answer).toMatchObject({ status: 403, body: { code: 'auth.step_up.required' } });
    }
    expect(await rowOf(id)).toMatchObject({ status: 'pending' });
  });
});

describe('an approval that nobody decided in a day', () => {
  test('409, is closed, and the ledger is told', async () => {
    const { id, userId } = await pending();
    await app.database.query('update admin.approvals set expires_at = now() where id = $1', [id]);
    for (const how of ['approve', 'reject'] as const) {
      expect(await decide(id, how)).toMatchObject({ status: 409, body: { code: 'approval.expired' } });
    }
    expect(await closeExpired(app.ctx)).toBe(1);
    expect(await closeExpired(app.ctx)).toBe(0);
    expect(await rowOf(id)).toMatchObject({ status: 'expired' });
    expect((await toldOf(app, userId, 'audit')).at(-1)).toMatchObject({
      data: { action: 'admin.approval.expired', actor: { kind: 'ACTOR_KIND_SYSTEM' }, details: { was: 'pending' } },
    });
    expect(neighbours.calls).toEqual([]);
  });
});

describe('SR-71: two decide at once', () => {
  test('one does: 20 times approve against approve, approve against reject, and one checker against themselves', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id, userId } = await pending();
      const [one, other] = [staffOf(app, 'admin'), round % 3 === 2 ? undefined : staffOf(app, 'compliance')];
      const how = round % 3 === 1 ? 'reject' : 'approve';
      const outcomes = await raceOf(2, (number) =>
        number === 0 ? decide(id, 'approve', one) : decide(id, how, other ?? one),
      );
      const answers = outcomes.map((outcome) => (outcome.status === 'fulfilled' ? outcome.value : undefined));
      expect(answers.map((answer) => answer?.status).toSorted()).toEqual([204, 409]);
      const [row, events] = [await rowOf(id), await toldOf(app, userId, 'events')];
      const approvals = neighbours.callsOf('setUserStatus').length;
      expect(approvals).toBe(row?.status === 'approved' ? 1 : 0);
      expect(events.map(({ type }) => type)).toEqual(
        row?.status === 'approved' ? [decided.type, performed.type] : [decided.type],
      );
    }
  }, 60_000);
});
