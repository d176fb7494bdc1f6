import type { TokenOptions } from '@bank/composition/testing';
import { uuidv7 } from '@bank/domain';
import { DeviceService, Platform } from '@bank/proto/device';
import { losers, raceOf } from '@bank/testing';
import { describe, expect, test } from 'vitest';
import { admin, auth, deviceApp, staffToken, toldOf } from './device-app.ts';
import { givenDevice } from './given-device.ts';

const app = await deviceApp();

const onBehalfOf = (token: string) => ({ headers: { 'bank-user-token': token } });
const asSupport = () => onBehalfOf(staffToken(app));

/** What the ledger was told last about a user. */
async function lastAudit(userId: string): Promise<unknown> {
  const [row] = await app.database.query<{ data: object }>(
    `select data from device.outbox where subject = $1 and destination = 'audit' order by id desc limit 1`,
    [userId],
  );
  return row?.data;
}

describe('ListDevices', () => {
  test('shows the devices of a user without their names, and the ledger is told', async () => {
    const client = await app.client(DeviceService, admin);
    const [userId, staffId] = [uuidv7(), uuidv7()];
    const first = await givenDevice(app.ctx, userId);
    const second = await givenDevice(app.ctx, userId, { platform: 'web', model: '' });
    await app.database.query('update device.devices set trusted_at = now() where id = $1', [first]);
    const token = onBehalfOf(staffToken(app, { userId: staffId }));
    const { devices, nextCursor } = await client.listDevices({ userId }, token);
    expect(devices).toMatchObject([
      { deviceId: second, platform: Platform.WEB, model: '', trusted: false },
      { deviceId: first, platform: Platform.IOS, model: 'iPhone 17', trusted: true },
    ]);
    expect(nextCursor).toBe('');
    expect(await lastAudit(userId)).toMatchObject({ action: 'device.read', actor: { id: staffId } });
  });

  test('page after page by cursor, which is good for that user alone', async () => {
    const client = await app.client(DeviceService, admin);
    const userId = uuidv7();
    const ids = [await givenDevice(app.ctx, userId), await givenDevice(app.ctx, userId)];
    const page = await client.listDevices({ userId, limit: 1 }, asSupport());
    expect(page.devices.map(({ deviceId }) => deviceId)).toEqual([ids[1]]);
    const rest = await client.listDevices({ userId, limit: 1, cursor: page.nextCursor }, asSupport());
    expect([rest.devices[0]?.deviceId, rest.nextCursor]).toEqual([ids[0], '']);
    const foreign = client.listDevices({ userId: uuidv7(), cursor: page.nextCursor }, asSupport());
    await expect(foreign).rejects.toMatchObject({ code: 'request.invalid' });
  });

  test('none for a user who has none; refuses what is no page', async () => {
    const client = await app.client(DeviceService, admin);
    expect((await client.listDevices({ userId: uuidv7() }, asSupport())).devices).toEqual([]);
    for (const wrong of [{ userId: 'x' }, { userId: uuidv7(), limit: 101 }, { userId: uuidv7(), limit: -1 }]) {
      await expect(client.listDevices(wrong, asSupport())).rejects.toMatchObject({ code: 'request.invalid' });
    }
  });
});

