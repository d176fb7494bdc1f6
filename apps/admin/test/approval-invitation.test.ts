import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, type Staff, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { ask, send } = approvalsOf(app);
const email = 'grace@bank.example';

/** Asks for an invitation, and gives the id of its approval. */
async function invite(maker = staffOf(app, 'admin')): Promise<string> {
  const { body } = await send('POST', '/invitations', maker, { email, roles: ['support'], reason });
  return String(body['approvalId']);
}

const look = async (id: string, staff: Staff) => (await send('GET', `/approvals/${id}`, staff)).body['invitation'];

describe('GET /v1/admin/approvals/{id} of an invitation', () => {
  test('SR-71, 200: whom it is for, as a hint', async () => {
    const [id, checker] = [await invite(), staffOf(app, 'admin')];
    expect(await look(id, checker)).toEqual({ email: 'g***@bank.example', unmaskedUntil: null });
    expect(neighbours.callsOf('viewInvitation')).toMatchObject([{ token: checker.token, request: { noteId: '' } }]);
  });

  test('200: nothing of one that is over', async () => {
    const id = await invite();
    neighbours.refusals.set('viewInvitation', 'staff.invitation.not_found');
    expect(await look(id, staffOf(app, 'admin'))).toBeNull();
  });

  test('200: nothing for a maker who may not invite any more', async () => {
    const maker = staffOf(app, 'admin');
    const id = await invite(maker);
    expect(await look(id, staffOf(app, 'support', { userId: maker.userId }))).toBeNull();
    expect(neighbours.callsOf('viewInvitation')).toEqual([]);
  });

  test('503: while auth does not answer nobody is shown half of it', async () => {
    const id = await invite();
    neighbours.refusals.set('viewInvitation', 'service.unavailable');
    expect((await send('GET', `/approvals/${id}`, staffOf(app, 'admin'))).status).toBe(503);
  });
});

describe('POST /v1/admin/approvals/{id}/unmask', () => {
  test('SR-86, 200: the address in full for 15 minutes, for this reader alone, and recorded', async () => {
    const [id, checker] = [await invite(), staffOf(app, 'admin')];
    const before = Date.now();
    const { status, body } = await send('POST', `/approvals/${id}/unmask`, checker, { reason });
    expect(status).toBe(200);
    expect(body).toEqual({ fields: ['email'], expiresAt: expect.any(String) });
    const lastsMs = Date.parse(String(body['expiresAt'])) - before;
    expect(lastsMs).toBeGreaterThan(14 * 60_000);
    expect(lastsMs).toBeLessThan(16 * 60_000);
    expect(await look(id, checker)).toEqual({ email, unmaskedUntil: body['expiresAt'] });
    expect(await look(id, staffOf(app, 'admin'))).toEqual({ email: 'g***@bank.example', unmaskedUntil: null });

    const told = await toldOf(app, id, 'audit');
    expect(told.map(({ data }) => data['action'])).toContain('admin.invitation.unmasked');
    expect(JSON.stringify(told)).not.toContain(email);
    expect(JSON.stringify(told)).not.toContain(reason);

    await app.database.query('update admin.unmaskings set expires_at = now() where user_id = $1', [id]);
    expect(await look(id, checker)).toEqual({ email: 'g***@bank.example', unmaskedUntil: null });
  });

  test('404: for who could not decide it, for what is no invitation, and for nothing', async () => {
    const compliance = await send('POST', `/approvals/${await invite()}/unmask`, staffOf(app, 'compliance'), {
      reason,
    });
    expect(compliance).toMatchObject({ status: 404, body: { code: 'approval.not_found' } });
    const other = await ask(await knownUser(app, neighbours));
    const none = await send('POST', `/approvals/${other}/unmask`, staffOf(app, 'admin'), { reason });
    expect(none).toMatchObject({ status: 404, body: { code: 'staff.invitation.not_found' } });
    const missing = await send('POST', `/approvals/${uuidv7()}/unmask`, staffOf(app, 'admin'), { reason });
    expect(missing).toMatchObject({ status: 404, body: { code: 'approval.not_found' } });
  });

  test('SR-62, 403: not with an old authentication; 403: not for support; 422: not without a reason', async () => {
    const id = await invite();
    const old = Math.floor(Date.now() / 1000) - 3600;
    const late = staffOf(app, 'admin', { authTime: old });
    expect((await send('POST', `/approvals/${id}/unmask`, late, { reason })).body['code']).toBe(
      'auth.step_up.required',
    );
    expect((await send('POST', `/approvals/${id}/unmask`, staffOf(app, 'support'), { reason })).status).toBe(403);
    expect((await send('POST', `/approvals/${id}/unmask`, staffOf(app, 'admin'), {})).status).toBe(422);
  });
});
