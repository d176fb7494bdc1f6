import { request } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { DeviceService } from '@bank/proto/device';
import { losers, raceOf, until } from '@bank/testing';
import { beforeEach, describe, expect, test } from 'vitest';
import { auth, deviceApp, toldOf } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();

beforeEach(() => Object.assign(app.mfaStandIn, { away: false, wanted: undefined }));

async function givenUser() {
  const userId = uuidv7();
  const id = await givenDevice(app.ctx, userId);
  return { userId, id, token: app.issuer.token({ userId, deviceId: id, acr: 'aal2' }) };
}

function ask(verb: 'trust' | 'untrust', { id, token }: { id: string; token: string }) {
  return request(app.service, 'POST', `/v1/devices/${id}/${verb}`, { token });
}

function trustedAtOf({ body }: { body: unknown }): number {
  return Date.parse((body as { trustedAt: string }).trustedAt);
}

describe('POST /v1/devices/{id}/trust', () => {
  test('200: trusted, with a new version, and everybody is told', async () => {
    const user = await givenUser();
    const trusted = await ask('trust', user);
    expect(trusted).toMatchObject({ status: 200, body: { id: user.id, trusted: true, current: true } });
    expect(trusted.headers.get('etag')).toBe('"v2"');
    expect((await toldOf(app, user.userId)).slice(-3)).toEqual([
      'events device.trusted.v1',
      'audit device.trusted',
      'deliveries device-trusted',
    ]);
  });

  test('SR-35: is no younger than the judgement of mfa, so that a reset which comes after it ends the trust', async () => {
    const user = await givenUser();
    await ask('trust', user);
    const sql = 'select trusted_at from device.devices where id = $1';
    const [device] = await app.database.query<{ trusted_at: Date }>(sql, [user.id]);
    expect(device?.trusted_at.getTime()).toBeLessThanOrEqual(app.mfaStandIn.judgedAt?.getTime() ?? 0);
  });

  test('200: again begins the trust anew, with a new version, and everybody is told', async () => {
    const user = await givenUser();
    await ask('trust', user);
    await app.database.query(`update device.devices set trusted_at = now() - interval '40 days' where id = $1`, [
      user.id,
    ]);
    const ofOld = await request(app.service, 'GET', `/v1/devices/${user.id}`, { token: user.token });
    expect(trustedAtOf(ofOld)).toBeLessThan(Date.now() - 39 * 86_400_000);
    const again = await ask('trust', user);
    expect(again).toMatchObject({ status: 200, body: { trusted: true } });
    expect(trustedAtOf(again)).toBeGreaterThan(Date.now() - 60_000);
    expect(again.headers.get('etag')).toBe('"v3"');
    expect((await toldOf(app, user.userId)).slice(-3)).toEqual([
      'events device.trusted.v1',
      'audit device.trusted',
      'deliveries device-trusted',
    ]);
    const client = await app.client(DeviceService, auth);
    const attempt = { userId: user.userId, knownDeviceId: user.id, attemptId: uuidv7() };
    const { deviceTrustedAt } = await client.assessSignIn(attempt);
    expect(Date.now() / 1000 - Number(deviceTrustedAt?.seconds)).toBeLessThan(60);
  });

  test.each(['trust', 'untrust'])('%s: whoever lost the answer gets it again, whatever came after it', async (verb) => {
    const { id, token } = await givenUser();
    const headers = { 'idempotency-key': uuidv7() };
    const ask = () => request(app.service, 'POST', `/v1/devices/${id}/${verb}`, { token, headers });
    const first = await ask();
    await request(app.service, 'POST', `/v1/devices/${id}/${verb === 'trust' ? 'untrust' : 'trust'}`, { token });
    const again = await ask();
    expect([again.status, again.body]).toEqual([200, first.body]);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
  });

  test('ends with the removal of the device: 404 from then on', async () => {
    const user = await givenUser();
    await ask('trust', user);
    const headers = { 'if-match': '"v2"' };
    await request(app.service, 'DELETE', `/v1/devices/${user.id}`, { token: user.token, headers });
    const [row] = await app.database.query('select trusted_at from device.devices where id = $1', [user.id]);
    expect(row).toEqual({ trusted_at: null });
    expect([(await ask('trust', user)).status, (await ask('untrust', user)).status]).toEqual([404, 404]);
  });
});

