import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import { admin, auditsOf, type Customer, givenCustomer, kycApp, send, upload } from './kyc-app.ts';

const { app, people } = await kycApp();

async function submit(customer: Customer, tier: number) {
  const { status, body } = await send(app, customer, 'POST', '/submissions', { tier });
  return { status, caseId: String(body['caseId']), errors: body['errors'] };
}

/** Hands in what was shown, for a tier that is approved; gives the case. */
async function reach(customer: Customer, tier: number): Promise<string> {
  const { caseId } = await submit(customer, tier);
  const [submission] = await app.database.query<{ id: string }>(
    'select id from profile.kyc_submissions where case_id = $1',
    [caseId],
  );
  await applyResult(app.ctx, 'event', { submissionId: submission?.id ?? '', outcome: 'approved', reasons: [] });
  return caseId;
}

/** A customer who shows all of these. */
async function givenShown(...kinds: readonly string[]) {
  const customer = await givenCustomer(app, people);
  const ids: string[] = [];
  for (const kind of kinds) ids.push(await upload(app, customer, kind));
  return { customer, ids };
}

/** A member of staff at the desk. */
async function reviewer() {
  const id = uuidv7() as UserId;
  people.set(id, { roles: ['compliance'], status: 'active' });
  const token = app.issuer.token({ userId: id, roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
  const asked = { headers: { 'bank-user-token': token } };
  const client = await app.client(ProfileService, admin);
  return {
    claim: (caseId: string) => client.claimKycCase({ caseId, noteId: uuidv7() }, asked),
    list: async (caseId: string) => {
      const { cases } = await client.listKycCases({ caseId }, asked);
      return cases[0]?.documents.map(({ documentId }) => documentId);
    },
    get: (caseId: string, documentId: string, noteId = '') =>
      client.getKycDocument({ caseId, documentId, noteId }, asked),
  };
}

describe('what a tier was approved by', () => {
  test('SR-39: what was shown beyond it was looked at by nobody, and proves nothing for a higher one', async () => {
    const { customer } = await givenShown('passport', 'selfie', 'utility_bill', 'payslip');
    await reach(customer, 1);
    await upload(app, customer, 'payslip');
    expect(await submit(customer, 3)).toMatchObject({
      status: 409,
      errors: [{ path: 'documents.likeness' }, { path: 'documents.address' }],
    });
    for (const kind of ['selfie', 'utility_bill']) await upload(app, customer, kind);
    expect((await submit(customer, 3)).status).toBe(202);
  });

  test('what it needed need not be shown again', async () => {
    const { customer } = await givenShown('passport', 'selfie', 'utility_bill');
    await reach(customer, 2);
    await upload(app, customer, 'payslip');
    expect((await submit(customer, 3)).status).toBe(202);
  });
});

describe('SR-71: whoever decides a case', () => {
  test('sees and opens what it rests on, that of earlier cases included, and the claim says why', async () => {
    const { customer, ids } = await givenShown('passport', 'selfie', 'utility_bill', 'payslip');
    const earlier = await reach(customer, 2);
    const payslip = await upload(app, customer, 'payslip');
    const { caseId } = await submit(customer, 3);
    const desk = await reviewer();
    await desk.claim(caseId);
    const shown = [...ids.slice(0, 3), payslip];
    expect(await desk.list(caseId)).toEqual(shown);
    for (const documentId of shown) expect((await desk.get(caseId, documentId)).contentType).toBe('image/jpeg');
    const told = await auditsOf(app, customer.userId, 'kyc.document.read');
    expect(told.map(({ details }) => details)).toMatchObject(shown.map((documentId) => ({ caseId, documentId })));
    await expect(desk.get(earlier, ids[0] ?? '')).rejects.toMatchObject({ code: 'kyc.document.reason_needed' });
  });

  test('sees of what was shown what the tier needs, as the provider does', async () => {
    const { customer, ids } = await givenShown('passport', 'selfie');
    const { caseId } = await submit(customer, 1);
    expect(await (await reviewer()).list(caseId)).toEqual(ids.slice(0, 1));
  });

  test('sees of a closed case what it rested on, whatever came after it', async () => {
    const { customer, ids } = await givenShown('passport');
    const earlier = await reach(customer, 1);
    const newer = await upload(app, customer, 'passport', { expiresOn: '2045-05-01' });
    const renewal = await reach(customer, 1);
    const desk = await reviewer();
    expect([await desk.list(earlier), await desk.list(renewal)]).toEqual([ids, [newer]]);
    const missing = { code: 'kyc.document.not_found' };
    await expect(desk.get(earlier, newer, uuidv7())).rejects.toMatchObject(missing);
    await expect(desk.get(renewal, ids[0] ?? '', uuidv7())).rejects.toMatchObject(missing);
  });
});
