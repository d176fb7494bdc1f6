import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { ask, decide, send } = approvalsOf(app);

interface Listed {
  id: string;
  status: string;
}

async function list(staff = staffOf(app, 'admin'), query = '') {
  const { status, body } = await send('GET', `/approvals${query}`, staff);
  const page = body as unknown as { items: Listed[]; nextCursor: string | null };
  return { status, ids: page.items?.map(({ id }) => id), ...page };
}

describe('GET /v1/admin/approvals', () => {
  test('200: what they asked for, and what they could decide; the latest first', async () => {
    const userId = await knownUser(app, neighbours);
    const [support, admin] = [staffOf(app, 'support'), staffOf(app, 'admin')];
    const factors = await send('POST', `/users/${userId}/reset-mfa`, support, { reason });
    const roles = await send('PUT', `/users/${userId}/roles`, admin, { roles: ['support'], reason });
    const [own, foreign] = [String(factors.body['approvalId']), String(roles.body['approvalId'])];
    expect((await list(support)).ids).toEqual([own]);
    expect((await list(staffOf(app, 'support'))).ids).toEqual([]);
    expect((await list(staffOf(app, 'admin'))).ids?.slice(0, 2)).toEqual([foreign, own]);
    const compliance = await list(staffOf(app, 'compliance'));
    expect(compliance.ids).not.toContain(own);
    expect(compliance.ids).not.toContain(foreign);
  });

  test('200: of a status, page after page', async () => {
    const [maker, reader] = [staffOf(app, 'compliance'), staffOf(app, 'compliance')];
    const ids = [];
    for (let count = 0; count < 3; count += 1) ids.push(await ask(await knownUser(app, neighbours), maker));
    for (const id of ids) await decide(id, 'reject');
    const first = await list(maker, '?status=rejected&limit=2');
    const rest = await list(maker, `?status=rejected&cursor=${first.nextCursor}`);
    expect([...(first.ids ?? []), ...(rest.ids ?? [])]).toEqual(ids.toReversed());
    expect((await list(reader, `?status=rejected&cursor=${first.nextCursor}`)).status).toBe(422);
    expect((await list(maker, '?status=pending')).ids).toEqual([]);
  });

  test('200: one whose time is over is expired before it is tidied away', async () => {
    const maker = staffOf(app, 'admin');
    const id = await ask(await knownUser(app, neighbours), maker);
    await app.database.query('update admin.approvals set expires_at = now() where id = $1', [id]);
    expect((await list(maker, '?status=expired')).items).toMatchObject([{ id, status: 'expired' }]);
    expect((await list(maker, '?status=pending')).ids).not.toContain(id);
  });

  test('SR-65, 403: not for a customer', async () => {
    expect((await list(staffOf(app, 'customer'))).status).toBe(403);
  });
});

describe('GET /v1/admin/approvals/{id}', () => {
  test('SR-86, 200: with both reasons, which is recorded, and without the signed request', async () => {
    const [userId, maker, checker] = [await knownUser(app, neighbours), staffOf(app, 'admin'), staffOf(app, 'admin')];
    const id = await ask(userId, maker);
    await decide(id, 'approve', checker, { reason: 'Seen the letter.' });
    const { status, body } = await send('GET', `/approvals/${id}`, maker);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      action: 'user.suspend',
      userId,
      roles: null,
      invitationId: null,
      kycCaseId: null,
      status: 'approved',
      makerId: maker.userId,
      checkerId: checker.userId,
      createdAt: expect.any(String),
      decidedAt: expect.any(String),
      expiresAt: expect.any(String),
      reason,
      decisionReason: 'Seen the letter.',
      invitation: null,
    });
    expect((await toldOf(app, userId, 'audit')).at(-1)).toMatchObject({
      data: { action: 'admin.approval.read', actor: { id: maker.userId }, details: { approvalId: id } },
    });
  });

  test('the words go with the retained keys of whom they are about', async () => {
    const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, 'admin')];
    await ask(userId, maker);
    const { em, staffNotes } = app.ctx.unitOfWork.reader();
    const notes = await app.database.query<{ id: string }>('select id from admin.staff_notes where user_id = $1', [
      userId,
    ]);
    const ids = notes.map(({ id }) => id);
    expect([...(await staffNotes.read(ids)).values()]).toEqual([reason]);
    await app.ctx.vault.destroyKeys(em, userId, 'retained');
    expect(await staffNotes.read(ids)).toEqual(new Map());
  });

  test('SR-65, 404: one that does not concern the reader is like a missing one', async () => {
    const id = await ask(await knownUser(app, neighbours), staffOf(app, 'admin'));
    const foreign = await send('GET', `/approvals/${id}`, staffOf(app, 'support'));
    const missing = await send('GET', `/approvals/${staffOf(app, 'support').userId}`, staffOf(app, 'support'));
    expect(foreign).toMatchObject({ status: 404, body: { code: 'approval.not_found' } });
    expect({ ...foreign.body, requestId: '' }).toEqual({ ...missing.body, requestId: '' });
  });
});
