import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { describe, expect, test } from 'vitest';
import { deviceApp } from './device-app.ts';
import { givenKey, givenOwner, type Owner } from './key-of.ts';

const app = await deviceApp();

function remove(id: string, token: string, etag: string) {
  return request(app.service, 'DELETE', `/v1/devices/${id}`, { token, headers: { 'if-match': etag } });
}

/** Tokens that are too weak, or one second too old, for what needs a fresh second factor. */
function weakTokens({ userId, sessionId, id }: Owner): string[] {
  const session = { userId, sessionId, deviceId: id };
  const authTime = Math.floor(Date.now() / 1000) - 301;
  return [app.issuer.token(session), app.issuer.token({ ...session, acr: 'aal2', authTime })];
}

const isThere = async ({ id, token }: Owner) =>
  (await request(app.service, 'GET', `/v1/devices/${id}`, { token })).status === 200;

describe('SR-31, SR-62: DELETE /v1/devices/{id}', () => {
  const precious = {
    'is trusted': (owner: Owner) => request(app.service, 'POST', `/v1/devices/${owner.id}/trust`, owner),
    'has a key': (owner: Owner) => givenKey(app, owner),
  };

  test.each(Object.entries(precious))('403 for a device that %s, at aal1 and one second too late', async (_, make) => {
    const owner = await givenOwner(app);
    await make(owner);
    for (const token of weakTokens(owner)) {
      const { status, body } = await remove(owner.id, token, '"v2"');
      expect([status, body]).toMatchObject([403, { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 }]);
      expect(await isThere(owner)).toBe(true);
    }
    expect((await remove(owner.id, owner.token, '"v2"')).status).toBe(204);
  });

  test('204 at aal1 for a device without either', async () => {
    const owner = await givenOwner(app);
    for (const token of weakTokens(owner)) expect((await remove(owner.id, token, '"v9"')).status).toBe(412);
    expect((await remove(owner.id, app.issuer.token({ userId: owner.userId }), '"v1"')).status).toBe(204);
  });

  test('SR-65: 404 at aal1 for a foreign one that has a key, as for a missing one', async () => {
    const owner = await givenOwner(app);
    await givenKey(app, owner);
    const token = app.issuer.token();
    const answers = [await remove(owner.id, token, '"v2"'), await remove(uuidv7(), token, '"v2"')];
    expect(answers).toMatchObject(Array(2).fill({ status: 404, body: { code: 'device.not_found' } }));
  });
});
