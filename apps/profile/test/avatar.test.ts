import { actorOf, request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { raceOf, winners } from '@bank/testing';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { completeUpload } from '#features/file/complete-upload.ts';
import { tierPicturesMax } from '#features/kyc/policies.ts';
import { givenProfile, profileApp } from './profile-app.ts';
import { announce, type Begun, completeAvatar, follow, givenAvatar, jpeg, send, sendAvatar } from './uploads.ts';

const app = profileApp();
const path = '/v1/profile/avatar';

async function eventsOf(userId: string) {
  return app.database.query<{ type: string; data: Record<string, unknown> }>(
    "select type, data from profile.outbox where subject = $1 and (destination = 'events' or data->>'action' like 'file.%') order by id",
    [userId],
  );
}

describe('POST /v1/profile/avatar', () => {
  test('201: says how to send exactly that file, for five minutes', async () => {
    const { token } = await givenProfile(app);
    const file = await jpeg();
    const answer = await request(app.service, 'POST', path, { token, body: announce(file, 'image/jpeg') });
    expect(answer).toMatchObject({ status: 201, body: { method: 'PUT', fields: null, expiresIn: 300 } });
    expect(answer.body).toMatchObject({ headers: { 'content-type': 'image/jpeg' } });
    expect((answer.body as { url: string }).url).toMatch(/^https:\/\/id\.bank\.test\/v1\/files\/objects\/upload-/);
  });

  test.each([
    [{ contentType: 'image/svg+xml' }, 'contentType', 'media_type'],
    [{ contentType: 'application/pdf' }, 'contentType', 'media_type'],
    [{ sizeBytes: 5 * 1024 * 1024 + 1 }, 'sizeBytes', 'max_value'],
    [{ sizeBytes: 0 }, 'sizeBytes', 'min_value'],
    [{ sha256: 'abc' }, 'sha256', 'sha256'],
    [{ fileName: 'me.jpg' }, 'fileName', 'unknown_field'],
  ])('SR-77: 422 for %j', async (change, field, rule) => {
    const { token } = await givenProfile(app);
    const body = { ...announce(await jpeg(), 'image/jpeg'), ...change };
    const answer = await request(app.service, 'POST', path, { token, body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: field, rule }] } });
  });

  test('whoever lost an answer gets it again: one upload, and one picture', async () => {
    const { token, userId } = await givenProfile(app);
    const file = await jpeg();
    const twice = async (to: string, body: object) => {
      const asked = { token, body, headers: { 'idempotency-key': uuidv7() } };
      const first = await request(app.service, 'POST', to, asked);
      expect(await request(app.service, 'POST', to, asked)).toMatchObject({ status: first.status, body: first.body });
      return first;
    };
    const begun = (await twice(path, announce(file, 'image/jpeg'))).body as Begun;
    expect(await send(app, begun, file)).toBe(204);
    expect(await twice(`${path}/complete`, { uploadId: begun.uploadId })).toMatchObject({ status: 200 });
    expect((await eventsOf(userId)).filter(({ type }) => type === 'profile.updated.v1')).toHaveLength(1);
  });

  test('429: with twenty uploads open, until the first of them ends', async () => {
    const { token, userId } = await givenProfile(app);
    const body = announce(await jpeg(), 'image/jpeg');
    const begin = () => request(app.service, 'POST', path, { token, body });
    const statuses: number[] = [];
    for (let count = 0; count < 20; count += 1) statuses.push((await begin()).status);
    expect(statuses).toEqual(Array.from({ length: 20 }, () => 201));
    await app.database.query(
      `update profile.files set expires_at = now() + interval '10 minutes'
        where id = (select id from profile.files where user_id = $1 order by id limit 1)`,
      [userId],
    );
    const { status, headers } = await begin();
    const retryAfter = Number(headers.get('retry-after'));
    expect([status, retryAfter > 590 && retryAfter <= 600]).toEqual([429, true]);
  });

  test('429: of more that begin at once than there are connections, twenty begin', async () => {
    const { token, userId } = await givenProfile(app);
    const body = announce(await jpeg(), 'image/jpeg');
    const answers = winners(await raceOf(28, () => request(app.service, 'POST', path, { token, body })));
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 201), ...Array.from({ length: 8 }, () => 429)]);
    const open = "select count(*)::int as open from profile.files where user_id = $1 and status = 'begun'";
    expect(await app.database.query(open, [userId])).toEqual([{ open: 20 }]);
  });

  test('404: without a profile; 401: without a token', async () => {
    const body = announce(await jpeg(), 'image/jpeg');
    const unknown = await request(app.service, 'POST', path, { token: app.issuer.token(), body });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'profile.not_found' } });
    expect((await request(app.service, 'POST', path, { body })).status).toBe(401);
  });
});

