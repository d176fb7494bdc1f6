import { setTimeout as pause } from 'node:timers/promises';
import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { recordSignIn } from '#features/sign-in/record-sign-in.ts';
import { deviceApp } from './device-app.ts';
import { givenDevice, signInFacts } from './given-device.ts';

const app = await deviceApp();

function tokenOf(userId: string, deviceId?: string): string {
  return app.issuer.token({ userId, ...(deviceId !== undefined && { deviceId }) });
}

describe('GET /v1/devices', () => {
  test('200: the devices of the user, the one in use marked', async () => {
    const userId = uuidv7();
    const first = await givenDevice(app.ctx, userId);
    const second = await givenDevice(app.ctx, userId);
    const answer = await request(app.service, 'GET', '/v1/devices', { token: tokenOf(userId, first) });
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({
      items: [
        { id: second, current: false, platform: 'ios', trusted: false },
        { id: first, current: true },
      ],
      nextCursor: null,
    });
  });

  test('200: page after page by cursor', async () => {
    const userId = uuidv7();
    const devices = [
      await givenDevice(app.ctx, userId),
      await givenDevice(app.ctx, userId),
      await givenDevice(app.ctx, userId),
    ];
    const token = tokenOf(userId);
    const seen: string[] = [];
    let cursor = '';
    do {
      const query = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`;
      const { body } = await request(app.service, 'GET', `/v1/devices?limit=1${query}`, { token });
      const page = body as { items: { id: string }[]; nextCursor: string | null };
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? '';
    } while (cursor !== '');
    expect(seen).toEqual(devices.toReversed());
  });

  test('SR-74: a cursor of another user opens nothing', async () => {
    const userId = uuidv7();
    await givenDevice(app.ctx, userId);
    await givenDevice(app.ctx, userId);
    const { body } = await request(app.service, 'GET', '/v1/devices?limit=1', { token: tokenOf(userId) });
    const { nextCursor } = body as { nextCursor: string };
    const path = `/v1/devices?cursor=${encodeURIComponent(nextCursor)}`;
    const answer = await request(app.service, 'GET', path, { token: tokenOf(uuidv7()) });
    expect(answer.status).toBe(422);
  });

  test('401: without a token, and after its session was revoked', async () => {
    expect((await request(app.service, 'GET', '/v1/devices')).status).toBe(401);
    const sessionId = uuidv7();
    const token = app.issuer.token({ sessionId });
    expect((await request(app.service, 'GET', '/v1/devices', { token })).status).toBe(200);
    app.issuer.revoke(sessionId);
    expect((await request(app.service, 'GET', '/v1/devices', { token })).status).toBe(401);
  });

  test('SR-56: 401 for a token of another audience', async () => {
    const token = app.issuer.token({ audience: 'user-service-staff' });
    expect((await request(app.service, 'GET', '/v1/devices', { token })).status).toBe(401);
  });
});

describe('GET /v1/devices/{id}', () => {
  test('200: one of the own devices', async () => {
    const userId = uuidv7();
    const id = await givenDevice(app.ctx, userId);
    const answer = await request(app.service, 'GET', `/v1/devices/${id}`, { token: tokenOf(userId) });
    expect(answer).toMatchObject({ status: 200, body: { id, model: 'iPhone 17' } });
  });

  test.each([
    ['GET', ''],
    ['POST', '/trust'],
    ['POST', '/untrust'],
    ['POST', '/key/challenge'],
  ] as const)('%s %s of the device in use waits for news of the sign-in', async (method, end) => {
    const facts = signInFacts();
    const { userId, deviceId } = facts;
    const token = app.issuer.token({ userId, sessionId: facts.sessionId, deviceId, acr: 'aal2' });
    const answer = request(app.service, method, `/v1/devices/${deviceId}${end}`, { token });
    await pause(120);
    await recordSignIn(app.ctx, facts);
    expect((await answer).status).toBe(200);
  });

  test.concurrent.each([
    ['GET', ''],
    ['PATCH', ''],
    ['POST', '/trust'],
    ['POST', '/untrust'],
    ['POST', '/key/challenge'],
    ['DELETE', '/key'],
    ['DELETE', ''],
  ] as const)('503 to %s %s of the device in use while news of the sign-in is on its way', async (method, end) => {
    const [userId, id] = [uuidv7(), uuidv7()];
    const token = app.issuer.token({ userId, sessionId: uuidv7(), deviceId: id, acr: 'aal2' });
    const headers = { 'if-match': '"v1"' };
    const body = method === 'PATCH' ? { name: 'Mine' } : undefined;
    const answer = await request(app.service, method, `/v1/devices/${id}${end}`, { token, headers, body });
    expect(answer).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
    expect(answer.headers.get('retry-after')).toBe('1');
  });

  test('404 for the device in use when it was removed', async () => {
    const userId = uuidv7();
    const id = await givenDevice(app.ctx, userId);
    await app.database.query('update device.devices set removed_at = now() where id = $1', [id]);
    const answer = await request(app.service, 'GET', `/v1/devices/${id}`, { token: tokenOf(userId, id) });
    expect(answer).toMatchObject({ status: 404, body: { code: 'device.not_found' } });
  });

  test('SR-65: 404 for a foreign device, as for a missing one', async () => {
    const foreign = await givenDevice(app.ctx, uuidv7());
    const token = tokenOf(uuidv7());
    const answers = [foreign, uuidv7()].map((id) => request(app.service, 'GET', `/v1/devices/${id}`, { token }));
    const [one, other] = await Promise.all(answers);
    expect(one?.status).toBe(404);
    expect({ ...(one?.body as object), requestId: '' }).toEqual({ ...(other?.body as object), requestId: '' });
  });
});
