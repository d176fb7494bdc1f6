import { readFile as readDisk, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { actorOf, request } from '@bank/composition/testing';
import type { Actor } from '@bank/domain';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { beginUpload } from '#features/file/begin-upload.ts';
import { completeUpload } from '#features/file/complete-upload.ts';
import { readFile } from '#features/file/read-file.ts';
import { toUploadView } from '#features/file/view.ts';
import { givenProfile, profileApp } from './profile-app.ts';
import { announce, type Begun, completeAvatar, jpeg, pngOf, send, sendAvatar } from './uploads.ts';

const app = profileApp();

async function givenUser(): Promise<{ token: string; actor: Actor }> {
  const { token, userId } = await givenProfile(app);
  return { token, actor: actorOf(userId) };
}

/** A document, from its announcement to its end. */
async function document(actor: Actor, file: Uint8Array, type: string): Promise<string> {
  const begun = await beginUpload(app.ctx, actor, { purpose: 'kyc_document', file: announce(file, type) });
  expect(await send(app, toUploadView(begun) as Begun, file)).toBe(204);
  const reference = { uploadId: begun.uploadId };
  return (await completeUpload(app.ctx, actor, { purpose: 'kyc_document', reference })).fileId;
}

const pdf = Buffer.from('%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n');

describe('SR-77: what is sent by a link', () => {
  async function begun(file: Uint8Array) {
    const { token } = await givenUser();
    const body = announce(file, 'image/jpeg');
    const answer = await request(app.service, 'POST', '/v1/profile/avatar', { token, body });
    return { token, begun: answer.body as Begun };
  }

  test('is not taken when it is longer, shorter or another than was announced', async () => {
    const file = await jpeg();
    const upload = await begun(file);
    const other = Buffer.from(file);
    other[file.length - 3] = (other[file.length - 3] ?? 0) ^ 1;
    for (const wrong of [Buffer.concat([file, file]), file.subarray(1), other, new Uint8Array()]) {
      expect(await send(app, upload.begun, wrong)).toBe(422);
    }
    expect(await completeAvatar(app, upload.token, upload.begun.uploadId)).toMatchObject({
      status: 409,
      body: { code: 'file.upload.missing' },
    });
    expect(await send(app, upload.begun, file)).toBe(204);
  });

  test('is not taken as another type, without the link, or by a link that was changed', async () => {
    const file = await jpeg();
    const upload = (await begun(file)).begun;
    const headers = { 'content-type': 'image/png' };
    expect(await send(app, { ...upload, headers }, file)).toBe(422);
    expect(await send(app, { ...upload, headers: { 'content-type': 'text/html' } }, file)).toBe(415);
    const changed = (name: string, value: string) => {
      const url = new URL(upload.url);
      url.searchParams.set(name, value);
      return { ...upload, url: url.href };
    };
    expect(await send(app, changed('sizeBytes', '1'), file.subarray(0, 1))).toBe(403);
    expect(await send(app, changed('contentType', 'image/png'), file)).toBe(403);
    expect(await send(app, changed('sha256', '0'.repeat(64)), file)).toBe(403);
    expect(await send(app, { ...upload, url: upload.url.replace(/\?.*/, '') }, file)).toBe(403);
  });

  test('SR-78 is decided by its link, for the gateway, before anything of it is there', async () => {
    const { pathname, search } = new URL((await begun(await jpeg())).begun.url);
    const ask = (target: string | undefined) => {
      const headers = target === undefined ? {} : { 'x-original-uri': target };
      return request(app.service, 'GET', '/authorize-upload', { headers });
    };
    expect((await ask(pathname + search)).status).toBe(204);
    const forged = search.replace(/sizeBytes=\d+/, 'sizeBytes=1');
    const strange = [
      '',
      '/',
      'http://[',
      '//',
      pathname,
      `/v1/files${search}`,
      `${pathname}?%`,
      `${pathname}/${search}`,
    ];
    for (const target of [undefined, ...strange, pathname + forged, `${pathname}${search}&more=1`]) {
      expect(await ask(target), target).toMatchObject({ status: 403, body: { code: 'file.link.invalid' } });
    }
  });
});

describe('SR-77: what is made of a picture', () => {
  test.each([
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/png', 'media_type'],
    ['a drawing', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'), 'image/png', 'media_type'],
    ['a document', pdf, 'image/jpeg', 'media_type'],
    ['a picture of another type', () => jpeg(), 'image/webp', 'media_type'],
    ['a bomb', () => pngOf(50_000, 50_000), 'image/png', 'pixels'],
    ['a header without a picture', () => pngOf(2000, 2000), 'image/png', 'image'],
    ['a beginning of one', async () => (await jpeg({ side: 400 })).subarray(0, 700), 'image/jpeg', 'image'],
  ])('%s is refused, for good, and the ledger hears of it', async (_, made, type, rule) => {
    const { token, actor } = await givenUser();
    const file = typeof made === 'function' ? await made() : made;
    const { uploadId } = await sendAvatar(app, token, file, type);
    const answer = await completeAvatar(app, token, uploadId);
    expect(answer).toMatchObject({ status: 422, body: { code: 'file.refused', errors: [{ path: 'file', rule }] } });
    expect((await completeAvatar(app, token, uploadId)).status).toBe(409);
    const told = await app.database.query<{ data: unknown }>(
      "select data from profile.outbox where subject = $1 and data->>'action' = 'file.refused'",
      [actor.kind === 'user' ? actor.userId : ''],
    );
    expect(told).toMatchObject([{ data: { reason: rule, details: { fileId: uploadId } } }]);
  });

  test('what was hidden in it, or hung on behind it, is gone; it is turned as its camera said', async () => {
    const { actor } = await givenUser();
    const turned = sharp({ create: { width: 40, height: 20, channels: 3, background: '#fff' } })
      .withExif({ IFD0: { Copyright: 'geheimnis', Orientation: '6' } })
      .withMetadata({ orientation: 6 });
    const file = Buffer.concat([
      await turned.jpeg().toBuffer(),
      Buffer.from('<script>geheimnis</script>PK\u0003\u0004'),
    ]);
    expect(file.includes('geheimnis')).toBe(true);
    const { bytes, file: kept } = await readFile(app.ctx, await document(actor, file, 'image/jpeg'));
    expect(kept.contentType).toBe('image/jpeg');
    expect(Buffer.from(bytes).includes('geheimnis')).toBe(false);
    const { width, height, exif, orientation } = await sharp(bytes).metadata();
    expect({ width, height, exif, orientation }).toEqual({
      width: 20,
      height: 40,
      exif: undefined,
      orientation: undefined,
    });
  });
});

describe('documents', () => {
  test('SR-77: no other kind of file than pictures begins, whatever it is for', async () => {
    const { actor } = await givenUser();
    for (const purpose of ['avatar', 'kyc_document'] as const) {
      const file = announce(pdf, 'application/pdf');
      await expect(beginUpload(app.ctx, actor, { purpose, file })).rejects.toMatchObject({
        code: 'request.invalid',
        details: { errors: [{ path: 'contentType', rule: 'media_type' }] },
      });
    }
  });

  test('one is kept sealed, and nothing of it lies readable in the storage', async () => {
    const { actor } = await givenUser();
    const fileId = await document(actor, await jpeg(), 'image/jpeg');
    const { bytes } = await readFile(app.ctx, fileId);
    const beginning = Buffer.from(bytes.subarray(0, 20));
    expect(beginning.subarray(0, 2).toString('hex')).toBe('ffd8');
    const folder = app.env['STORAGE_DIR'] ?? '';
    const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    const contents = await Promise.all(names.map(({ parentPath, name }) => readDisk(join(parentPath, name))));
    expect(contents.length).toBeGreaterThan(0);
    expect(contents.some((content) => content.includes(beginning))).toBe(false);
  });

  test('SR-84: the bytes of another file, and of another person, do not open in its place', async () => {
    const { actor } = await givenUser();
    const file = await jpeg();
    const [one, other] = [await document(actor, file, 'image/jpeg'), await document(actor, file, 'image/jpeg')];
    await app.database.query(
      `update profile.files f set stored_key = g.stored_key from profile.files g
        where (f.id, g.id) in (($1, $2), ($2, $1))`,
      [one, other],
    );
    for (const id of [one, other]) {
      await expect(readFile(app.ctx, id)).rejects.toMatchObject({ code: 'service.unavailable' });
    }
  });

  test('what is attached to a file appears with it or not at all', async () => {
    const { actor } = await givenUser();
    const file = await jpeg();
    const begun = await beginUpload(app.ctx, actor, { purpose: 'kyc_document', file: announce(file, 'image/jpeg') });
    await send(app, toUploadView(begun) as Begun, file);
    const reference = { uploadId: begun.uploadId };
    const attach = () => Promise.reject(new Error('no room for it'));
    await expect(completeUpload(app.ctx, actor, { purpose: 'kyc_document', reference, attach })).rejects.toThrow(
      'room',
    );
    await expect(readFile(app.ctx, begun.uploadId)).rejects.toMatchObject({ code: 'file.not_found' });
    await expect(completeUpload(app.ctx, actor, { purpose: 'avatar', reference })).rejects.toMatchObject({
      code: 'file.not_found',
    });
    const { fileId } = await completeUpload(app.ctx, actor, { purpose: 'kyc_document', reference });
    expect((await readFile(app.ctx, fileId)).bytes.length).toBeGreaterThan(0);
  });
});