describe('POST /v1/devices/{id}/untrust', () => {
  test('200: again changes nothing and tells nobody', async () => {
    const user = await givenUser();
    await ask('trust', user);
    await ask('untrust', user);
    const told = await toldOf(app, user.userId);
    const again = await ask('untrust', user);
    expect(again).toMatchObject({ status: 200, body: { trusted: false } });
    expect(again.headers.get('etag')).toBe('"v3"');
    expect(await toldOf(app, user.userId)).toEqual(told);
  });

  test('sixteen at once, twenty times: it is told once', { timeout: 60_000 }, async () => {
    for (let round = 0; round < 20; round += 1) {
      const user = await givenUser();
      await ask('trust', user);
      const outcomes = await raceOf(16, () => ask('untrust', user));
      expect(losers(outcomes)).toEqual([]);
      const told = await toldOf(app, user.userId);
      expect(told.filter((what) => /untrusted/.test(what))).toHaveLength(3);
    }
  });

  test('200: an ordinary device again, and everybody is told', async () => {
    const user = await givenUser();
    await ask('trust', user);
    const untrusted = await ask('untrust', user);
    expect(untrusted).toMatchObject({ status: 200, body: { id: user.id, trusted: false, trustedAt: null } });
    expect(untrusted.headers.get('etag')).toBe('"v3"');
    expect((await toldOf(app, user.userId)).slice(-3)).toEqual([
      'events device.untrusted.v1',
      'audit device.untrusted',
      'deliveries device-untrusted',
    ]);
  });
});

describe('SR-31: trust stands for a factor, and is given as a factor is added', () => {
  const trustOf = ({ id }: { id: string }) =>
    app.database.query('select trusted_at from device.devices where id = $1', [id]);

  test('mfa judges the session of whoever trusts a device, and nobody who takes trust away', async () => {
    const user = await givenUser();
    app.mfaStandIn.asked.length = 0;
    await ask('trust', user);
    expect(app.mfaStandIn.asked).toEqual([user.token]);
    app.mfaStandIn.wanted = 'aal3';
    expect(await ask('untrust', user)).toMatchObject({ status: 200, body: { trusted: false } });
  });

  test('403 where the factors give more than the session has: nothing is trusted, and nobody told', async () => {
    const user = await givenUser();
    const told = await toldOf(app, user.userId);
    app.mfaStandIn.wanted = 'aal3';
    const body = { code: 'auth.step_up.required', acr: 'aal3', maxAgeSeconds: 300 };
    expect(await ask('trust', user)).toMatchObject({ status: 403, body });
    expect([await trustOf(user), await toldOf(app, user.userId)]).toEqual([[{ trusted_at: null }], told]);
  });

  test('403 is no last word: the same request is answered anew after the step-up', async () => {
    const user = await givenUser();
    const headers = { 'idempotency-key': uuidv7() };
    const again = () => request(app.service, 'POST', `/v1/devices/${user.id}/trust`, { token: user.token, headers });
    app.mfaStandIn.wanted = 'aal3';
    expect((await again()).status).toBe(403);
    app.mfaStandIn.wanted = undefined;
    expect(await again()).toMatchObject({ status: 200, body: { trusted: true } });
  });

  test('503 while mfa is away, and trust is still taken away', async () => {
    const user = await givenUser();
    app.mfaStandIn.away = true;
    const answer = await ask('trust', user);
    expect(answer).toMatchObject({ status: 503, body: { code: 'service.unavailable' } });
    expect([answer.headers.get('retry-after'), await trustOf(user)]).toEqual(['2', [{ trusted_at: null }]]);
    expect((await ask('untrust', user)).status).toBe(200);
    // And the circuit to it closes again, for the files that share the app as well.
    app.mfaStandIn.away = false;
    await until(async () => (await ask('trust', user)).status === 200, { everyMs: 200 });
  });
});

describe.each(['trust', 'untrust'] as const)('POST /v1/devices/{id}/%s', (verb) => {
  test('SR-62: 403 at aal1, and at aal2 one second too late, saying what would do', async () => {
    const { userId, id } = await givenUser();
    const authTime = Math.floor(Date.now() / 1000) - 301;
    for (const token of [app.issuer.token({ userId }), app.issuer.token({ userId, acr: 'aal2', authTime })]) {
      const { status, body } = await ask(verb, { id, token });
      expect([status, body]).toMatchObject([403, { code: 'auth.step_up.required', acr: 'aal2', maxAgeSeconds: 300 }]);
    }
  });

  test('SR-18: 429 for the thirty-first change of trust in an hour', async () => {
    const user = await givenUser();
    for (let asked = 0; asked < 15; asked += 1) {
      for (const change of ['trust', 'untrust'] as const) expect((await ask(change, user)).status).toBe(200);
    }
    const { status, headers } = await ask(verb, user);
    expect([status, headers.get('retry-after')]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  });

  test('SR-65: 404 for a foreign device as for a missing one, which stays as it is', async () => {
    const user = await givenUser();
    const token = app.issuer.token({ acr: 'aal2' });
    const answers = [await ask(verb, { id: user.id, token }), await ask(verb, { id: uuidv7(), token })];
    const [foreign, missing] = answers.map(({ status, body }) => ({ status, ...(body as object), requestId: 0 }));
    expect(foreign).toMatchObject({ status: 404, code: 'device.not_found' });
    expect(foreign).toEqual(missing);
    expect(await toldOf(app, user.userId)).toEqual(['events device.registered.v1', 'audit device.registered']);
  });
});
