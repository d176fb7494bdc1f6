import { fixedClock, until } from '@bank/testing';
import { expect, test } from 'vitest';
import { clearFiles } from '#features/file/clear-files.ts';
import { readFile } from '#features/file/read-file.ts';
import { releaseReplaced } from '#features/kyc/release-replaced.ts';
import { applyResult } from '#features/kyc-result/apply-result.ts';
import { openVerification } from '#features/kyc-submission/open-verification.ts';
import {
  announced,
  auditsOf,
  caseOf,
  givenCustomer,
  givenSubmitted,
  kycApp,
  send,
  sendPicture,
  upload,
} from './kyc-app.ts';

const { app } = await kycApp();
const dayMs = 86_400_000;

function later(ms: number) {
  return { ...app.ctx, clock: fixedClock(new Date(Date.now() + ms)) };
}

async function documentsOf(userId: string) {
  return app.database.query<{ id: string; state: string; file_id: string | null; upload_id: string }>(
    'select id, state, file_id, upload_id from profile.kyc_documents where user_id = $1 order by id',
    [userId],
  );
}

/** The case of this customer needs something, and the passport is shown again. */
async function givenReplaced() {
  const customer = await givenSubmitted(app);
  const [row] = await app.database.query<{ id: string }>('select id from profile.kyc_submissions where case_id = $1', [
    customer.caseId,
  ]);
  const submissionId = row?.id ?? '';
  await applyResult(app.ctx, 'event', { submissionId, outcome: 'more_information', reasons: ['document_unreadable'] });
  await upload(app, customer, 'passport');
  const [before] = await documentsOf(customer.userId);
  return { ...customer, submissionId, fileId: before?.upload_id ?? '' };
}

test('a picture that is replaced before anybody looked at it goes, and its object with the housekeeping', async () => {
  const customer = await givenCustomer(app);
  await upload(app, customer, 'passport');
  await upload(app, customer, 'passport');
  const [before, after] = await documentsOf(customer.userId);
  expect([before, after]).toMatchObject([
    { state: 'replaced', file_id: null },
    { state: 'uploaded', file_id: after?.upload_id },
  ]);
  const removed = await auditsOf(app, customer.userId, 'file.removed');
  expect(removed).toMatchObject([{ details: { fileId: before?.upload_id, purpose: 'kyc_document' } }]);
  await clearFiles(later(6 * 60_000));
  const left = await app.database.query('select id from profile.files where user_id = $1', [customer.userId]);
  expect(left).toEqual([{ id: after?.upload_id }]);
  await expect(readFile(app.ctx, before?.upload_id ?? '')).rejects.toMatchObject({ code: 'file.not_found' });
});

test('one that was handed in shows what was examined, until its case has been closed for five years', async () => {
  const { userId, caseId, submissionId, fileId, ...customer } = await givenReplaced();
  expect(await documentsOf(userId)).toMatchObject([{ state: 'replaced', file_id: fileId }, { state: 'uploaded' }]);
  await releaseReplaced(later(6 * 365.25 * dayMs));
  expect((await readFile(app.ctx, fileId)).file.id).toBe(fileId);

  // The case stands open, however old it is; closed, it keeps the picture for its time.
  await send(app, customer, 'POST', '/submissions', { tier: 1 });
  const [second] = await app.database.query<{ id: string }>(
    'select id from profile.kyc_submissions where case_id = $1 and id <> $2',
    [caseId, submissionId],
  );
  await applyResult(app.ctx, 'event', { submissionId: second?.id ?? '', outcome: 'approved', reasons: [] });
  expect(await caseOf(app, caseId)).toMatchObject({ status: 'approved' });
  await releaseReplaced(later(4 * 365.25 * dayMs));
  expect((await readFile(app.ctx, fileId)).file.id).toBe(fileId);
  expect(await releaseReplaced(later(5.1 * 365.25 * dayMs))).toBe(1);
  expect(await releaseReplaced(later(5.1 * 365.25 * dayMs))).toBe(0);
  await expect(readFile(app.ctx, fileId)).rejects.toMatchObject({ code: 'file.not_found' });
  const [replaced, kept] = await documentsOf(userId);
  expect([replaced?.file_id, kept?.file_id]).toEqual([null, kept?.upload_id]);
  expect(await auditsOf(app, userId, 'file.removed')).toMatchObject([{ details: { fileId } }]);
});

test('all pictures that the highest tier needs may be completed at once: what finds no place waits', async () => {
  const customer = await givenCustomer(app);
  const sides = ['front', 'back'].map((side) => announced('national_id', { side }));
  const ids: string[] = [];
  for (const document of [...sides, ...['selfie', 'utility_bill', 'payslip'].map((kind) => announced(kind))]) {
    const { body } = await send(app, customer, 'POST', '/documents', document);
    await sendPicture(app, body);
    ids.push(String(body['documentId']));
  }
  const release = Promise.withResolvers<void>();
  const { checks } = app.ctx.fileServices;
  const others = Array.from({ length: app.ctx.config.FILE_CHECKS_MAX }, () => checks.run(() => release.promise));
  const completed = ids.map((id) => send(app, customer, 'POST', `/documents/${id}/complete`, {}));
  const claimed = 'select 1 from profile.files where user_id = $1 and claim is not null';
  const allWait = until(async () => (await app.database.query(claimed, [customer.userId])).length === ids.length);
  await Promise.race([allWait, ...completed]);
  release.resolve();
  expect((await Promise.all(completed)).map(({ status }) => status)).toEqual(ids.map(() => 200));
  await Promise.all(others);
  expect((await send(app, customer, 'POST', '/submissions', { tier: 3 })).status).toBe(202);
});

test('422: more pictures than are handed over at once, and the case stays as it is', async () => {
  const customer = await givenCustomer(app);
  await upload(app, customer, 'passport');
  const setSize = (bytes: number) =>
    app.database.query('update profile.files set size_bytes = $2 where user_id = $1', [customer.userId, bytes]);
  await setSize(24 * 1024 * 1024 + 1);
  expect(await send(app, customer, 'POST', '/submissions', { tier: 1 })).toMatchObject({
    status: 422,
    body: { code: 'kyc.documents.too_large', errors: [{ path: 'documents', rule: 'max_bytes' }] },
  });
  expect((await send(app, customer, 'GET', '')).body).toMatchObject({ status: 'draft' });
  await setSize(24 * 1024 * 1024);
  expect((await send(app, customer, 'POST', '/submissions', { tier: 1 })).status).toBe(202);
});

test('what was handed in and is too large is left to staff, not tried for ever', async () => {
  const { userId, caseId } = await givenSubmitted(app);
  const [submission] = await app.database.query<{ id: string }>(
    'select id from profile.kyc_submissions where case_id = $1',
    [caseId],
  );
  const files = app.ctx.fileServices.storages.current;
  const huge = { ...app.ctx.fileServices, storages: { ...app.ctx.fileServices.storages, of: () => files } };
  const vault = { openBytes: async () => new Uint8Array(24 * 1024 * 1024 + 1) };
  const ctx = { ...app.ctx, fileServices: huge, vault: Object.assign(Object.create(app.ctx.vault), vault) };
  const opened = openVerification(ctx, { id: submission?.id ?? '', caseId, userId, attempt: 1, tries: 1 });
  await expect(opened).rejects.toMatchObject({ name: 'VerificationRefused' });
});
