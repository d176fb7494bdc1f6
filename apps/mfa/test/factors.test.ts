import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { FactorType, MfaService } from '@bank/proto/mfa';
import { raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { startChallenge } from '#features/challenge/start-challenge.ts';
import { verifyChallenge } from '#features/challenge/verify-challenge.ts';
import { listFactors } from '#features/factor/list-factors.ts';
import { auth, givenEnrolled, givenFactor, givenSubject, mfaApp, strongToken, toldOf } from './mfa-app.ts';

const app = mfaApp();
const path = '/v1/mfa/factors';
const confirmedAt = new Date('2026-11-01T00:00:00Z');
const lastUsedAt = new Date('2026-11-20T00:00:00Z');

describe('GET /v1/mfa/factors', () => {
  test('200: none yet', async () => {
    const userId = await givenSubject(app);
    const answer = await request(app.service, 'GET', path, { token: app.issuer.token({ userId }) });
    expect(answer).toMatchObject({ status: 200, body: { items: [], nextCursor: null } });
  });

  test('200: the confirmed ones, last used first, and never a secret', async () => {
    const userId = await givenSubject(app);
    const sms = await givenFactor(app, userId, { type: 'sms', confirmedAt });
    const totp = await givenFactor(app, userId, { type: 'totp', confirmedAt, lastUsedAt });
    await givenFactor(app, userId, { type: 'webauthn' });
    const { body } = await request(app.service, 'GET', path, { token: app.issuer.token({ userId }) });
    expect(body).toEqual({
      items: [
        {
          id: totp,
          type: 'totp',
          label: 'Mine',
          confirmedAt: confirmedAt.toISOString(),
          lastUsedAt: lastUsedAt.toISOString(),
          preferred: false,
        },
        {
          id: sms,
          type: 'sms',
          label: 'Mine',
          confirmedAt: confirmedAt.toISOString(),
          lastUsedAt: null,
          preferred: false,
        },
      ],
      nextCursor: null,
    });
  });

  test('200: whole whatever the limit; 422 to a cursor, since none was given out', async () => {
    const userId = await givenSubject(app);
    for (const type of ['sms', 'totp'] as const) await givenFactor(app, userId, { type, confirmedAt });
    const token = app.issuer.token({ userId });
    const whole = await request(app.service, 'GET', `${path}?limit=1`, { token });
    expect(whole).toMatchObject({ status: 200, body: { items: [{}, {}], nextCursor: null } });
    const answer = await request(app.service, 'GET', `${path}?cursor=abc`, { token });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ path: 'cursor', rule: 'cursor' }] } });
  });

  test("SR-65: nobody else's", async () => {
    await givenFactor(app, await givenSubject(app), { type: 'totp', confirmedAt });
    const { body } = await request(app.service, 'GET', path, { token: app.issuer.token() });
    expect(body).toMatchObject({ items: [] });
  });

  test('401: without a token', async () => {
    expect((await request(app.service, 'GET', path)).status).toBe(401);
  });
});

describe('GET /v1/mfa/factors/{id}', () => {
  test('200 with the version as ETag; SR-65: 404 for a pending, a foreign and a missing one alike', async () => {
    const { userId, factorId } = await givenEnrolled(app);
    const token = app.issuer.token({ userId });
    const found = await request(app.service, 'GET', `${path}/${factorId}`, { token });
    expect(found).toMatchObject({ status: 200, body: { id: factorId, label: 'Authenticator app' } });
    expect(found.headers.get('etag')).toBe('"v1"');
    const pending = await givenFactor(app, userId, { type: 'totp' });
    const foreign = await givenFactor(app, await givenSubject(app), { type: 'totp', confirmedAt });
    for (const id of [pending, foreign, uuidv7()]) {
      const { status, body } = await request(app.service, 'GET', `${path}/${id}`, { token });
      expect([status, body]).toMatchObject([404, { code: 'factor.not_found' }]);
    }
  });
});

async function auditedChanges(userId: string): Promise<{ fields: string }[]> {
  const rows = await app.database.query<{ details: { fields: string } }>(
    `select data->'details' as details from mfa.outbox
     where subject = $1 and data->>'action' = 'mfa.factor.changed' order by id`,
    [userId],
  );
  return rows.map(({ details }) => details);
}