describe('RevokeDevice', () => {
  test('removes the device, and everybody is told who did it and by which note', async () => {
    const client = await app.client(DeviceService, admin);
    const [userId, staffId, noteId] = [uuidv7(), uuidv7(), uuidv7()];
    const deviceId = await givenDevice(app.ctx, userId);
    await client.revokeDevice({ userId, deviceId, noteId }, onBehalfOf(staffToken(app, { userId: staffId })));
    expect((await client.listDevices({ userId }, asSupport())).devices).toEqual([]);
    expect((await toldOf(app, userId)).slice(2, -1)).toEqual([
      'events device.removed.v1',
      'audit device.removed',
      'deliveries device-removed',
    ]);
    const [event] = await app.database.query<{ data: object }>(
      `select data from device.outbox where subject = $1 and type = 'device.removed.v1'`,
      [userId],
    );
    expect(event?.data).toMatchObject({ deviceId, reason: 'DEVICE_REMOVAL_REASON_STAFF' });
    const audits = await app.database.query<{ data: object }>(
      `select data from device.outbox where subject = $1 and data->>'action' = 'device.removed'`,
      [userId],
    );
    expect(audits).toMatchObject([{ data: { actor: { id: staffId }, reason: 'staff' } }]);
    expect(JSON.stringify(audits)).toContain(noteId);
  });

  test('sixteen at once, twenty times: all are answered, and it is told once', { timeout: 60_000 }, async () => {
    const client = await app.client(DeviceService, admin);
    for (let round = 0; round < 20; round += 1) {
      const userId = uuidv7();
      const deviceId = await givenDevice(app.ctx, userId);
      const outcomes = await raceOf(16, () => client.revokeDevice({ userId, deviceId, noteId: uuidv7() }, asSupport()));
      expect(losers(outcomes)).toEqual([]);
      expect((await toldOf(app, userId)).filter((what) => /removed/.test(what))).toHaveLength(3);
    }
  });

  test('SR-65: finds no device of another user, nor one that never was', async () => {
    const client = await app.client(DeviceService, admin);
    const deviceId = await givenDevice(app.ctx, uuidv7());
    for (const asked of [
      { userId: uuidv7(), deviceId },
      { userId: uuidv7(), deviceId: uuidv7() },
    ]) {
      const revoked = client.revokeDevice({ ...asked, noteId: uuidv7() }, asSupport());
      await expect(revoked).rejects.toMatchObject({ code: 'device.not_found' });
    }
    const noNote = client.revokeDevice({ userId: uuidv7(), deviceId }, asSupport());
    await expect(noNote).rejects.toMatchObject({ code: 'request.invalid' });
  });
});

describe('SR-72: on whom', () => {
  async function revoke(changes: TokenOptions) {
    const client = await app.client(DeviceService, admin);
    const userId = changes.userId ?? uuidv7();
    const deviceId = await givenDevice(app.ctx, userId);
    const answer = client.revokeDevice({ userId, deviceId, noteId: uuidv7() }, onBehalfOf(staffToken(app, changes)));
    return answer.then(
      () => 'revoked',
      ({ code }) => code,
    );
  }

  test.each([
    [['customer', 'support'], { roles: ['support'] }, 'access.forbidden'],
    [['admin'], { roles: ['compliance'] }, 'access.forbidden'],
    [['a role of tomorrow'], { roles: ['compliance'] }, 'access.forbidden'],
    [['support'], { roles: ['compliance'] }, 'revoked'],
    [['customer'], { userId: uuidv7() }, 'access.forbidden'],
    [[], {}, 'device.not_found'],
  ] satisfies [string[], TokenOptions, string][])('a user who is %j, by %j: %s', async (roles, changes, answer) => {
    app.authStandIn.roles = roles;
    expect(await revoke(changes)).toBe(answer);
    app.authStandIn.roles = ['customer'];
  });

  test('on nobody while auth cannot say who it is', async () => {
    app.authStandIn.away = true;
    expect(await revoke({})).toBe('service.unavailable');
    app.authStandIn.away = false;
  });
});

describe('SR-67, SR-68: who may', () => {
  const target = () => ({ userId: uuidv7(), deviceId: uuidv7(), noteId: uuidv7() });

  test.each([
    ['nobody', undefined, 'auth.token.missing'],
    ['a customer', { roles: ['customer'] }, 'access.forbidden'],
    ['a member of staff with a token for customers', { audience: 'user-service' }, 'auth.token.invalid'],
    ['a member of staff at aal1', { acr: 'aal1' }, 'auth.step_up.required'],
  ] as const)('not %s', async (_who, changes, code) => {
    const client = await app.client(DeviceService, admin);
    const options = changes === undefined ? {} : onBehalfOf(staffToken(app, changes));
    const { userId } = target();
    await expect(client.listDevices({ userId }, options)).rejects.toMatchObject({ code });
    await expect(client.revokeDevice(target(), options)).rejects.toMatchObject({ code });
  });

  test('not through auth', async () => {
    const client = await app.client(DeviceService, auth);
    await expect(client.revokeDevice(target(), asSupport())).rejects.toMatchObject({
      cause: { rawMessage: 'The calling service may not use this method.' },
    });
  });
});
