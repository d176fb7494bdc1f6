import { readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { actorOf, request } from '@bank/composition/testing';
import { type UserId, uuidv7 } from '@bank/domain';
import { DataRightsService } from '@bank/proto/data-rights';
import { fixedClock } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { beginUpload } from '#features/file/begin-upload.ts';
import { claimUpload } from '#features/file/claim-upload.ts';
import { clearFiles } from '#features/file/clear-files.ts';
import { completeUpload } from '#features/file/complete-upload.ts';
import { readFile } from '#features/file/read-file.ts';
import { toUploadView } from '#features/file/view.ts';
import { givenProfile, ownProfileApp } from './profile-app.ts';
import { announce, type Begun, completeAvatar, givenAvatar, jpeg, send, sendAvatar } from './uploads.ts';

const app = ownProfileApp();
const minute = 60_000;

/** The context as it is after so long. */
function later(ms: number) {
  return { ...app.ctx, clock: fixedClock(new Date(Date.now() + ms)) };
}

function rowsOf(userId: UserId) {
  return app.database.query<{ id: string; status: string; upload_key: string | null; stored_key: string }>(
    'select id, status, upload_key, stored_key from profile.files where user_id = $1 order by id',
    [userId],
  );
}

async function objects(): Promise<Set<string>> {
  const entries = await readdir(app.env['STORAGE_DIR'] ?? '', { recursive: true, withFileTypes: true });
  return new Set(entries.filter((entry) => entry.isFile()).map(({ name }) => name));
}

describe('what is left over', () => {
  test('an upload that nobody completes goes after its hour, with what was sent', async () => {
    const { token, userId } = await givenProfile(app);
    const { uploadId } = await sendAvatar(app, token, await jpeg());
    const [row] = await rowsOf(userId);
    expect((await objects()).has(row?.upload_key ?? '')).toBe(true);
    await clearFiles(later(50 * minute));
    expect(await rowsOf(userId)).toHaveLength(1);
    await clearFiles(later(61 * minute));
    expect(await rowsOf(userId)).toEqual([]);
    expect((await objects()).has(row?.upload_key ?? '')).toBe(false);
    expect((await completeAvatar(app, token, uploadId)).status).toBe(404);
  });

  test('what was sent again by a link that still held goes when it no longer does; the picture stays', async () => {
    const { token, userId } = await givenProfile(app);
    const file = await jpeg();
    const begun = await sendAvatar(app, token, file);
    await completeAvatar(app, token, begun.uploadId);
    const [row] = await rowsOf(userId);
    expect((await objects()).has(row?.upload_key ?? '')).toBe(false);
    expect(await send(app, begun, file)).toBe(204);
    await clearFiles(later(6 * minute));
    const left = await objects();
    expect([left.has(row?.upload_key ?? ''), left.has(row?.stored_key ?? '')]).toEqual([false, true]);
    expect(await rowsOf(userId)).toMatchObject([{ status: 'stored', upload_key: null }]);
    expect((await readFile(app.ctx, begun.uploadId)).bytes.length).toBeGreaterThan(0);
  });

  test('a picture that was replaced or removed goes, object and row', async () => {
    const { token, userId } = await givenProfile(app);
    await givenAvatar(app, token);
    await givenAvatar(app, token);
    await request(app.service, 'DELETE', '/v1/profile/avatar', { token });
    const rows = await rowsOf(userId);
    expect(rows).toHaveLength(2);
    await clearFiles(later(6 * minute));
    expect(await rowsOf(userId)).toEqual([]);
    const left = await objects();
    expect(rows.filter(({ stored_key }) => left.has(stored_key))).toEqual([]);
  });

  test('whoever is at an upload is not disturbed, and whoever was too slow comes too late', async () => {
    const { token, userId } = await givenProfile(app);
    const { uploadId } = await sendAvatar(app, token, await jpeg());
    await app.database.query(
      "update profile.files set claim = $2, claimed_until = now() + interval '2 hours' where id = $1",
      [uploadId, uuidv7()],
    );
    await clearFiles(later(61 * minute));
    expect(await rowsOf(userId)).toHaveLength(1);
    expect((await completeAvatar(app, token, uploadId)).status).toBe(409);
    await clearFiles(later(180 * minute));
    expect(await rowsOf(userId)).toEqual([]);
  });

  test('what a process that died had begun to write goes after an hour', async () => {
    const folder = join(app.env['STORAGE_DIR'] ?? '', 'begun');
    const { token } = await givenProfile(app);
    await sendAvatar(app, token, await jpeg());
    await Promise.all(['old', 'new'].map((name) => writeFile(join(folder, name), 'half')));
    const before = new Date(Date.now() - 120 * minute);
    await utimes(join(folder, 'old'), before, before);
    await clearFiles(app.ctx);
    expect(await readdir(folder)).toEqual(['new']);
  });

  test('a storage that is away leaves everything for the next round', async () => {
    const { token, userId } = await givenProfile(app);
    await sendAvatar(app, token, await jpeg());
    await app.database.query("update profile.files set provider = 's3' where user_id = $1", [userId]);
    await clearFiles(later(61 * minute));
    expect(await rowsOf(userId)).toHaveLength(1);
    await app.database.query("update profile.files set provider = 'local' where user_id = $1", [userId]);
    await clearFiles(later(70 * minute));
    expect(await rowsOf(userId)).toEqual([]);
  });
});

describe('a process that dies while it completes an upload', () => {
  /** As far as it gets: it has the upload, it has written what is kept, it has forgotten nothing yet. */
  async function died(afterWriting: boolean) {
    const { token, userId } = await givenProfile(app);
    const { uploadId: id } = await sendAvatar(app, token, await jpeg());
    const upload = await claimUpload(app.ctx, actorOf(userId), { id, userId, purpose: 'avatar' });
    if (afterWriting) await app.ctx.fileServices.storages.current.write(upload.storedKey, Buffer.from('half a file'));
    return { token, userId, id };
  }

  test.each([false, true])('is followed by another two minutes later; written already: %s', async (afterWriting) => {
    const { token, userId, id } = await died(afterWriting);
    expect((await completeAvatar(app, token, id)).status).toBe(409);
    const reference = { uploadId: id };
    await completeUpload(later(3 * minute), actorOf(userId), { purpose: 'avatar', reference });
    const { bytes } = await readFile(app.ctx, id);
    expect(Buffer.from(bytes).toString('latin1', 8, 12)).toBe('WEBP');
  });

  test.each([false, true])('leaves nothing when nobody follows; written already: %s', async (afterWriting) => {
    const { userId } = await died(afterWriting);
    const [row] = await rowsOf(userId);
    await clearFiles(later(61 * minute));
    expect(await rowsOf(userId)).toEqual([]);
    const left = await objects();
    expect([left.has(row?.upload_key ?? ''), left.has(row?.stored_key ?? '')]).toEqual([false, false]);
  });
});

describe('whoever is slow at an upload', () => {
  /** Completes an upload in a process whose lane, or whose scanner, takes so long. */
  async function slowly({ laneMs = 0, scannerMs = 0 }) {
    const { token, userId } = await givenProfile(app);
    const { uploadId } = await sendAvatar(app, token, await jpeg());
    const clock = fixedClock(new Date());
    let scans = 0;
    const checks: typeof app.ctx.fileServices.checks = {
      run(job) {
        clock.advance(laneMs);
        return job();
      },
    };
    const antivirus = {
      async isClean() {
        scans += 1;
        clock.advance(scannerMs);
        return true;
      },
    };
    const ctx = { ...app.ctx, clock, fileServices: { ...app.ctx.fileServices, checks, antivirus } };
    const [row] = await rowsOf(userId);
    const completed = completeUpload(ctx, actorOf(userId), { purpose: 'avatar', reference: { uploadId } });
    const outcome = await completed.then(
      () => 'stored',
      ({ code }) => code,
    );
    const isWritten = (await objects()).has(row?.stored_key ?? '');
    return { outcome, isWritten, scans, again: () => completeAvatar(app, token, uploadId) };
  }

  test('begins no write that may end after its claim, and somebody else may try it', async () => {
    const { again, ...slow } = await slowly({ scannerMs: minute });
    expect(slow).toEqual({ outcome: 'service.unavailable', isWritten: false, scans: 1 });
    expect((await again()).status).toBe(200);
  });

  test('looks at nothing once it has waited too long for its turn', async () => {
    const { again: _, ...slow } = await slowly({ laneMs: minute });
    expect(slow).toEqual({ outcome: 'service.unavailable', isWritten: false, scans: 0 });
  });

  test('writes as long as there is time for it', async () => {
    const { again: _, ...slow } = await slowly({ laneMs: minute / 2, scannerMs: minute / 3 });
    expect(slow).toEqual({ outcome: 'stored', isWritten: true, scans: 1 });
  });
});

describe('SR-88: an erasure', () => {
  test('makes a picture unreadable at once and lets it go; documents stay as law demands', async () => {
    const { token, userId } = await givenProfile(app);
    const avatar = await givenAvatar(app, token);
    const actor = actorOf(userId);
    const file = await jpeg();
    const begun = await beginUpload(app.ctx, actor, { purpose: 'kyc_document', file: announce(file, 'image/jpeg') });
    await send(app, toUploadView(begun) as Begun, file);
    const reference = { uploadId: begun.uploadId };
    const { fileId } = await completeUpload(app.ctx, actor, { purpose: 'kyc_document', reference });
    const { uploadId: open } = await sendAvatar(app, token, file);

    const client = await app.client(DataRightsService, 'spiffe://bank/app/profile');
    await client.eraseUser({ userId, requestId: uuidv7() });
    await expect(readFile(app.ctx, avatar)).rejects.toMatchObject({ code: 'file.not_found' });
    expect((await readFile(app.ctx, fileId)).file.contentType).toBe('image/jpeg');
    expect((await completeAvatar(app, token, open)).status).toBe(409);
    const late = await request(app.service, 'POST', '/v1/profile/avatar', {
      token,
      body: announce(file, 'image/jpeg'),
    });
    expect(late).toMatchObject({ status: 404, body: { code: 'profile.not_found' } });
    await clearFiles(later(6 * minute));
    expect(await rowsOf(userId)).toMatchObject([{ id: fileId, status: 'stored' }]);
  });
});
