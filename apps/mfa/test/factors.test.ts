import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { FactorType, MfaService } from '@bank/proto/mfa';
import { describe, expect, test } from 'vitest';
import { listFactors } from '#features/factor/list-factors.ts';
import { auth, givenFactor, givenSubject, mfaApp } from './mfa-app.ts';

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
        { id: totp, type: 'totp', confirmedAt: confirmedAt.toISOString(), lastUsedAt: lastUsedAt.toISOString() },
        { id: sms, type: 'sms', confirmedAt: confirmedAt.toISOString(), lastUsedAt: null },
      ],
      nextCursor: null,
    });
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
    await expect(listFactors(app.ctx, tools, uuidv7())).rejects.toMatchObject({ code: 'access.forbidden' });
  });
});
