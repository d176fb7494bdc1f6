import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { ProfileService } from '@bank/proto/profile';
import { fixedClock } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { clearFiles } from '#features/file/clear-files.ts';
import { readFile } from '#features/file/read-file.ts';
import { expireCases } from '#features/kyc-expiry/expire-cases.ts';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import {
  admin,
  announced,
  auditsOf,
  caseOf,
  eventsOf,
  givenCustomer,
  givenInReview,
  givenSubmitted,
  kycApp,
  profile,
  send,
  upload,
} from './kyc-app.ts';

const { app, people } = await kycApp();
const dayMs = 86_400_000;

async function erase(userId: string) {
  const client = await app.client(DataRightsService, profile);
  expect(await client.eraseUser({ userId, requestId: uuidv7() })).toMatchObject({ erased: true });
}

/** The documents that are kept of a user. */
function documentsOf(userId: string) {
  return app.database.query('select kind from profile.kyc_documents where user_id = $1 order by id', [userId]);
}

/** The pictures that are kept of a user. */
function filesOf(userId: string) {
  return app.database.query(`select id from profile.files where user_id = $1 and status = 'stored'`, [userId]);
}

/** A member of staff who claims a case. */
async function claim(caseId: string) {
  const id = uuidv7() as UserId;
  people.set(id, { roles: ['compliance'], status: 'active' });
  const token = app.issuer.token({ userId: id, roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
  const asked = { headers: { 'bank-user-token': token } };
  const client = await app.client(ProfileService, admin);
  await client.claimKycCase({ caseId, noteId: uuidv7() }, asked);
}

describe('SR-88: an erasure', () => {
  test('ends a case that is looked at: nobody claims it, and no result changes it', async () => {
    const [submitted, inReview] = [await givenSubmitted(app, undefined, people), await givenInReview(app)];
    people.set(inReview.userId, { roles: ['customer'], status: 'active' });
    for (const { userId, caseId } of [submitted, inReview]) {
      await erase(userId);
      expect(await caseOf(app, caseId)).toMatchObject({ status: 'expired' });
      expect((await eventsOf(app, userId)).at(-1)).toMatchObject({ caseId, status: 'expired', tier: 0 });
      expect(await auditsOf(app, userId, 'kyc.case.expired')).toMatchObject([{ reason: 'erasure' }]);
      const told = await eventsOf(app, userId);
      await expect(claim(caseId)).rejects.toMatchObject({ code: 'user.not_found' });
      expect(await eventsOf(app, userId)).toEqual(told);
    }
    const { submissionId } = inReview;
    expect(await applyResult(app.ctx, 'event', { submissionId, outcome: 'approved', reasons: [] })).toBe(false);
  });

  test('nobody claims a case that was left open by one', async () => {
    const { userId, caseId } = await givenInReview(app);
    people.set(userId, { roles: ['customer'], status: 'active' });
    await erase(userId);
    await app.database.query("update profile.kyc_cases set status = 'submitted' where id = $1", [caseId]);
    await expect(claim(caseId)).rejects.toMatchObject({ code: 'user.not_found' });
    expect(await caseOf(app, caseId)).toMatchObject({ status: 'submitted', reviewer_id: null });
  });

  test('keeps nothing of a draft, neither what stands in its documents nor their pictures', async () => {
    const { userId, token } = await givenCustomer(app);
    const documentId = await upload(app, { userId, token }, 'passport');
    const [file] = await app.database.query<{ id: string }>(
      'select file_id as id from profile.kyc_documents where id = $1',
      [documentId],
    );
    await erase(userId);
    expect(await documentsOf(userId)).toEqual([]);
    await expect(readFile(app.ctx, file?.id ?? '')).rejects.toMatchObject({ code: 'file.not_found' });
    await clearFiles({ ...app.ctx, clock: fixedClock(new Date(Date.now() + 3_600_000)) });
    expect(await app.database.query('select 1 from profile.files where user_id = $1', [userId])).toEqual([]);
    const told = await eventsOf(app, userId);
    expect(told.at(-1)).toMatchObject({ status: 'expired' });
    await expireCases({ ...app.ctx, clock: fixedClock(new Date(Date.now() + 100 * dayMs)) });
    expect(await eventsOf(app, userId)).toEqual(told);
  });

  test('keeps nothing of a draft that had ended before', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    await expireCases({ ...app.ctx, clock: fixedClock(new Date(Date.now() + 100 * dayMs)) });
    expect(await documentsOf(customer.userId)).toEqual([]);
    await erase(customer.userId);
    expect(await documentsOf(customer.userId)).toEqual([]);
    expect(await auditsOf(app, customer.userId, 'kyc.case.expired')).toMatchObject([{ reason: 'idle' }]);
  });

  test('keeps nothing of one whose documents stayed when it ended, as an earlier release left them', async () => {
    const customer = await givenCustomer(app);
    await upload(app, customer, 'passport');
    for (const left of ["kyc_cases set status = 'expired'", "kyc_documents set state = 'replaced', file_id = null"]) {
      await app.database.query(`update profile.${left} where user_id = $1`, [customer.userId]);
    }
    await erase(customer.userId);
    expect(await documentsOf(customer.userId)).toEqual([]);
  });

  test('keeps what was handed in, and not what was gathered for the same case since', async () => {
    const { userId, caseId, token } = await givenSubmitted(app);
    await app.database.query("update profile.kyc_cases set status = 'more_information' where id = $1", [caseId]);
    const [kept] = await filesOf(userId);
    for (const side of ['front', 'back']) await upload(app, { userId, token }, 'national_id', { side });
    await send(app, { token }, 'POST', '/documents', announced('selfie'));
    await erase(userId);
    expect(await documentsOf(userId)).toEqual([{ kind: 'passport' }]);
    expect(await filesOf(userId)).toEqual([kept]);
  });

  test('keeps what was handed in, and not what was gathered for a case after it', async () => {
    const { userId, caseId, token } = await givenSubmitted(app);
    await app.database.query("update profile.kyc_cases set status = 'rejected' where id = $1", [caseId]);
    await upload(app, { userId, token }, 'national_id');
    await erase(userId);
    const sql = `select d.state, f.status from profile.kyc_documents d join profile.files f on f.id = d.file_id where d.case_id = $1`;
    expect(await app.database.query(sql, [caseId])).toEqual([{ state: 'uploaded', status: 'stored' }]);
    expect(await documentsOf(userId)).toEqual([{ kind: 'passport' }]);
  });
});
