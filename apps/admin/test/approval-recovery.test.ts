import { approvalDigest } from '@bank/security';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, staffOf, toldOf } from './admin-app.ts';
import { approvalsOf, reason } from './approvals-under-test.ts';
import { waitingRecovery as recoveryId, startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const { send, rowOf } = approvalsOf(app);

async function asked(role: 'support' | 'admin' = 'support') {
  const [userId, maker] = [await knownUser(app, neighbours), staffOf(app, role)];
  const { status, body } = await send('POST', `/users/${userId}/recover`, maker, { reason });
  return { userId, maker, status, body, approvalId: String(body['approvalId']) };
}

describe('POST /v1/admin/users/{id}/recover', () => {
  test('SR-39, SR-71, 202: signed for the one recovery that waits, and nothing is done', async () => {
    const { userId, maker, status, body, approvalId } = await asked();
    expect([status, body]).toEqual([202, { approvalId: expect.any(String) }]);
    expect(neighbours.calls.map(({ method }) => method)).toEqual(['findRecovery', 'signApproval']);
    expect(neighbours.callsOf('findRecovery')).toMatchObject([{ request: { userId }, token: maker.token }]);
    const digest = new Uint8Array(approvalDigest('user.recover', { userId, recoveryId }));
    expect(neighbours.callsOf('signApproval')[0]?.request['payloadDigest']).toEqual(digest);
    expect(await rowOf(approvalId)).toMatchObject({
      action: 'user.recover',
      payload: { userId, recoveryId },
      status: 'pending',
    });
  });

  test('409: nothing waits; the attempt is recorded, and no approval is kept', async () => {
    neighbours.refusals.set('findRecovery', 'recovery.not_found');
    const { userId, status, body } = await asked();
    expect([status, body['code']]).toEqual([409, 'recovery.not_found']);
    expect((await toldOf(app, userId, 'audit')).at(-1)).toMatchObject({
      data: { action: 'admin.approval.requested', reason: 'recovery.not_found' },
    });
    expect(await app.database.query('select 1 from admin.approvals where user_id = $1', [userId])).toEqual([]);
  });

  test.each(['customer', 'compliance'] as const)('SR-65, 403: not for %s', async (role) => {
    const userId = await knownUser(app, neighbours);
    expect((await send('POST', `/users/${userId}/recover`, staffOf(app, role), { reason })).status).toBe(403);
    expect(neighbours.calls).toEqual([]);
  });
});

describe('POST /v1/admin/approvals/{id}/approve', () => {
  test('has the recovery approved by its owner, with the token of the checker', async () => {
    const { userId, approvalId } = await asked();
    const checker = staffOf(app, 'admin');
    expect((await send('POST', `/approvals/${approvalId}/approve`, checker, {})).status).toBe(204);
    expect(neighbours.callsOf('approveRecovery')).toMatchObject([
      { request: { userId, recoveryId, approval: `signed.${approvalId}.x` }, token: checker.token },
    ]);
    expect(await rowOf(approvalId)).toMatchObject({ status: 'approved', checker_id: checker.userId });
  });

  test('409: the recovery was ended meanwhile, and the request is over', async () => {
    const { approvalId } = await asked();
    neighbours.refusals.set('approveRecovery', 'recovery.not_found');
    const answer = await send('POST', `/approvals/${approvalId}/approve`, staffOf(app, 'admin'), {});
    expect(answer).toMatchObject({ status: 409, body: { code: 'recovery.not_found' } });
    expect(await rowOf(approvalId)).toMatchObject({ status: 'rejected' });
  });
});
