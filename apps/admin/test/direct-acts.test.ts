import { request } from '@bank/composition/testing';
import { type ErrorCode, type Role, UserIdSchema, uuidv7 } from '@bank/domain';
import { SessionEndReason } from '@bank/proto/auth';
import { UserStatus } from '@bank/proto/user';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { DirectActName } from '#features/act/direct-acts.ts';
import { noteRoles } from '#features/user/note-roles.ts';
import { noteStatus } from '#features/user/note-status.ts';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const reason = 'The customer called: his phone was stolen.';

function act(name: DirectActName, userId: string, token: string, body: object = { reason }) {
  return request(app.service, 'POST', `/v1/admin/users/${userId}/${name}`, { token, body });
}

function notesAbout(userId: string) {
  return app.database.query<{ id: string; author_id: string; action: string; reason: Buffer }>(
    'select id, author_id, action, reason from admin.staff_notes where user_id = $1',
    [userId],
  );
}

describe.each<[DirectActName, string, string, object]>([
  ['lock', 'user.lock', 'setUserStatus', { status: UserStatus.LOCKED, approval: '' }],
  ['unlock', 'user.unlock', 'setUserStatus', { status: UserStatus.ACTIVE, approval: '' }],
  [
    'sign-out',
    'user.sign_out',
    'revokeSessions',
    { reason: SessionEndReason.ENDED_BY_STAFF, scope: { case: 'allSessions' } },
  ],
  ['start-password-reset', 'user.start_password_reset', 'startPasswordReset', {}],
  ['resend-verification', 'user.resend_verification', 'resendVerification', {}],
])('POST /v1/admin/users/{id}/%s', (name, action, method, asked) => {
  test('SR-67, SR-86, 204: done by its owner with the token of who does it, told, and recorded before and after', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'support')];
    expect(await act(name, userId, staff.token)).toMatchObject({ status: 204, body: undefined });
    const [note, ...others] = await notesAbout(userId);
    expect(others).toEqual([]);
    expect(note).toMatchObject({ author_id: staff.userId, action });
    const noteId = note?.id;
    expect(neighbours.callsOf(method)).toMatchObject([{ request: { userId, noteId, ...asked }, token: staff.token }]);
    expect(await toldOf(app, userId, 'events')).toMatchObject([
      {
        type: 'admin.action_performed.v1',
        data: { userId, staffId: staff.userId, action, noteId, approvalId: '', performedAt: expect.any(String) },
      },
    ]);
    const actor = { kind: 'ACTOR_KIND_USER', id: staff.userId, roles: ['support'] };
    const details = { action, noteId };
    expect(await toldOf(app, userId, 'audit')).toMatchObject([
      { data: { action: 'admin.action.requested', outcome: 'AUDIT_OUTCOME_SUCCESS', actor, details } },
      { data: { action: 'admin.action.performed', outcome: 'AUDIT_OUTCOME_SUCCESS', actor, details } },
    ]);
  });

  test.each<Role>(['customer'])('SR-65, 403: not for %s, and nobody is asked', async (role) => {
    const userId = await knownUser(app, neighbours);
    expect(await act(name, userId, staffOf(app, role).token)).toMatchObject({
      status: 403,
      body: { code: 'access.forbidden' },
    });
    expect(neighbours.calls).toEqual([]);
    expect(await notesAbout(userId)).toEqual([]);
  });

  test.each([
    ['SR-72: at aal1', { acr: 'aal1' as const }, 403],
    ['with a token of customers', { audience: 'user-service' }, 401],
  ])('%s', async (_, changes, status) => {
    const { token } = staffOf(app, 'admin', changes);
    expect((await act(name, await knownUser(app, neighbours), token)).status).toBe(status);
  });
});

test('SR-72: whose roles nobody has told of yet is who auth says, though news of the status has come', async () => {
  const userId = v.parse(UserIdSchema, uuidv7());
  neighbours.users.set(userId, { roles: ['admin'] });
  await noteStatus(app.ctx, { userId, status: 'locked', version: 2 });
  expect((await act('unlock', userId, staffOf(app, 'support').token)).status).toBe(403);
  expect(neighbours.calls.map(({ method }) => method)).toEqual(['getUser']);
  await noteRoles(app.ctx, { userId, roles: ['customer'], version: 3 });
  expect((await act('unlock', userId, staffOf(app, 'support').token)).status).toBe(204);
});

