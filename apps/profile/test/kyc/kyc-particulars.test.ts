import { audiences, type UserId, uuidv7 } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import { expect, test } from 'vitest';
import { admin, auditsOf, givenCustomer, kycApp, send, upload } from './kyc-app.ts';

const { app, people } = await kycApp();

/** A member of staff, who has claimed the case if there is one. */
async function reviewerOf(caseId: string) {
  const id = uuidv7() as UserId;
  people.set(id, { roles: ['compliance'], status: 'active' });
  const token = app.issuer.token({ userId: id, roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
  const asked = { headers: { 'bank-user-token': token } };
  const client = await app.client(ProfileService, admin);
  await client.claimKycCase({ caseId, noteId: uuidv7() }, asked);
  return (documentId: string, particularsOnly = false) =>
    client.getKycDocument({ caseId, documentId, particularsOnly }, asked);
}

test('GetKycDocument shows who decides what the user typed, of kinds that have it, and the ledger holds none of it', async () => {
  const customer = await givenCustomer(app, people);
  const typed = { number: 'C01X00T93', expiresOn: '2042-07-09' };
  const passport = await upload(app, customer, 'passport', typed);
  const [selfie, bill] = [await upload(app, customer, 'selfie'), await upload(app, customer, 'utility_bill')];
  const { body } = await send(app, customer, 'POST', '/submissions', { tier: 2 });
  const get = await reviewerOf(String(body['caseId']));
  expect(await get(passport)).toMatchObject({ contentType: 'image/jpeg', kind: 'passport', ...typed });
  expect(await get(selfie)).toMatchObject({ kind: 'selfie', number: '', expiresOn: '' });
  expect(await get(bill)).toMatchObject({ kind: 'utility_bill', number: '', expiresOn: '' });
  const told = JSON.stringify(await auditsOf(app, customer.userId, 'kyc.document.read'));
  expect(told).toContain(passport);
  for (const word of Object.values(typed)) expect(told).not.toContain(word);
});

test('who asks for the particulars alone opens no picture, and the ledger says so', async () => {
  const customer = await givenCustomer(app, people);
  const typed = { number: 'C01X00T93', expiresOn: '2042-07-09' };
  const passport = await upload(app, customer, 'passport', typed);
  const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
  const get = await reviewerOf(String(body['caseId']));
  expect(await get(passport)).toMatchObject({ contentType: 'image/jpeg' });
  // Whoever opened it would find it gone.
  await app.database.query("update profile.files set status = 'removed', expires_at = now() where user_id = $1", [
    customer.userId,
  ]);
  const { contentType, content, ...said } = await get(passport, true);
  expect([contentType, content.byteLength]).toEqual(['', 0]);
  expect(said).toMatchObject({ kind: 'passport', ...typed });
  expect(await auditsOf(app, customer.userId, 'kyc.document.read')).toMatchObject([
    { details: { documentId: passport, particularsOnly: false } },
    { details: { documentId: passport, particularsOnly: true } },
  ]);
});

test('SR-84: of a document whose record does not open nothing is shown, nor told as shown', async () => {
  const customer = await givenCustomer(app, people);
  const passport = await upload(app, customer, 'passport');
  const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
  const get = await reviewerOf(String(body['caseId']));
  await app.database.query(`update profile.kyc_documents set particulars = '\\x00' where id = $1`, [passport]);
  for (const particularsOnly of [false, true]) {
    await expect(get(passport, particularsOnly)).rejects.toMatchObject({ code: 'profile.unreadable' });
  }
  expect(await auditsOf(app, customer.userId, 'kyc.document.read')).toEqual([]);
});