describe('PATCH /v1/mfa/factors/{id}', () => {
  const change = (token: string, id: string, etag?: string, body: object = { label: 'Work phone' }) => {
    const headers = etag === undefined ? {} : { 'if-match': etag };
    return request(app.service, 'PATCH', `${path}/${id}`, { token, headers, body });
  };

  test('200: another name, a new version, and the secret still works', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId, etag } = enrolled;
    const token = strongToken(app, enrolled);
    const renamed = await change(token, factorId, etag);
    expect(renamed).toMatchObject({ status: 200, body: { label: 'Work phone' } });
    expect(renamed.headers.get('etag')).toBe('"v2"');
    const { body } = await request(app.service, 'GET', path, { token });
    expect(body).toMatchObject({ items: [{ id: factorId, label: 'Work phone' }] });
    expect((await toldOf(app, userId)).slice(-2)).toEqual(['audit mfa.factor.changed', 'deliveries factor-changed']);
    expect((await auditedChanges(userId)).map(({ fields }) => fields)).toEqual(['label']);
  });

  test('200: what is so already stays as it is, tells nobody and makes no version; 412 for an older one all the same', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId, etag } = enrolled;
    const token = strongToken(app, enrolled);
    expect((await change(token, factorId, etag, { preferred: true })).status).toBe(200);
    for (const body of [{ preferred: true }, { label: 'Authenticator app' }, {}]) {
      const same = await change(token, factorId, '"v2"', body);
      expect([same.status, same.headers.get('etag')]).toEqual([200, '"v2"']);
      expect((await change(token, factorId, '"v1"', body)).status).toBe(412);
    }
    expect((await auditedChanges(userId)).map(({ fields }) => fields)).toEqual(['preferred']);
    const notices = (await toldOf(app, userId)).filter((what) => what === 'deliveries factor-changed');
    expect(notices).toHaveLength(1);
  });

  test('200: the preferred factor comes first, here and where it is asked for, whichever was used last', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId, etag } = enrolled;
    const token = strongToken(app, enrolled);
    const used = await givenFactor(app, userId, { type: 'totp', confirmedAt, lastUsedAt });
    const client = await app.client(MfaService, auth);
    const listed = async () => (await client.listFactors({ userId })).factors.map((factor) => factor.factorId);
    expect(await listed()).toEqual([used, factorId]);
    expect(await change(token, factorId, etag, { preferred: true })).toMatchObject({
      status: 200,
      body: { preferred: true, label: 'Authenticator app' },
    });
    expect(await listed()).toEqual([factorId, used]);
    expect((await change(token, used, '"v1"', { preferred: true })).status).toBe(200);
    const { body } = await request(app.service, 'GET', path, { token });
    expect(body).toMatchObject({
      items: [
        { id: used, preferred: true },
        { id: factorId, preferred: false },
      ],
    });
  });

  test('412 for a version from before another factor was preferred', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId, etag } = enrolled;
    const token = strongToken(app, enrolled);
    const other = await givenFactor(app, userId, { type: 'sms', confirmedAt });
    const preferred = await change(token, factorId, etag, { preferred: true });
    expect((await change(token, other, '"v1"', { preferred: true })).status).toBe(200);
    const stale = preferred.headers.get('etag') ?? '';
    expect((await change(token, factorId, stale, { label: 'Old phone' })).status).toBe(412);
  });

  test('200: one factor is preferred, whichever are asked to be at once', async () => {
    const enrolled = await givenEnrolled(app);
    const { userId, factorId } = enrolled;
    const token = strongToken(app, enrolled);
    const ids = [factorId, await givenFactor(app, userId, { type: 'sms', confirmedAt })];
    for (let round = 0; round < 20; round += 1) {
      await app.database.query('update mfa.factors set is_preferred = false, version = 1 where user_id = $1', [userId]);
      await raceOf(ids.length, (index) => change(token, ids[index] ?? '', '"v1"', { preferred: true }));
      const preferred = await app.database.query('select 1 from mfa.factors where user_id = $1 and is_preferred', [
        userId,
      ]);
      expect(preferred).toHaveLength(1);
    }
  });

  test('412 for an older version, 428 without one, 404 for a foreign one', async () => {
    const enrolled = await givenEnrolled(app);
    const token = strongToken(app, enrolled);
    await change(token, enrolled.factorId, enrolled.etag);
    expect((await change(token, enrolled.factorId, enrolled.etag)).status).toBe(412);
    expect((await change(token, enrolled.factorId)).status).toBe(428);
    expect((await change(app.issuer.token(), enrolled.factorId, enrolled.etag)).status).toBe(404);
  });

  test('SR-31, SR-62: 403 at aal1, and five minutes after the sign-in', async () => {
    const { userId, factorId, etag } = await givenEnrolled(app);
    const weak = await change(app.issuer.token({ userId }), factorId, etag);
    expect(weak).toMatchObject({ status: 403, body: { code: 'auth.step_up.required', acr: 'aal2' } });
    const authTime = Math.floor(Date.now() / 1000) - 301;
    expect((await change(app.issuer.token({ userId, acr: 'aal2', authTime }), factorId, etag)).status).toBe(403);
  });
});