describe('POST /v1/profile/avatar/complete', () => {
  test('200: the picture is made anew, and its link gives it, as a download', async () => {
    const { token, userId } = await givenProfile(app);
    const { uploadId } = await sendAvatar(app, token, await jpeg({ side: 900, hidden: 'geheimnis' }));
    const { body, status } = await completeAvatar(app, token, uploadId);
    expect([status, body]).toMatchObject([200, { fileId: uploadId, contentType: 'image/webp', expiresIn: 300 }]);
    const file = await follow(app, (body as { url: string }).url);
    expect(file.status).toBe(200);
    expect(Object.fromEntries(file.headers)).toMatchObject({
      'content-type': 'image/webp',
      'content-disposition': 'attachment; filename="avatar.webp"',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
    const bytes = Buffer.from(await file.arrayBuffer());
    expect(await sharp(bytes).metadata()).toMatchObject({ format: 'webp', width: 512, height: 512 });
    expect(bytes.includes('geheimnis')).toBe(false);
    const [, stored] = [...(await eventsOf(userId))].reverse();
    expect(JSON.stringify(await eventsOf(userId))).not.toContain('geheimnis');
    expect(stored).toMatchObject({ type: 'profile.updated.v1', data: { changedFields: ['avatar'], version: '2' } });
  });

  test('200: another takes the place of the one before, whose link leads nowhere then', async () => {
    const { token } = await givenProfile(app);
    await givenAvatar(app, token);
    const { body } = await request(app.service, 'GET', path, { token });
    const { url } = body as { url: string };
    expect((await follow(app, url)).status).toBe(200);
    const second = await givenAvatar(app, token);
    expect((await follow(app, url)).status).toBe(404);
    expect(await request(app.service, 'GET', path, { token })).toMatchObject({ status: 200, body: { fileId: second } });
  });

  test('the picture is a part of the profile, whose tags are those of the answers', async () => {
    const { token } = await givenProfile(app);
    const profile = () => request(app.service, 'GET', '/v1/profile', { token });
    expect((await profile()).body).toMatchObject({ avatar: null });
    const { uploadId } = await sendAvatar(app, token, await jpeg());
    const tagOf = ({ headers }: { headers: Headers }) => headers.get('etag');
    expect(tagOf(await completeAvatar(app, token, uploadId))).toBe('"v2"');
    const shown = { avatar: { fileId: uploadId, contentType: 'image/webp' } };
    const answer = await profile();
    expect([tagOf(answer), answer.body]).toMatchObject(['"v2"', shown]);
    const change = { token, body: { occupation: 'Engineer' }, headers: { 'if-match': '"v2"' } };
    expect(await request(app.service, 'PATCH', '/v1/profile', change)).toMatchObject({ status: 200, body: shown });
    for (const _ of ['once', 'again']) {
      expect(tagOf(await request(app.service, 'DELETE', path, { token }))).toBe('"v4"');
    }
    expect((await profile()).body).toMatchObject({ avatar: null });
  });

  test('SR-77: of many who complete one upload at once one does it, twenty times', async () => {
    const { token, userId } = await givenProfile(app);
    const file = await jpeg();
    for (let round = 1; round <= 20; round += 1) {
      // Each user may begin thirty an hour, and complete sixty.
      const { uploadId } = await sendAvatar(app, token, file);
      const outcomes = winners(await raceOf(3, () => completeAvatar(app, token, uploadId)));
      expect(outcomes.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
      expect(outcomes.find(({ status }) => status === 409)).toMatchObject({ body: { code: 'file.upload.settled' } });
    }
    const changes = (await eventsOf(userId)).filter(({ type }) => type === 'profile.updated.v1');
    expect(changes).toHaveLength(20);
    const files = await app.database.query("select id from profile.files where user_id = $1 and status = 'stored'", [
      userId,
    ]);
    expect(files).toHaveLength(1);
  });

  test('two pictures completed at once leave one, and what was sent', async () => {
    const { token, userId } = await givenProfile(app);
    const files = [await jpeg({ side: 40 }), await jpeg({ side: 50 })];
    const uploads = await Promise.all(files.map((file) => sendAvatar(app, token, file)));
    const outcomes = await raceOf(2, (index) => completeAvatar(app, token, uploads[index]?.uploadId ?? ''));
    expect(winners(outcomes).map(({ status }) => status)).toContain(200);
    const rows = await app.database.query("select 1 from profile.files where user_id = $1 and status = 'stored'", [
      userId,
    ]);
    expect(rows).toHaveLength(1);
  });

  test('409: before anything was sent; then it goes on', async () => {
    const { token } = await givenProfile(app);
    const file = await jpeg();
    const { body } = await request(app.service, 'POST', path, { token, body: announce(file, 'image/jpeg') });
    const begun = body as Parameters<typeof send>[1];
    const early = await completeAvatar(app, token, begun.uploadId);
    expect(early).toMatchObject({ status: 409, body: { code: 'file.upload.missing' } });
    expect(await send(app, begun, file)).toBe(204);
    expect((await completeAvatar(app, token, begun.uploadId)).status).toBe(200);
  });

  test('of one user as many are checked or wait as a tier needs; a further one is told so, and goes on afterwards', async () => {
    const { token, userId } = await givenProfile(app);
    const { uploadId } = await sendAvatar(app, token, await jpeg());
    const { checks } = app.ctx.fileServices;
    const release = Promise.withResolvers<void>();
    const others = Array.from({ length: tierPicturesMax }, () => checks.run(() => release.promise, userId));
    const completed = completeUpload(app.ctx, actorOf(userId), { purpose: 'avatar', reference: { uploadId } });
    await expect(completed).rejects.toMatchObject({ code: 'request.rate_limited' });
    release.resolve();
    await Promise.all(others);
    expect((await completeAvatar(app, token, uploadId)).status).toBe(200);
  });

  test("SR-65: 404 for an upload that does not exist, and for somebody else's", async () => {
    const [one, other] = [await givenProfile(app), await givenProfile(app)];
    const { uploadId } = await sendAvatar(app, one.token, await jpeg());
    const foreign = await completeAvatar(app, other.token, uploadId);
    const missing = await completeAvatar(app, other.token, uuidv7());
    const withoutId = ({ body }: { body: unknown }) => ({ ...(body as object), requestId: '' });
    expect([foreign.status, withoutId(foreign)]).toEqual([404, withoutId(missing)]);
    expect((await completeAvatar(app, one.token, uploadId)).status).toBe(200);
  });
});

describe('GET and DELETE /v1/profile/avatar', () => {
  test('204: the picture is gone, with its link; once more changes nothing', async () => {
    const { token, userId } = await givenProfile(app);
    await givenAvatar(app, token);
    const { body } = await request(app.service, 'GET', path, { token });
    expect((await request(app.service, 'DELETE', path, { token })).status).toBe(204);
    expect((await follow(app, (body as { url: string }).url)).status).toBe(404);
    expect(await request(app.service, 'GET', path, { token })).toMatchObject({
      status: 404,
      body: { code: 'file.not_found' },
    });
    const before = await eventsOf(userId);
    expect((await request(app.service, 'DELETE', path, { token })).status).toBe(204);
    expect(await eventsOf(userId)).toEqual(before);
    expect(before.map(({ data }) => data['action']).filter(Boolean)).toEqual(['file.stored', 'file.removed']);
  });

  test('404 where there is no profile, of which the answer would have the tag', async () => {
    const answer = await request(app.service, 'DELETE', path, { token: app.issuer.token() });
    expect(answer).toMatchObject({ status: 404, body: { code: 'profile.not_found' } });
  });

  test('of several who remove and replace at once none waits for ever', async () => {
    const { token } = await givenProfile(app);
    const uploads = await Promise.all(Array.from({ length: 4 }, async () => sendAvatar(app, token, await jpeg())));
    const outcomes = await raceOf(8, (index) => {
      const { uploadId } = uploads[index % 4] ?? { uploadId: '' };
      return index < 4 ? completeAvatar(app, token, uploadId) : request(app.service, 'DELETE', path, { token });
    });
    expect(winners(outcomes).filter(({ status }) => status >= 500)).toEqual([]);
  });
});

describe('links', () => {
  test.each([
    ['image/webp,image/*;q=0.8', 200],
    ['image/avif,image/webp,*/*;q=0.8', 200],
    ['application/octet-stream', 200],
    ['text/html', 406],
  ])('%s is answered with %i', async (accept, status) => {
    const { token } = await givenProfile(app);
    await givenAvatar(app, token);
    const { body } = await request(app.service, 'GET', path, { token });
    expect((await follow(app, (body as { url: string }).url, accept)).status).toBe(status);
  });

  test.each([
    ['another signature', '', { signature: 'A'.repeat(43) }],
    ['another time', '', { expires: '99999999999' }],
    ['no signature', '', { signature: '' }],
    ['another file', `/v1/files/${uuidv7()}`, {}],
  ])('403: %s', async (_, pathname, change: Record<string, string>) => {
    const { token } = await givenProfile(app);
    await givenAvatar(app, token);
    const { body } = await request(app.service, 'GET', path, { token });
    const url = new URL((body as { url: string }).url);
    if (pathname !== '') url.pathname = pathname;
    for (const [name, value] of Object.entries(change)) url.searchParams.set(name, value);
    expect((await follow(app, url.href)).status).toBe(403);
  });
});
