import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { describe, expect, test } from 'vitest';
import { admin, auditsOf, givenCustomer, kycApp, send, upload } from './kyc-app.ts';

const { app, people } = await kycApp();
const refused = { code: 'kyc.document.reason_needed' };

/** A case that was handed in, with its document, and two members of staff who may read it. */
async function givenCase() {
  const customer = await givenCustomer(app, people);
  const documentId = await upload(app, customer, 'passport');
  const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
  const caseId = String(body['caseId']);
  const client = await app.client(ProfileService, admin);
  const colleague = () => {
    const id = uuidv7() as UserId;
    people.set(id, { roles: ['compliance'], status: 'active' });
    const token = app.issuer.token({ userId: id, roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
    const asked = { headers: { 'bank-user-token': token } };
    return {
      claim: () => client.claimKycCase({ caseId, noteId: uuidv7() }, asked),
      get: (noteId = '', particularsOnly = false) =>
        client.getKycDocument({ caseId, documentId, noteId, particularsOnly }, asked),
    };
  };
  const change = (columns: string) =>
    app.database.query(`update profile.kyc_cases set ${columns} where id = $1`, [caseId]);
  const told = () => auditsOf(app, customer.userId, 'kyc.document.read');
  return { claimer: colleague(), other: colleague(), change, told };
}

describe('SR-86: why a document of a case is opened', () => {
  test('who has claimed the case said so with the claim; a colleague says why by a note, which the ledger names', async () => {
    const { claimer, other, told } = await givenCase();
    for (const particularsOnly of [false, true])
      await expect(claimer.get('', particularsOnly)).rejects.toMatchObject(refused);
    await claimer.claim();
    expect((await claimer.get()).contentType).toBe('image/jpeg');
    expect((await claimer.get('', true)).number).toBe('C01X00T47');
    for (const particularsOnly of [false, true])
      await expect(other.get('', particularsOnly)).rejects.toMatchObject(refused);
    const noteId = uuidv7();
    expect((await other.get(noteId)).contentType).toBe('image/jpeg');
    expect((await told()).map(({ details }) => (details as { noteId?: string }).noteId)).toEqual([
      undefined,
      undefined,
      noteId,
    ]);
  });

  test.each(['approved', 'rejected', 'expired', 'more_information'])(
    'of a case that is %s also who had claimed it says why',
    async (status) => {
      const { claimer, change, told } = await givenCase();
      await claimer.claim();
      await change(`status = '${status}'`);
      await expect(claimer.get()).rejects.toMatchObject(refused);
      expect(await told()).toEqual([]);
      expect((await claimer.get(uuidv7())).contentType).toBe('image/jpeg');
    },
  );

  test('a claim is the reason for eight hours, and again once it is renewed', async () => {
    const { claimer, change } = await givenCase();
    await claimer.claim();
    await change(`claimed_at = now() - interval '8 hours 1 minute'`);
    await expect(claimer.get()).rejects.toMatchObject(refused);
    await claimer.claim();
    expect((await claimer.get()).contentType).toBe('image/jpeg');
  });

  test('SR-74: a note is an id', async () => {
    const { other } = await givenCase();
    await expect(other.get('a good reason')).rejects.toMatchObject({ code: 'request.invalid' });
  });
});