describe('DELETE /v1/mfa/factors/{id}', () => {
  const remove = (token: string, id: string, etag: string) =>
    request(app.service, 'DELETE', `${path}/${id}`, { token, headers: { 'if-match': etag } });

  test('204: the factor is gone, and everybody is told', async () => {
    const enrolled = await givenEnrolled(app);
    const token = strongToken(app, enrolled);
    expect((await remove(token, enrolled.factorId, enrolled.etag)).status).toBe(204);
    expect((await request(app.service, 'GET', path, { token })).body).toMatchObject({ items: [] });
    expect((await toldOf(app, enrolled.userId)).slice(-3)).toEqual([
      'events mfa.factor_removed.v1',
      'audit mfa.factor.removed',
      'deliveries factor-removed',
    ]);
    expect((await remove(token, enrolled.factorId, enrolled.etag)).status).toBe(404);
  });

  test('SR-31, SR-62: 403 at aal1, and at aal2 one second too late', async () => {
    const { userId, factorId, etag } = await givenEnrolled(app);
    const authTime = Math.floor(Date.now() / 1000) - 301;
    const required = { code: 'auth.step_up.required', maxAgeSeconds: 300 };
    const weak = await remove(app.issuer.token({ userId }), factorId, etag);
    expect(weak).toMatchObject({ status: 403, body: { ...required, acr: 'aal2' } });
    const late = await remove(app.issuer.token({ userId, acr: 'aal2', authTime }), factorId, etag);
    expect(late).toMatchObject({ status: 403, body: required });
  });

  test("SR-65: 404 for somebody else's; 412 for another version", async () => {
    const enrolled = await givenEnrolled(app);
    const other = strongToken(app, { userId: await givenSubject(app) });
    expect((await remove(other, enrolled.factorId, enrolled.etag)).status).toBe(404);
    expect((await remove(strongToken(app, enrolled), enrolled.factorId, '"v9"')).status).toBe(412);
  });
});

describe('SR-84 a sealed secret', () => {
  test('opens in its own row alone, not in another of the same user', async () => {
    const enrolled = await givenEnrolled(app);
    const other = await givenFactor(app, enrolled.userId, { type: 'totp', confirmedAt });
    await app.database.query(
      'update mfa.factors set label = (select label from mfa.factors where id = $2) where id = $1',
      [enrolled.factorId, other],
    );
    const { status } = await request(app.service, 'GET', path, { token: strongToken(app, enrolled) });
    expect(status).toBe(500);
  });
});

describe('ListFactors', () => {
  test('gives the confirmed factors of a known user', async () => {
    const userId = await givenSubject(app);
    const factorId = await givenFactor(app, userId, { type: 'totp', confirmedAt, lastUsedAt });
    await givenFactor(app, userId, { type: 'email' });
    const { factors } = await (await app.client(MfaService, auth)).listFactors({ userId });
    expect(factors).toMatchObject([{ factorId, type: FactorType.TOTP }]);
  });

  test('SR-16: answers a decoy like a user without factors', async () => {
    const client = await app.client(MfaService, auth);
    const userId = await givenSubject(app);
    const [known, decoy] = [await client.listFactors({ userId }), await client.listFactors({ userId: uuidv7() })];
    expect(known).toEqual(decoy);
    expect(decoy.factors).toEqual([]);
  });

  test('refuses an id that is none', async () => {
    const client = await app.client(MfaService, auth);
    await expect(client.listFactors({ userId: 'me' })).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('SR-68: who may ask', () => {
  test('no app that the caller table does not list', async () => {
    const client = await app.client(MfaService, 'spiffe://bank/app/admin');
    await expect(client.listFactors({ userId: uuidv7() })).rejects.toMatchObject({
      cause: { rawMessage: 'The calling service may not use this method.' },
    });
  });

  test('nobody but auth, whatever the table says', async () => {
    const tools = { kind: 'service', name: 'tools' } as const;
    for (const verb of [listFactors, startChallenge, verifyChallenge]) {
      await expect(verb(app.ctx, tools, uuidv7())).rejects.toMatchObject({ code: 'access.forbidden' });
    }
  });
});