describe('an act of staff', () => {
  const token = () => staffOf(app, 'support').token;

  test.each<[ErrorCode, number, string]>([
    ['access.forbidden', 403, 'AUDIT_OUTCOME_DENIED'],
    ['user.transition.illegal', 409, 'AUDIT_OUTCOME_FAILURE'],
    ['user.not_found', 404, 'AUDIT_OUTCOME_FAILURE'],
    ['service.unavailable', 503, 'AUDIT_OUTCOME_FAILURE'],
  ])('SR-86: %s of the owner is %i, recorded, and no event', async (code, status, outcome) => {
    const userId = await knownUser(app, neighbours);
    neighbours.refusals.set('setUserStatus', code);
    expect(await act('lock', userId, token())).toMatchObject({ status, body: { code } });
    const entries = await toldOf(app, userId, 'audit');
    expect(entries.at(-1)).toMatchObject({ data: { action: 'admin.action.performed', outcome, reason: code } });
    expect(entries).toHaveLength(2);
    expect(await toldOf(app, userId, 'events')).toEqual([]);
  });

  test('is recorded before the owner is asked', async () => {
    const userId = await knownUser(app, neighbours);
    let before: unknown[] = [];
    neighbours.before.set('setUserStatus', async () => {
      before = await toldOf(app, userId, 'audit');
    });
    await act('lock', userId, token());
    expect(before).toMatchObject([{ data: { action: 'admin.action.requested' } }]);
  });

  test('404: nobody has the id; a user whom the projection does not know yet is asked for', async () => {
    const { userId: unknown } = staffOf(app, 'support');
    expect(await act('lock', unknown, token())).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
    expect(await notesAbout(unknown)).toEqual([]);
    neighbours.users.set(unknown, {});
    expect((await act('lock', unknown, token())).status).toBe(204);
  });

  test.each([
    ['no reason', {}, 'reason', 'required'],
    ['an empty one', { reason: '   ' }, 'reason', 'min_length'],
    ['a long one', { reason: 'x'.repeat(1001) }, 'reason', 'max_length'],
    ['control characters', { reason: 'abc\u001bdef' }, 'reason', 'plain_text'],
    ['SR-42: a password', { reason, password: 'correct horse battery' }, 'password', 'unknown_field'],
    ['SR-66: a note of their own', { reason, noteId: '1' }, 'noteId', 'unknown_field'],
  ])('422: %s', async (_, body, path, rule) => {
    const answer = await act('lock', await knownUser(app, neighbours), token(), body);
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ errors: expect.arrayContaining([{ path, rule }]) });
  });

  test('is done once for an Idempotency-Key', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'support')];
    const headers = { 'idempotency-key': 'lock-once' };
    const send = () =>
      request(app.service, 'POST', `/v1/admin/users/${userId}/lock`, { token: staff.token, body: { reason }, headers });
    expect([(await send()).status, (await send()).status]).toEqual([204, 204]);
    expect(neighbours.callsOf('setUserStatus')).toHaveLength(1);
  });

  test('SR-73: what may have been done is not done again for the same Idempotency-Key', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'support')];
    const asked = { token: staff.token, body: { reason }, headers: { 'idempotency-key': uuidv7() } };
    const send = () => request(app.service, 'POST', `/v1/admin/users/${userId}/lock`, asked);
    neighbours.refusals.set('setUserStatus', 'service.unavailable');
    expect((await send()).status).toBe(503);
    const calls = neighbours.callsOf('setUserStatus').length;
    neighbours.refusals.clear();
    await app.database.query(
      `update admin.idempotency_keys set claimed_until = now() - interval '1 second' where user_id = $1`,
      [staff.userId],
    );
    expect(await send()).toMatchObject({ status: 409, body: { code: 'request.idempotency_interrupted' } });
    expect(neighbours.callsOf('setUserStatus')).toHaveLength(calls);
  });

  test('SR-85, SR-84: the reason lies sealed in its note, and nowhere else', async () => {
    const userId = await knownUser(app, neighbours);
    const canary = 'canary-reason-5d81';
    await act('lock', userId, token(), { reason: `${canary} wants it` });
    await act('unlock', userId, token(), { reason: 'another reason' });
    const [first, second] = await notesAbout(userId);
    expect(first?.reason.toString('latin1')).not.toContain(canary);
    const tables = await app.database.query<{ name: string }>(
      `select table_name as name from information_schema.tables where table_schema = 'admin' and table_type = 'BASE TABLE'`,
    );
    for (const { name } of tables) {
      const sql = `select count(*)::int as found from admin."${name}" t where t::text like '%' || $1 || '%'`;
      expect([name, await app.database.query(sql, [canary])]).toEqual([name, [{ found: 0 }]]);
    }
    expect(JSON.stringify(neighbours.calls.map((call) => call.request))).not.toContain(canary);

    const opened = await app.ctx.unitOfWork.reader().staffNotes.read([first?.id ?? '', second?.id ?? '']);
    expect(opened).toEqual(
      new Map([
        [first?.id, `${canary} wants it`],
        [second?.id, 'another reason'],
      ]),
    );
    await app.database.query('update admin.staff_notes set reason = $2 where id = $1', [first?.id, second?.reason]);
    await expect(app.ctx.unitOfWork.reader().staffNotes.read([first?.id ?? ''])).rejects.toMatchObject({
      name: 'SealBroken',
    });
  });

  test('SR-69: the app can neither change nor remove a note', async () => {
    const rights = await app.database.query(
      `select has_table_privilege('admin_app', 'admin.staff_notes', right_) as has
         from unnest(array['update', 'delete', 'truncate']) as right_`,
    );
    expect(rights).toEqual([{ has: false }, { has: false }, { has: false }]);
  });
});
