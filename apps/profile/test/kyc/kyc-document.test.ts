import { randomBytes } from 'node:crypto';
import { actorOf } from '@bank/composition/testing';
import { audiences, type Role, type UserId, uuidv7 } from '@bank/domain';
import { ProfileService } from '@bank/proto/profile';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { readDocument } from '#features/kyc-review/read-document.ts';
import { shownBytesMax } from '#features/kyc-review/watermark.ts';
import { admin, auditsOf, type Customer, givenCustomer, givenSubmitted, kycApp, send, upload } from './kyc-app.ts';

const { app, people } = await kycApp();

function colleague(role: Role = 'compliance') {
  const id = uuidv7() as UserId;
  people.set(id, { roles: [role], status: 'active' });
  const token = app.issuer.token({ userId: id, roles: [role], acr: 'aal2', audience: audiences.staff });
  return { id, asked: { headers: { 'bank-user-token': token } } };
}

async function get(caseId: string, documentId: string, by = colleague(), noteId: string = uuidv7()) {
  return (await app.client(ProfileService, admin)).getKycDocument({ caseId, documentId, noteId }, by.asked);
}

async function firstOf(caseId: string): Promise<string> {
  const { cases } = await (await app.client(ProfileService, admin)).listKycCases({ caseId }, colleague().asked);
  return cases[0]?.documents[0]?.documentId ?? '';
}

/** A case for whose document this picture was sent. */
async function givenSent(file: Uint8Array): Promise<Customer & { readonly caseId: string; documentId: string }> {
  const customer = await givenCustomer(app);
  const documentId = await upload(app, customer, 'passport', { contentType: 'image/jpeg' }, file);
  const { body } = await send(app, customer, 'POST', '/submissions', { tier: 1 });
  return { ...customer, caseId: String(body['caseId']), documentId };
}

/** A JPEG of noise, as large as one may be that is sent. */
function noise(side: number): Promise<Buffer> {
  const raw = { width: side, height: side, channels: 3 as const };
  return sharp(randomBytes(side * side * 3), { raw })
    .jpeg({ quality: 60 })
    .toBuffer();
}

describe('GetKycDocument', () => {
  test('shows the picture with something across it, and tells the ledger first', async () => {
    const { userId, caseId } = await givenSubmitted(app);
    const [compliance, documentId] = [colleague(), await firstOf(caseId)];
    const { content, contentType } = await get(caseId, documentId, compliance);
    expect(contentType).toBe('image/jpeg');
    const { channels } = await sharp(content).stats();
    // The picture is of one colour: whatever differs was drawn across it.
    expect(Math.max(...channels.map(({ stdev }) => stdev))).toBeGreaterThan(5);
    expect(await auditsOf(app, userId, 'kyc.document.read')).toMatchObject([
      { actor: { id: compliance.id }, details: { caseId, documentId, kind: 'passport' } },
    ]);
  });

  test('shows also the largest picture that may be sent, made smaller until a message holds it', async () => {
    const { caseId, documentId } = await givenSent(await noise(4096));
    const { content } = await get(caseId, documentId);
    expect(content.byteLength).toBeLessThanOrEqual(shownBytesMax);
    const { width, height } = await sharp(content).metadata();
    expect([width, height]).toEqual([2560, 2560]);
  });

  test('shows it while every place where uploads are checked is taken, and others wait for one', async () => {
    const { caseId } = await givenSubmitted(app);
    const [{ id }, documentId] = [colleague(), await firstOf(caseId)];
    const reader = actorOf(id, { roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
    const release = Promise.withResolvers<void>();
    const { checks } = app.ctx.fileServices;
    const uploads = Promise.allSettled(Array.from({ length: 20 }, () => checks.run(() => release.promise)));
    await expect(checks.run(async () => undefined)).rejects.toMatchObject({ code: 'service.overloaded' });
    const { picture } = await readDocument(app.ctx, reader, { caseId, documentId, noteId: uuidv7() });
    expect(picture).toMatchObject({ contentType: 'image/jpeg' });
    release.resolve();
    await uploads;
  });

  test('of what cannot be shown the ledger is not told that it was', async () => {
    const { userId, caseId } = await givenSubmitted(app);
    const documentId = await firstOf(caseId);
    await app.database.query("update profile.files set status = 'removed', expires_at = now() where user_id = $1", [
      userId,
    ]);
    await expect(get(caseId, documentId)).rejects.toMatchObject({ code: 'kyc.document.not_found' });
    expect(await auditsOf(app, userId, 'kyc.document.read')).toEqual([]);
  });

  test('SR-72: none of their own, nor of who stands as high; of who is erased as before', async () => {
    const { userId, caseId } = await givenSubmitted(app, undefined, people);
    const documentId = await firstOf(caseId);
    const forbidden = { code: 'access.forbidden' };
    for (const role of ['compliance', 'admin'] as const) {
      people.set(userId, { roles: ['customer', role], status: 'active' });
      await expect(get(caseId, documentId)).rejects.toMatchObject(forbidden);
    }
    const token = app.issuer.token({ userId, roles: ['compliance'], acr: 'aal2', audience: audiences.staff });
    const himself = { id: userId, asked: { headers: { 'bank-user-token': token } } };
    await expect(get(caseId, documentId, himself)).rejects.toMatchObject(forbidden);
    expect(await auditsOf(app, userId, 'kyc.document.read')).toEqual([]);
    people.delete(userId);
    expect((await get(caseId, documentId)).contentType).toBe('image/jpeg');
  });

  test('none of another case, none that there is not, and not for support', async () => {
    const { caseId } = await givenSubmitted(app);
    const documentId = await firstOf(caseId);
    const missing = { code: 'kyc.document.not_found' };
    await expect(get(uuidv7(), documentId)).rejects.toMatchObject(missing);
    await expect(get(caseId, uuidv7())).rejects.toMatchObject(missing);
    await expect(get(caseId, documentId, colleague('support'))).rejects.toMatchObject({ code: 'access.forbidden' });
  });
});
