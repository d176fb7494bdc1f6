import { request } from '@bank/composition/testing';
import { type UserId, uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { adminApp, knownUser, staffOf } from './admin-app.ts';
import { startNeighbours } from './neighbours.ts';

const neighbours = await startNeighbours();
const app = adminApp(neighbours);
const reason = 'They called.';

/** Somebody whom the projection knows, and who is erased here. */
async function givenErased(): Promise<UserId> {
  const userId = await knownUser(app, neighbours);
  const { em } = app.ctx.unitOfWork.reader();
  await app.ctx.vault.createKeys(em, userId);
  await app.ctx.vault.destroyKeys(em, userId, 'erasable');
  return userId;
}

function writtenAbout(userId: string) {
  return app.database.query(
    `select 'note' as what from admin.staff_notes where user_id = $1
      union all select 'unmasking' from admin.unmaskings where user_id = $1`,
    [userId],
  );
}

describe('SR-88: about who is erased', () => {
  test.each([
    ['compliance', 'unmask', { fields: ['email'] }],
    ['support', 'lock', {}],
    ['support', 'sign-out', {}],
    ['compliance', 'suspend', {}],
  ] as const)('404: by %s, %s, and nothing is written', async (role, act, body) => {
    const userId = await givenErased();
    const { token } = staffOf(app, role);
    const path = `/v1/admin/users/${userId}/${act}`;
    const answer = await request(app.service, 'POST', path, { token, body: { ...body, reason } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'user.not_found' } });
    expect(await writtenAbout(userId)).toEqual([]);
  });

  test('200: what law keeps of them is opened with a reason as before', async () => {
    const [userId, caseId] = [await givenErased(), uuidv7()];
    neighbours.kycCases.set(caseId, { userId, status: 'expired', reviewerId: '' });
    const { token } = staffOf(app, 'compliance');
    const path = `/v1/admin/kyc/cases/${caseId}/unmask`;
    expect((await request(app.service, 'POST', path, { token, body: { reason } })).status).toBe(200);
    expect(await writtenAbout(userId)).toEqual([{ what: 'note' }]);
  });
});
