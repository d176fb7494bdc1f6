import { request } from '@bank/composition/testing';
import { type ErrorCode, uuidv7 } from '@bank/domain';
import { ChangeDecision } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, type Staff, staffOf, toldOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const reason = 'The marriage certificate names him so.';
const requestId = uuidv7();

function send(method: string, path: string, { token }: Staff, body?: object) {
  return request(app.service, method, `/v1/admin${path}`, { token, ...(body && { body }) });
}

const pathOf = (userId: string) => `/users/${userId}/change-requests/${requestId}`;

describe('GET /v1/admin/change-requests', () => {
  test('200: those that wait, as profile lists them for who asks', async () => {
    const staff = staffOf(app, 'compliance');
    expect(await send('GET', '/change-requests?limit=5&cursor=begin', staff)).toMatchObject({
      status: 200,
      body: { items: [{ fields: ['familyName'], createdAt: '2026-03-01T00:00:00.000Z' }], nextCursor: 'more' },
    });
    const asked = { limit: 5, cursor: 'begin' };
    expect(neighbours.callsOf('listChangeRequests')).toMatchObject([{ request: asked, token: staff.token }]);
  });

  test('503: while profile is away', async () => {
    neighbours.refusals.set('listChangeRequests', 'service.unavailable');
    expect((await send('GET', '/change-requests', staffOf(app, 'compliance'))).status).toBe(503);
  });
});

describe('GET /v1/admin/users/{id}/change-requests/{requestId}', () => {
  test('SR-67, 200: what is and what is to be, by the token of who asks', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    expect(await send('GET', pathOf(userId), staff)).toMatchObject({
      status: 200,
      body: { status: 'open', changes: [{ field: 'familyName', current: 'Byron', proposed: 'Lovelace' }] },
    });
    const asked = { userId, changeRequestId: requestId };
    expect(neighbours.callsOf('viewChangeRequest')).toMatchObject([{ request: asked, token: staff.token }]);
  });

  test('404: there is none, or nobody', async () => {
    const staff = staffOf(app, 'compliance');
    expect((await send('GET', pathOf(uuidv7()), staff)).status).toBe(404);
    neighbours.refusals.set('viewChangeRequest', 'profile.change_request.not_found');
    const userId = await knownUser(app, neighbours);
    expect(await send('GET', pathOf(userId), staff)).toMatchObject({
      status: 404,
      body: { code: 'profile.change_request.not_found' },
    });
  });
});

describe.each([
  ['approve', 'profile.approve_change', { reason }, { decision: ChangeDecision.APPROVE, rejection: '' }],
  [
    'reject',
    'profile.reject_change',
    { reason, rejection: 'evidence_unclear' },
    { decision: ChangeDecision.REJECT, rejection: 'evidence_unclear' },
  ],
])('POST /v1/admin/users/{id}/change-requests/{requestId}/%s', (name, action, body, asked) => {
  const decide = (userId: string, staff: Staff, changes: object = {}) =>
    send('POST', `${pathOf(userId)}/${name}`, staff, { ...body, ...changes });

  test('SR-67, SR-86, 204: decided in profile by the token of who decides, told, and recorded before and after', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    expect((await decide(userId, staff)).status).toBe(204);
    const [note] = await app.database.query<{ id: string }>(
      'select id from admin.staff_notes where user_id = $1 and author_id = $2 and action = $3',
      [userId, staff.userId, action],
    );
    expect(neighbours.callsOf('decideChangeRequest')).toMatchObject([
      { request: { userId, changeRequestId: requestId, noteId: note?.id, ...asked }, token: staff.token },
    ]);
    expect(await toldOf(app, userId, 'events')).toMatchObject([{ data: { userId, staffId: staff.userId, action } }]);
    const actions = (await toldOf(app, userId, 'audit')).map(({ data }) => data['action']);
    expect(actions).toEqual(['admin.action.requested', 'admin.action.performed']);
  });

  test.each<ErrorCode>(['profile.change_request.closed', 'profile.change_request.not_found'])(
    'what profile refuses is answered and recorded: %s',
    async (code) => {
      neighbours.refusals.set('decideChangeRequest', code);
      const userId = await knownUser(app, neighbours);
      expect((await decide(userId, staffOf(app, 'compliance'))).body).toMatchObject({ code });
      const [, performed] = await toldOf(app, userId, 'audit');
      expect(performed?.data).toMatchObject({ outcome: 'AUDIT_OUTCOME_FAILURE', reason: code });
    },
  );

  test('SR-72, 403: not about oneself, nor about who stands as high, and profile is not asked', async () => {
    const self = staffOf(app, 'compliance');
    await knownUser(app, neighbours, { userId: self.userId, roles: ['compliance'] });
    const colleague = await knownUser(app, neighbours, { roles: ['compliance'] });
    for (const userId of [self.userId, colleague]) expect((await decide(userId, self)).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
  });

  test('SR-62, 403: not by an authentication of long ago', async () => {
    const authTime = Math.floor(Date.now() / 1000) - 3600;
    const userId = await knownUser(app, neighbours);
    expect(await decide(userId, staffOf(app, 'compliance', { authTime }))).toMatchObject({
      status: 403,
      body: { code: 'auth.step_up.required' },
    });
  });

  test('422: without a reason, or with a field of ours', async () => {
    const [userId, staff] = [await knownUser(app, neighbours), staffOf(app, 'compliance')];
    expect((await decide(userId, staff, { reason: '' })).status).toBe(422);
    expect((await decide(userId, staff, { status: 'approved' })).status).toBe(422);
  });
});
